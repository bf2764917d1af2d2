"""docs/alerting.md says what the code does: its lines run, its keys exist, none is missing."""

import re
import textwrap
from pathlib import Path

import pytest

from groundswell_notifier import routes_file
from groundswell_notifier.grouping import Reason
from groundswell_notifier.routes_file import read_routes
from groundswell_notifier.routing import build

DOCUMENT = (Path(__file__).parents[3] / "docs/alerting.md").read_text(encoding="utf-8")


def block(language):
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found
    return found[1]


def test_the_tree_of_the_document_is_good(tmp_path):
    path = tmp_path / "routes.yaml"
    path.write_text(block("yaml"))
    tree = build(read_routes(path))
    found = tree.match({"level": "II", "department": "health"})
    assert [route.receiver for route in found] == ["duty-desk", "health"]


@pytest.mark.parametrize(
    "model",
    ["RouteConfig", "ReceiverConfig", "WebhookConfig", "EmailConfig", "AppriseConfig"],
)
def test_every_key_of_the_tree_is_explained(model):
    fields = getattr(routes_file, model).model_fields
    names = [field.alias or name for name, field in fields.items()]
    assert not [name for name in names if f"`{name}`" not in DOCUMENT]


def test_every_reason_is_explained():
    assert not [reason for reason in Reason if f"| `{reason.value}` |" not in DOCUMENT]


async def test_the_lines_that_check_a_signature_accept_ours_and_nothing_else(
    make_parts, sink, secret_file, alert, tmp_path
):
    routes = tmp_path / "routes.yaml"
    routes.write_text(
        textwrap.dedent(f"""
        route: {{receiver: desk, group_wait: 0s}}
        receivers:
        - name: desk
          webhook_configs: [{{url: "{sink.url}", secret_file: "{secret_file}"}}]
        """)
    )
    parts = await make_parts(routes)
    await parts.take_in(alert())
    await parts.turn()
    (headers, body) = sink.requests[0]
    scope = {}
    exec(block("python"), scope)  # noqa: S102 - the document's own lines
    is_genuine = scope["is_genuine"]
    assert is_genuine(secret_file.read_bytes(), headers, body)
    assert not is_genuine(b"another", headers, body)
    assert not is_genuine(secret_file.read_bytes(), headers, body + b" ")
    old = {**headers, "X-Groundswell-Timestamp": "1700000000"}
    assert not is_genuine(secret_file.read_bytes(), old, body)
