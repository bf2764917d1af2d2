"""The state folder: private, held by one, remembered."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from groundswell_cli.keys import make_keys, operator_signer
from groundswell_cli.services import SERVICES, Wiring, environment_of, purposes
from groundswell_cli.state import Run, StateFolder
from groundswell_core.errors import FailedPrecondition, NotFound
from groundswell_core.settings import KafkaSettings, MongoSettings
from groundswell_core.tokens import Identity, Role, TokenSigner, TokenVerifier

HOLDER = """
import sys
from pathlib import Path
from groundswell_cli.state import StateFolder
with StateFolder(Path(sys.argv[1])).hold():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    state = StateFolder(tmp_path / "state")
    state.prepare()
    return state


def test_a_held_folder_is_refused_with_the_pid_of_its_holder(state: StateFolder) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    holder.stdout.readline()
    assert state.holder() == holder.pid
    with pytest.raises(FailedPrecondition, match=rf"process {holder.pid}.*\n.*groundswell down"):
        state.hold().__enter__()
    holder.kill()
    holder.communicate()
    assert state.holder() is None
    with state.hold():
        assert state.holder() == os.getpid()


def test_nobody_holds_a_folder_that_never_ran(tmp_path: Path) -> None:
    assert StateFolder(tmp_path / "none").holder() is None


def test_every_secret_is_private(state: StateFolder) -> None:
    make_keys(state)
    folders = [state.path, state.keys, state.logs]
    files = list(state.keys.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert len(files) == 8


def test_keys_stay_the_same_and_prove_who_calls(state: StateFolder) -> None:
    make_keys(state)
    before = state.key("collector").read_text()
    make_keys(state)
    assert state.key("collector").read_text() == before
    verifier = TokenVerifier.from_file(state.trust, "notifier")
    signer = TokenSigner.from_file(state.key("collector"), "collector")
    assert verifier.verify(signer.token("notifier")) == Identity("collector", Role.SERVICE)
    operator = Identity("operator", Role.ADMIN)
    assert verifier.verify(operator_signer(state).token("notifier", operator)) == operator


def test_the_trust_file_holds_no_private_key(state: StateFolder) -> None:
    make_keys(state)
    entries = json.loads(state.trust.read_text())["keys"]
    assert [entry for entry in entries if "d" in entry] == []


def test_ports_are_kept_from_run_to_run(state: StateFolder) -> None:
    first = state.allocate_ports(["a", "b"])
    state.write_run(Run(pid=1, console="", addresses={}, ports=first))
    again = state.allocate_ports(["a", "b", "c"])
    assert {name: again[name] for name in first} == first
    assert len(set(again.values())) == 3


def test_before_the_first_run_there_is_nothing_to_speak_to(state: StateFolder) -> None:
    with pytest.raises(NotFound, match="start it with `groundswell up`"):
        state.read_run()


def test_a_damaged_run_file_is_named_with_its_cure(state: StateFolder) -> None:
    state.run_file.write_text("{")
    with pytest.raises(FailedPrecondition, match=r"run\.json is damaged; remove it"):
        state.read_run()
    assert state.allocate_ports(["a"])["a"] > 0


def wiring(state: StateFolder, tmp_path: Path, **user: str) -> Wiring:
    own = "GROUNDSWELL_MONGO__URL" in user
    return Wiring(
        state=state,
        user=user,
        ports={purpose: 20_000 + number for number, purpose in enumerate(purposes())},
        config=tmp_path / "config",
        kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1", idempotent=False),
        mongo=None if own else MongoSettings(),
    )


def test_each_service_is_told_its_own_ports_and_everybodys_addresses(
    state: StateFolder, tmp_path: Path
) -> None:
    given = [environment_of(spec, wiring(state, tmp_path)) for spec in SERVICES]
    stories = given[2]
    assert stories["GROUNDSWELL_ANALYZER__ROLE"] == "stories"
    assert stories["GROUNDSWELL_KAFKA__IDEMPOTENT"] == "false"
    assert (
        given[0]["GROUNDSWELL_PEERS__ANALYZER"] == f"127.0.0.1:{stories['GROUNDSWELL_RPC__PORT']}"
    )
    assert "GROUNDSWELL_RPC__PORT" not in given[-1]
    ports = [value for each in given for name, value in each.items() if name.endswith("__PORT")]
    assert len(ports) == len(set(ports)) == 12


def test_servers_of_the_users_own_are_handed_on_untouched(
    state: StateFolder, tmp_path: Path
) -> None:
    url = "mongodb://elsewhere:27017/"
    given = environment_of(SERVICES[0], wiring(state, tmp_path, GROUNDSWELL_MONGO__URL=url))
    assert given["GROUNDSWELL_MONGO__URL"] == url


def test_a_config_file_is_named_to_its_service_when_it_is_there(
    state: StateFolder, tmp_path: Path
) -> None:
    assert "GROUNDSWELL_COLLECTOR__SOURCES_FILE" not in environment_of(
        SERVICES[0], wiring(state, tmp_path)
    )
    file = tmp_path / "config" / "sources.yaml"
    file.parent.mkdir()
    file.touch()
    given = environment_of(SERVICES[0], wiring(state, tmp_path))
    assert given["GROUNDSWELL_COLLECTOR__SOURCES_FILE"] == str(file)
