"""The gRPC surface of departments."""

from __future__ import annotations

from typing import Any

from groundswell.department.v1 import department_service_pb2 as pb
from groundswell.department.v1 import department_service_pb2_grpc
from groundswell_coordinator.departments import DepartmentStore
from groundswell_coordinator.ledger import Ledger
from groundswell_core.departments import DEPARTMENTS
from groundswell_core.errors import FailedPrecondition
from groundswell_core.log import get_logger
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller

log = get_logger(__name__)
_BOUND = "departments"


class DepartmentService(department_service_pb2_grpc.DepartmentServiceServicer):
    """Manages departments."""

    def __init__(self, departments: DepartmentStore, ledger: Ledger) -> None:
        """Takes the ledger, too: a department with open incidents stays."""
        self._departments = departments
        self._ledger = ledger

    async def GetDepartment(  # noqa: N802 - gRPC's name
        self, request: pb.GetDepartmentRequest, context: Any
    ) -> pb.GetDepartmentResponse:
        """Answers one department."""
        found = await self._departments.get(request.name)
        return pb.GetDepartmentResponse(department=DEPARTMENTS.to_proto(found))

    async def ListDepartments(  # noqa: N802 - gRPC's name
        self, request: pb.ListDepartmentsRequest, context: Any
    ) -> pb.ListDepartmentsResponse:
        """Lists departments by name."""
        size, skip = page_size(request.page_size), decode_token(_BOUND, request.page_token)
        found = await self._departments.find(limit=size + 1, skip=skip)
        return pb.ListDepartmentsResponse(
            departments=[DEPARTMENTS.to_proto(one) for one in found[:size]],
            next_page_token=encode_token(_BOUND, skip + size) if len(found) > size else "",
        )

    async def CreateDepartment(  # noqa: N802 - gRPC's name
        self, request: pb.CreateDepartmentRequest, context: Any
    ) -> pb.CreateDepartmentResponse:
        """Makes a department."""
        made = await self._departments.create(DEPARTMENTS.from_proto(request.department))
        log.info("department made", department=made.name, by=caller().subject)
        return pb.CreateDepartmentResponse(department=DEPARTMENTS.to_proto(made))

    async def UpdateDepartment(  # noqa: N802 - gRPC's name
        self, request: pb.UpdateDepartmentRequest, context: Any
    ) -> pb.UpdateDepartmentResponse:
        """Replaces a department."""
        changed = await self._departments.update(DEPARTMENTS.from_proto(request.department))
        log.info("department changed", department=changed.name, by=caller().subject)
        return pb.UpdateDepartmentResponse(department=DEPARTMENTS.to_proto(changed))

    async def DeleteDepartment(  # noqa: N802 - gRPC's name
        self, request: pb.DeleteDepartmentRequest, context: Any
    ) -> pb.DeleteDepartmentResponse:
        """Deletes a department without open incidents."""
        await self._departments.get(request.name)
        if await self._ledger.has_open(request.name):
            raise FailedPrecondition(
                f"{request.name} leads open incidents; close them first", reason="OPEN_INCIDENTS"
            )
        await self._departments.delete(request.name)
        log.info("department deleted", department=request.name, by=caller().subject)
        return pb.DeleteDepartmentResponse()
