"""gRPC at its edges: every failure crosses the wire, long texts too; streams, reflection, mTLS."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1 import alert_service_pb2_grpc as pb_grpc
from groundswell_core import errors, rpc
from groundswell_core.retry import RetryPolicy
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.testing.keys import TestKeys
from groundswell_core.tokens import Identity, Role, TokenSigner, generate_key, write_private
from groundswell_core.watching import follow

NAME = "groundswell.alert.v1.AlertService"
QUICK = RetryPolicy(initial_interval=0.001, maximum_interval=0.002)
KINDS = [
    errors.InvalidInput,
    errors.NotFound,
    errors.AlreadyExists,
    errors.FailedPrecondition,
    errors.Aborted,
    errors.OutOfRange,
    errors.Exhausted,
    errors.PermissionDenied,
    errors.Unauthenticated,
]


class Alerts(pb_grpc.AlertServiceServicer):
    """Fails and streams as it is told."""

    def __init__(self, *scripts: Any, error: Exception | None = None) -> None:
        self.scripts = list(scripts)
        self.error = error
        self.tokens: list[bytes] = []
        self.was_closed = False

    async def GetAlert(self, request: Any, context: Any) -> Any:
        if self.error:
            raise self.error
        return pb.GetAlertResponse()

    async def WatchAlerts(self, request: Any, context: Any) -> AsyncIterator[Any]:
        self.tokens.append(request.resume_token)
        try:
            for step in self.scripts.pop(0):
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.was_closed = True


def change(revision: int) -> pb.WatchAlertsResponse:
    response = pb.WatchAlertsResponse(resume_token=b"%d" % revision, revision=revision)
    response.event.SetInParent()
    return response


@asynccontextmanager
async def channel_to(
    alerts: Alerts, keys: TestKeys, *, tls: TlsSettings | None = None, **settings: Any
) -> AsyncIterator[grpc.aio.Channel]:
    add = pb_grpc.add_AlertServiceServicer_to_server
    options = RpcSettings(port=0, stop_grace=0.2, **settings)
    verifier, tls = keys.verifier("notifier"), tls or TlsSettings()
    async with (
        rpc.serve(options, [(add, alerts, NAME)], verifier=verifier, tls=tls) as server,
        rpc.connect_peer(
            f"127.0.0.1:{server.port}",
            audience="notifier",
            signer=keys.signer("console"),
            identify=lambda: Identity("li", Role.ADMIN),
            tls=tls,
        ) as channel,
    ):
        yield channel


async def get(channel: grpc.aio.Channel) -> Any:
    with rpc.translated():
        return await pb_grpc.AlertServiceStub(channel).GetAlert(pb.GetAlertRequest())


@pytest.mark.parametrize("kind", KINDS)
async def test_every_failure_comes_back_as_itself(kind: Any, keys: TestKeys) -> None:
    alerts = Alerts(error=kind("what and why", reason="SOME_REASON", thing="x"))
    async with channel_to(alerts, keys) as channel:
        with pytest.raises(kind, match="what and why") as caught:
            await get(channel)
    assert (caught.value.reason, caught.value.metadata) == ("SOME_REASON", {"thing": "x"})


@pytest.mark.parametrize(
    ("message", "metadata"),
    [
        ("错" * 5000, {}),
        ("😀" * 5000, {"name": "错" * 20_000}),
        ("x", {f"k{number}": "错" * 300 for number in range(3000)}),
        ("lone \ud800", {"k": "\udfff"}),
    ],
    ids=["long", "long metadata", "much metadata", "surrogate"],
)
async def test_a_failure_with_a_long_text_is_cut_and_not_turned_into_another(
    message: str, metadata: dict[str, str], keys: TestKeys
) -> None:
    alerts = Alerts(error=errors.InvalidInput(message, reason="LONG", **metadata))
    async with channel_to(alerts, keys) as channel:
        with pytest.raises(errors.InvalidInput) as caught:
            await get(channel)
    assert caught.value.reason == "LONG"
    assert caught.value.message[:5] == message.replace("\ud800", "?")[:5]


async def test_a_failure_without_a_status_of_its_own_is_an_internal_error(keys: TestKeys) -> None:
    alerts = Alerts(error=errors.Stalled("stuck at secret-7"))
    async with channel_to(alerts, keys) as channel:
        with pytest.raises(errors.GroundswellError, match="internal error") as caught:
            await get(channel)
    assert "secret-7" not in caught.value.message


async def test_a_service_without_a_trust_file_refuses_everybody(keys: TestKeys) -> None:
    add = pb_grpc.add_AlertServiceServicer_to_server
    settings = RpcSettings(port=0, stop_grace=0.2)
    async with (
        rpc.serve(settings, [(add, Alerts(), NAME)], verifier=None, tls=TlsSettings()) as server,
        rpc.connect_peer(
            f"127.0.0.1:{server.port}", audience="notifier", signer=keys.signer("console")
        ) as channel,
    ):
        with pytest.raises(errors.Unauthenticated, match="no trust file"):
            await get(channel)


async def test_a_stream_hands_on_its_failure_and_is_closed(keys: TestKeys) -> None:
    alerts = Alerts([change(1), errors.OutOfRange("too old", reason="RESUME_TOKEN_EXPIRED")])
    async with channel_to(alerts, keys) as channel:
        call = pb_grpc.AlertServiceStub(channel).WatchAlerts(pb.WatchAlertsRequest())
        found = [(await call.read()).revision]
        with pytest.raises(errors.OutOfRange) as caught, rpc.translated():
            await call.read()
    assert (found, caught.value.reason) == ([1], "RESUME_TOKEN_EXPIRED")
    assert alerts.was_closed


async def test_following_goes_on_after_a_disconnect_and_drops_repeats(keys: TestKeys) -> None:
    alerts = Alerts(
        [change(1), change(2), errors.Unavailable("bye")],
        [change(2), change(3)],
        [errors.OutOfRange("too old")],
        [change(1)],
        [errors.PermissionDenied("not you")],
    )
    found = []
    async with channel_to(alerts, keys) as channel:
        with pytest.raises(errors.PermissionDenied):  # noqa: PT012 - the loop is what ends so
            async for response in follow(channel, policy=QUICK):
                found.append(response.revision)  # noqa: PERF401 - what came before the end counts
    assert found == [1, 2, 3, 1]
    assert alerts.tokens[-2:] == [b"", b"1"]
    assert {b"", b"2", b"3"} <= set(alerts.tokens)


@pytest.mark.parametrize("is_on", [True, False], ids=["on", "off"])
async def test_reflection_follows_its_setting(is_on: bool, keys: TestKeys) -> None:
    async with channel_to(Alerts(), keys, reflection=is_on) as channel:
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
            iter([request])
        )
        if is_on:
            answer = await call.read()
            assert NAME in {item.name for item in answer.list_services_response.service}
        else:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call.read()
            assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def _certificate(folder: Path, name: str, issuer: tuple[Any, Any] | None) -> tuple[Any, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
    )
    certificate = builder.sign(issuer[1] if issuer else key, hashes.SHA256())
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key


@pytest.fixture
def tls(tmp_path: Path) -> TlsSettings:
    _certificate(tmp_path, "peer", _certificate(tmp_path, "ca", None))
    return TlsSettings(
        certificate_file=tmp_path / "peer.crt",
        key_file=tmp_path / "peer.key",
        ca_file=tmp_path / "ca.crt",
    )


async def test_with_certificates_both_sides_prove_themselves(
    keys: TestKeys, tls: TlsSettings
) -> None:
    async with channel_to(Alerts(), keys, tls=tls) as channel:
        await get(channel)


async def test_a_caller_without_a_certificate_is_turned_away(
    keys: TestKeys, tls: TlsSettings
) -> None:
    add = pb_grpc.add_AlertServiceServicer_to_server
    settings = RpcSettings(port=0, stop_grace=0.2)
    verifier = keys.verifier("notifier")
    async with rpc.serve(settings, [(add, Alerts(), NAME)], verifier=verifier, tls=tls) as server:
        for stranger in (None, grpc.ssl_channel_credentials(tls.ca_file.read_bytes())):
            address = f"127.0.0.1:{server.port}"
            channel = (
                grpc.aio.secure_channel(address, stranger)
                if stranger
                else grpc.aio.insecure_channel(address)
            )
            async with channel:
                with pytest.raises(errors.Unavailable):
                    await get(channel)


def test_a_key_signs_from_its_file_and_keeps_a_token_for_half_its_life(tmp_path: Path) -> None:
    write_private(tmp_path / "key.jwk", generate_key())
    signer = TokenSigner.from_file(tmp_path / "key.jwk", "notifier")
    assert signer.token("collector") == signer.token("collector")
    assert signer.token("collector") != signer.token("analyzer")
    assert len({signer.secret("a"), signer.secret("a"), signer.secret("b")}) == 2
    assert signer.secret("a") == TokenSigner.from_file(tmp_path / "key.jwk", "x").secret("a")
    for number in range(1100):
        signer._kept[Identity(f"{number}", Role.VIEWER), "x"] = (0.0, "")
    signer.token("console")
    assert len(signer._kept) < 1000
