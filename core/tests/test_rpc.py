"""gRPC on a real server: who gets in, what errors look like, how calls end."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from groundswell.department.v1 import (
    department_pb2,
    department_service_pb2,
    department_service_pb2_grpc,
)
from groundswell_core import policy, rpc
from groundswell_core.errors import (
    GroundswellError,
    InvalidInput,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.testing.keys import TestKeys
from groundswell_core.tokens import (
    Identity,
    Role,
    TokenSigner,
    TokenVerifier,
    generate_key,
    public_entry,
)

NAME = "groundswell.department.v1.DepartmentService"


class Departments(department_service_pb2_grpc.DepartmentServiceServicer):
    """Answers with who called, or fails as it is asked to."""

    async def GetDepartment(self, request: Any, context: Any) -> Any:
        if request.name == "departments/missing":
            raise NotFound(
                "departments/missing does not exist", reason="NO_DEPARTMENT", name="missing"
            )
        if request.name == "departments/bug":
            raise ZeroDivisionError("a secret detail")
        if request.name == "departments/slow":
            await asyncio.Event().wait()
        who = rpc.caller()
        return department_service_pb2.GetDepartmentResponse(
            department=department_pb2.Department(
                name=request.name, display_name=f"{who.subject} {who.role.name} {who.department}"
            )
        )

    async def CreateDepartment(self, request: Any, context: Any) -> Any:
        return department_service_pb2.CreateDepartmentResponse()


@asynccontextmanager
async def serving(keys: TestKeys, **settings: Any) -> AsyncIterator[str]:
    options = RpcSettings(port=0, stop_grace=0.2, **settings)
    add = department_service_pb2_grpc.add_DepartmentServiceServicer_to_server
    async with rpc.serve(
        options,
        [(add, Departments(), NAME)],
        verifier=keys.verifier("coordinator"),
        tls=TlsSettings(),
    ) as server:
        await server.set_ready(True)
        yield f"127.0.0.1:{server.port}"


def _get(name: str) -> Any:
    return department_service_pb2.GetDepartmentRequest(name=f"departments/{name}")


async def test_a_person_is_known_to_the_handler_by_the_console_that_signed(keys: TestKeys) -> None:
    person = Identity("li", Role.DUTY_OFFICER, "health")
    async with (
        serving(keys) as address,
        rpc.connect_peer(
            address, audience="coordinator", signer=keys.signer("console"), identify=lambda: person
        ) as channel,
    ):
        stub = department_service_pb2_grpc.DepartmentServiceStub(channel)
        answer = await stub.GetDepartment(_get("x"))
        assert answer.department.display_name == "li DUTY_OFFICER health"


async def test_a_service_calls_as_itself_and_only_what_services_may(keys: TestKeys) -> None:
    async with (
        serving(keys) as address,
        rpc.connect_peer(
            address, audience="coordinator", signer=keys.signer("notifier")
        ) as channel,
    ):
        stub = department_service_pb2_grpc.DepartmentServiceStub(channel)
        assert "notifier SERVICE" in (await stub.GetDepartment(_get("x"))).department.display_name
        with pytest.raises(PermissionDenied, match="needs the role admin"), rpc.translated():
            await stub.CreateDepartment(department_service_pb2.CreateDepartmentRequest())


async def test_failures_of_the_tree_cross_the_wire_with_reason_and_metadata(keys: TestKeys) -> None:
    async with (
        serving(keys) as address,
        rpc.connect_peer(address, audience="coordinator", signer=keys.signer("console")) as channel,
    ):
        stub = department_service_pb2_grpc.DepartmentServiceStub(channel)
        with pytest.raises(NotFound) as caught, rpc.translated():
            await stub.GetDepartment(_get("missing"))
    assert (caught.value.reason, caught.value.metadata) == ("NO_DEPARTMENT", {"name": "missing"})


async def test_a_bug_is_answered_with_an_id_and_no_detail(keys: TestKeys) -> None:
    async with (
        serving(keys) as address,
        rpc.connect_peer(address, audience="coordinator", signer=keys.signer("console")) as channel,
    ):
        stub = department_service_pb2_grpc.DepartmentServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetDepartment(_get("bug"))
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "internal error" in caught.value.details()
    assert "secret" not in caught.value.details()


async def test_a_call_that_hangs_ends_at_its_deadline(keys: TestKeys) -> None:
    async with (
        serving(keys) as address,
        rpc.connect_peer(
            address, audience="coordinator", signer=keys.signer("console"), timeout=0.3
        ) as channel,
    ):
        stub = department_service_pb2_grpc.DepartmentServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetDepartment(_get("slow"))
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def _unsigned() -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "operator", "sub": "x", "role": "ADMIN", "aud": "coordinator"}
    return f"{part({'alg': 'none', 'kid': 'x'})}.{part(claims)}."


ADMIN = Identity("x", Role.ADMIN)
FORGERIES = {
    "none": lambda keys: "",
    "nonsense": lambda keys: "abc",
    "unsigned": lambda keys: _unsigned(),
    "stranger's key": lambda keys: TokenSigner(generate_key(), "operator").token(
        "coordinator", ADMIN
    ),
    "other audience": lambda keys: keys.signer().token("notifier", ADMIN),
    "expired": lambda keys: keys.signer(lifetime=-60.0).token("coordinator", ADMIN),
    "service as a person": lambda keys: keys.signer("notifier").token("coordinator", ADMIN),
    "service as another": lambda keys: keys.signer("notifier").token(
        "coordinator", Identity("collector", Role.SERVICE)
    ),
    "operator as a service": lambda keys: keys.signer().token(
        "coordinator", Identity("operator", Role.SERVICE)
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_forged_callers_are_unauthenticated(keys: TestKeys, forgery: str) -> None:
    token = FORGERIES[forgery](keys)
    async with serving(keys) as address, grpc.aio.insecure_channel(address) as channel:
        stub = department_service_pb2_grpc.DepartmentServiceStub(channel)
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        with pytest.raises(Unauthenticated), rpc.translated():
            await stub.GetDepartment(_get("x"), metadata=metadata)


@pytest.mark.parametrize("method", sorted(policy.POLICY))
@pytest.mark.parametrize("role", list(Role))
def test_the_policy_lets_in_exactly_the_roles_it_names(method: str, role: Role) -> None:
    rule = policy.POLICY[method]
    expected = rule.service if role is Role.SERVICE else role >= rule.role
    try:
        policy.check(method, Identity("x", role))
        allowed = True
    except PermissionDenied:
        allowed = False
    assert allowed == expected


def test_a_method_without_a_policy_is_refused() -> None:
    with pytest.raises(PermissionDenied, match="no policy"):
        policy.check("/groundswell.x.v1.X/Y", ADMIN)


async def test_a_port_that_is_taken_is_named_with_the_cure(keys: TestKeys) -> None:
    async with serving(keys) as address:
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(InvalidInput, match="GROUNDSWELL_RPC__PORT"):
            async with rpc.serve(RpcSettings(port=port), [], verifier=None, tls=TlsSettings()):
                pass


def test_a_verifier_needs_no_secret() -> None:
    key = generate_key()
    entry = public_entry(key, "console", service=True, people=Role.LEAD)
    assert "d" not in entry
    token = TokenSigner(key, "console").token("notifier", Identity("li", Role.LEAD))
    assert TokenVerifier([entry], "notifier").verify(token) == Identity("li", Role.LEAD)
    with pytest.raises(GroundswellError):
        TokenVerifier([entry], "notifier").verify(
            TokenSigner(key, "console").token("notifier", Identity("li", Role.ADMIN))
        )
