"""The collector as a process: started, killed, started again, stopped."""

import asyncio
import os
import signal
import sys

import pytest
from aiohttp import web

from groundswell_collector.__main__ import main
from groundswell_core.analyses import ANALYSES as ANALYSIS_CODEC
from groundswell_core.analyses import Analysis
from groundswell_core.documents import DOCUMENTS as CODEC
from groundswell_core.embedded import free_port
from groundswell_core.topics import ANALYSES

FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{}</channel></rss>'
ITEM = (
    "<item><guid>g{0}</guid><title>Item {0}</title><link>http://x.example/{0}</link>"
    "<pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate></item>"
)
SOURCES = """\
sources:
  - name: sources/feed
    kind: feed
    config: {{url: "{url}/feed"}}
    interval: 1s
  - name: sources/down
    kind: feed
    config: {{url: "{url}/gone"}}
    interval: 1s
"""


@pytest.fixture
async def site():
    """Serves a feed that the test lengthens."""
    items = ["0", "1"]

    async def feed(request):
        text = FEED.format("".join(ITEM.format(item) for item in reversed(items)))
        return web.Response(text=text, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed", feed)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = listening._server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", items
    await runner.cleanup()


@pytest.fixture
def start(tmp_path, mongo, kafka, keys):
    """Starts collectors of one machine."""
    started = []
    auth = keys.settings("collector")
    environment = {
        **os.environ,
        "GROUNDSWELL_MONGO__URL": mongo.url.get_secret_value(),
        "GROUNDSWELL_MONGO__DATABASE": mongo.database,
        "GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "GROUNDSWELL_KAFKA__IDEMPOTENT": "false",
        "GROUNDSWELL_KAFKA__SESSION_TIMEOUT": "6",
        "GROUNDSWELL_AUTH__KEY_FILE": str(auth.key_file),
        "GROUNDSWELL_AUTH__TRUST_FILE": str(auth.trust_file),
        "GROUNDSWELL_RPC__PORT": str(free_port()),
        "GROUNDSWELL_METRICS__PORT": "0",
        "GROUNDSWELL_FETCH__ALLOWED_NETWORKS": "127.0.0.0/8",
        "GROUNDSWELL_FETCH__HOST_DELAY": "0",
        "GROUNDSWELL_COLLECTOR__SOURCES_FILE": str(tmp_path / "sources.yaml"),
        "GROUNDSWELL_COLLECTOR__RECONCILE_AFTER": "2",
        "GROUNDSWELL_COLLECTOR__SPREAD": "0",
    }

    async def begin(**changed):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "groundswell_collector"),
            env=environment | changed,
            stdout=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()


@pytest.mark.slow
async def test_a_killed_collector_loses_nothing_and_its_books_balance(
    tmp_path, site, start, database, producer, sent, eventually
):
    url, items = site
    (tmp_path / "sources.yaml").write_text(SOURCES.format(url=url))
    inbox, healths = database.collection("inbox"), database.collection("source_health")

    async def holds(count):
        return await inbox.count({"source": "feed"}) == count

    first = await start()
    await eventually(lambda: holds(2))
    first.kill()
    items += ["2", "3"]
    await first.wait()
    second = await start()
    await eventually(lambda: holds(4))
    await eventually(lambda: healths.find_one({"_id": "down", "state": "FAILING"}))

    async def answered():
        for record in await sent():
            document = CODEC.from_bytes(record.value)
            identifier = document.name.removeprefix("documents/")
            analysis = Analysis(name=f"analyses/{identifier}", document=document)
            await producer.send(ANALYSES, "en", ANALYSIS_CODEC.to_bytes(analysis))
        return await inbox.count({"confirm_time": {"$ne": None}}) == 4

    await eventually(answered, timeout=40, every=0.5)
    second.send_signal(signal.SIGTERM)
    assert await second.wait() == 0
    books = await healths.find_one({"_id": "feed"})
    assert books["stored_count"] == 4
    assert books["fetched_count"] == books["stored_count"] + books["duplicate_count"]


async def test_a_missing_plugin_stops_the_start_and_is_named(start):
    process = await start(GROUNDSWELL_PLUGINS__ALLOWED="groundswell-source-nowhere")
    output, _ = await process.communicate()
    assert process.returncode == 1
    assert b"groundswell-source-nowhere" in output
    assert b"GROUNDSWELL_PLUGINS__ALLOWED" in output


def test_the_tables_of_settings_and_plugins_are_printed(capsys):
    assert main(["settings"]) == 0
    assert "`GROUNDSWELL_COLLECTOR__RECONCILE_AFTER` | `60.0`" in capsys.readouterr().out
    assert main(["plugins"]) == 0
    table = capsys.readouterr().out
    assert "| `feed` | groundswell-source-feed | 0.1.0 |" in table
    assert main(["nonsense"]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_bad_setting_is_named_by_its_variable(capsys, monkeypatch):
    monkeypatch.setenv("GROUNDSWELL_COLLECTOR__LEASE", "soon")
    assert main(["plugins"]) == 2
    assert "GROUNDSWELL_COLLECTOR__LEASE" in capsys.readouterr().err
