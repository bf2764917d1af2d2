"""A state folder whose services are small real gRPC servers, and the command run on it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from groundswell.alert.v1.alert_service_pb2_grpc import add_AlertServiceServicer_to_server
from groundswell.analysis.v1.document_service_pb2_grpc import add_DocumentServiceServicer_to_server
from groundswell.incident.v1.incident_service_pb2_grpc import add_IncidentServiceServicer_to_server
from groundswell.model.v1.model_service_pb2_grpc import add_ModelServiceServicer_to_server
from groundswell.monitor.v1.monitor_service_pb2_grpc import add_MonitorServiceServicer_to_server
from groundswell.source.v1.source_service_pb2_grpc import add_SourceServiceServicer_to_server
from groundswell.story.v1.story_service_pb2_grpc import add_StoryServiceServicer_to_server
from groundswell_cli.__main__ import main
from groundswell_cli.keys import make_keys
from groundswell_cli.state import Run, StateFolder
from groundswell_core.rpc import serve
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.tokens import TokenVerifier

# A helper of these tests alone: pytest imports each test file by itself, without their folder.
sys.path.insert(0, str(Path(__file__).parent))
from analyzer_servers import Documents
from model_servers import Models
from resource_servers import Alerts, Backend, Incidents, Monitors, Sources
from story_servers import Stories


@dataclass
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StateFolder]:
    """Gives a state folder with keys that this test holds as `groundswell up` would."""
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    make_keys(folder)
    with folder.hold():
        yield folder


@pytest.fixture
def backend(folder: StateFolder) -> Iterator[Backend]:
    """Gives what four servers in a thread of their own serve."""
    backend, started, loop = Backend(), threading.Event(), asyncio.new_event_loop()
    stopping = asyncio.Event()

    async def run() -> None:
        async with AsyncExitStack() as stack:
            ports = {
                process: await _serve(stack, folder, process, servicers)
                for process, servicers in _processes(backend).items()
            }
            folder.write_run(Run(pid=1, console="", addresses=ports, ports={}))
            started.set()
            await stopping.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert started.wait(20)
    yield backend
    loop.call_soon_threadsafe(stopping.set)
    thread.join(20)
    loop.close()


def _processes(backend: Backend) -> dict[str, list[Any]]:
    return {
        "collector": [(add_SourceServiceServicer_to_server, Sources(backend), "source")],
        "analyzer": [
            (add_MonitorServiceServicer_to_server, Monitors(backend), "monitor"),
            (add_StoryServiceServicer_to_server, Stories(backend), "story"),
            (add_DocumentServiceServicer_to_server, Documents(backend), "document"),
            (add_ModelServiceServicer_to_server, Models(backend), "model"),
        ],
        "notifier": [(add_AlertServiceServicer_to_server, Alerts(backend), "alert")],
        "coordinator": [(add_IncidentServiceServicer_to_server, Incidents(backend), "incident")],
    }


async def _serve(
    stack: AsyncExitStack, folder: StateFolder, process: str, servicers: list[Any]
) -> str:
    settings = RpcSettings(host="127.0.0.1", port=0, reflection=False)
    verifier = TokenVerifier.from_file(folder.trust, process)
    server = await stack.enter_async_context(
        serve(settings, servicers, verifier=verifier, tls=TlsSettings())
    )
    return f"127.0.0.1:{server.port}"


@pytest.fixture
def groundswell(
    folder: StateFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Gives the command: arguments in, exit code and output out."""
    monkeypatch.setenv("GROUNDSWELL_STATE", str(folder.path))

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["groundswell", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    return run
