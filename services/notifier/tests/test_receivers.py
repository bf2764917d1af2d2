"""Receivers on real servers: webhook, SMTP, Apprise; and no secret in any error."""

import asyncio
import email
import email.policy
from dataclasses import dataclass, field, replace

import pytest

from groundswell_core.alerts import Notification
from groundswell_core.errors import FailedPrecondition, InvalidInput, Unavailable
from groundswell_notifier.notification_log import Sending
from groundswell_notifier.receivers import build_receivers
from groundswell_notifier.receivers.chat import shortened
from groundswell_notifier.routes_file import read_routes
from groundswell_notifier.settings import NotifierSettings

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # Apprise's own
TREE = "route: {receiver: r}\nreceivers:\n- name: r\n  "


@pytest.fixture
def build(routes_file):
    """Gives a builder of the one integration that a line of YAML describes."""

    def make(line, **changes):
        given = {"allowed_networks": "127.0.0.0/8", "language": "en", "send_timeout": 5.0}
        settings = NotifierSettings(**{**given, **changes})
        receivers = build_receivers(read_routes(routes_file(TREE + line)), settings)
        return receivers["r"].integrations[0]

    return make


@pytest.fixture
def sending(alert):
    def make(*alerts, **changes):
        alerts = alerts or (alert(),)
        notification = Notification(
            name="notifications/abc123",
            receiver="r",
            reason="first",
            create_time=alerts[0].start_time,
        )
        return Sending(
            notification=replace(notification, **changes),
            position=0,
            contents=alerts,
            firing_count=len(alerts),
            resolved_count=0,
            is_urgent=True,
        )

    return make


@dataclass(slots=True)
class MailServer:
    """A real SMTP server, as small as one can be."""

    port: int = 0
    refusal: str = ""  # answered to RCPT TO
    mails: list[bytes] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    async def serve(self, reader, writer):
        def say(text):
            writer.write(f"{text}\r\n".encode())

        say("220 test")
        while line := (await reader.readline()).decode().strip():
            self.lines.append(line)
            verb = line.partition(" ")[0].upper()
            if verb == "EHLO":
                say("250-test\r\n250 SMTPUTF8")
            elif verb == "DATA":
                say("354 go on")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n"))[:-5])
                say("250 taken")
            elif verb == "RCPT" and self.refusal:
                say(self.refusal)
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                say("250 good")
            await writer.drain()
        writer.close()


@pytest.fixture
async def mail_server():
    server = MailServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
    await listening.wait_closed()


def mail_line(server, **changes):
    fields = {"to": '["duty@example.org"]', "from": "g@example.org", "host": "127.0.0.1"}
    fields |= {"port": server.port, "security": "none"} | changes
    inner = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"email_configs: [{{{inner}}}]\n"


async def test_a_mail_says_what_where_how_fast_how_serious_and_why(build, sending, mail_server):
    await build(mail_line(mail_server), public_url="https://desk.example").send(sending())
    mail = email.message_from_bytes(mail_server.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "[Level II, orange] Water rises at flood"
    assert mail["Message-ID"] == "<abc123@groundswell.invalid>"
    text = mail.get_content()
    for said in (
        "The river at flood rises fast.",
        "12 documents, 30 copies, 7 outlets",
        "9 times the usual volume (score 71, rules v1)",
        "8 of 9 expected sources reported; silent: Radio",
        "https://news.example/flood",
        "https://desk.example/stories/flood",
    ):
        assert said in text


@pytest.mark.parametrize(
    "headline",
    ["a\r\nBcc: all@example.org", "\x00\x1b[31m", "\u202egnp.exe", "\ud800 lone", "水" * 999, ""],
    ids=["header", "control", "bidi", "surrogate", "long", "empty"],
)
async def test_a_hostile_headline_is_sent_harmless(build, sending, alert, mail_server, headline):
    await build(mail_line(mail_server)).send(sending(alert(headline=headline)))
    mail = email.message_from_bytes(mail_server.mails[0], policy=email.policy.default)
    assert mail["Bcc"] is None
    assert "\u202e" not in mail["Subject"]
    assert len(mail["Subject"]) < 300


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [("451 later", Unavailable), ("550 nobody here", FailedPrecondition)],
    ids=["later", "never"],
)
async def test_a_mail_server_that_refuses_is_understood(build, sending, mail_server, refusal, kind):
    mail_server.refusal = refusal
    with pytest.raises(kind, match=refusal[:3]):
        await build(mail_line(mail_server)).send(sending())


async def test_a_mail_server_that_is_away_is_tried_again(build, sending, mail_server):
    gone = replace(mail_server, port=1)
    with pytest.raises(Unavailable):
        await build(mail_line(gone)).send(sending())


async def test_a_private_address_is_not_dialled_unless_it_is_permitted(
    build, sending, sink, secret_file
):
    line = f'webhook_configs: [{{url: "{sink.url}", secret_file: "{secret_file}"}}]'
    refused = build(line, allowed_networks="")
    with pytest.raises(FailedPrecondition, match="ALLOWED_NETWORKS"):
        await refused.send(sending())
    await refused.close()
    named = build(line.replace("127.0.0.1", "localhost"), allowed_networks="")
    with pytest.raises(FailedPrecondition, match="ALLOWED_NETWORKS"):
        await named.send(sending())
    await named.close()
    assert not sink.requests


async def test_a_webhook_whose_address_is_secret_shows_it_in_no_error(
    build, sending, sink, secret_file, tmp_path
):
    hidden = tmp_path / "url"
    hidden.write_text(sink.url + "/hush-hush?key=hush-hush\n")
    line = f'webhook_configs: [{{url_file: "{hidden}", secret_file: "{secret_file}"}}]'
    sink.answers = [(500, {}), (403, {})]
    integration = build(line)
    for kind in (Unavailable, FailedPrecondition):
        with pytest.raises(kind) as caught:
            await integration.send(sending())
        assert "hush" not in str(caught.value)
    await integration.close()


async def test_apprise_sends_to_a_real_server_what_mentions_nobody(
    build, sending, alert, sink, tmp_path
):
    url = tmp_path / "apprise"
    url.write_text(sink.url.replace("http://", "json://"))
    integration = build(f'apprise_configs: [{{url_file: "{url}"}}]', apprise_schemes="json")
    await integration.send(sending(alert(headline="<!here> @all [click](https://evil.example)")))
    (_, body) = sink.requests[0]
    assert "＠all" in body.decode("unicode_escape") or "＠all" in body.decode()
    assert b"@all" not in body
    sink.answers = [(500, {})]
    with pytest.raises(Unavailable, match="json did not accept"):
        await integration.send(sending())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("file:///tmp/hush", '"file" is not allowed'),
        ("json://127.0.0.1/hush", '"json" is not allowed'),
        ("syslog://hush", '"syslog" is not allowed'),
        ("slack://hush", 'cannot read this URL of "slack"'),
        ("hush", "is not allowed"),
        ("", "is empty"),
    ],
)
def test_an_apprise_url_that_is_not_allowed_is_refused_without_showing_it(
    build, tmp_path, content, said
):
    url = tmp_path / "url"
    url.write_text(content)
    with pytest.raises(InvalidInput) as caught:
        build(f'apprise_configs: [{{url_file: "{url}"}}]')
    assert said in caught.value.message
    assert caught.value.message.startswith('receiver "r": ')
    assert "hush" not in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        "wecombot://633a31f6-7f9c-4bc4-97a0-0ec1eefa589",
        "dingtalk://abcdefghijklmnopqrst",
        "feishu://abcdefghijklmnopqrst",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    ],
    ids=lambda url: url.partition(":")[0],
)
def test_the_usual_chats_are_known(build, tmp_path, content):
    url = tmp_path / "url"
    url.write_text(content)
    assert build(f'apprise_configs: [{{url_file: "{url}"}}]').kind == "apprise"


def test_a_secret_that_is_missing_is_named_by_its_place(build, tmp_path):
    line = f'webhook_configs: [{{url: "https://x.example", secret_file: "{tmp_path}/none"}}]'
    with pytest.raises(InvalidInput, match=r'receiver "r": the file .*/none holds a secret'):
        build(line)
    with pytest.raises(InvalidInput, match="the variable NO_SUCH_VARIABLE"):
        build('webhook_configs: [{url: "https://x.example", secret_env: NO_SUCH_VARIABLE}]')


@pytest.mark.parametrize("url", ["ftp://x", "http://u:p@x.example", "nonsense", "http://"])
def test_a_webhook_url_that_is_none_is_refused(build, secret_file, url):
    with pytest.raises(InvalidInput, match="write https://host/path"):
        build(f'webhook_configs: [{{url: "{url}", secret_file: "{secret_file}"}}]')


@pytest.mark.parametrize("address", ["nobody", '"a@b.example\\nBcc: c@d.example"', "'@'"])
def test_a_mail_address_that_is_none_is_refused(build, mail_server, address):
    with pytest.raises(InvalidInput, match="no mail address"):
        build(mail_line(mail_server, to=f"[{address}]"))


def test_a_text_that_is_too_long_for_a_chat_keeps_its_head_and_its_link():
    text = shortened("水" * 2000, "https://desk.example/stories/x")
    assert len(text.encode()) <= 1900
    assert text.startswith("水水")
    assert text.endswith("https://desk.example/stories/x")


async def test_chinese_is_whole(build, sending, alert, mail_server):
    line = mail_line(mail_server)
    drill = sending(alert(headline="河水上涨", exercise=True), exercise=True)
    await build(line, language="zh").send(drill)
    mail = email.message_from_bytes(mail_server.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "【演练】【II级·橙色】河水上涨"
    text = mail.get_content()
    assert "态势：12 篇报道，30 次转载，7 家媒体" in text
    assert "覆盖：应报信源 9 个，已报 8 个；未报：Radio" in text
