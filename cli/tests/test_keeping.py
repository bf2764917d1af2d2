"""What to do about a process, decided without one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundswell_cli.keeping import Health, Record, RestartPolicy, State, Step, observe

POLICY = RestartPolicy(first=1, longest=60, steady=60, start_timeout=60, silent_timeout=30)
READY = Record(state=State.READY, since=0.0)


def test_waits_double_up_to_the_longest() -> None:
    assert [POLICY.delay(attempts) for attempts in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_process_that_ends_waits_and_is_then_started() -> None:
    ended, step = observe(READY, None, 100.0, POLICY)
    assert (ended.state, ended.next_start, step) == (State.WAITING, 101.0, Step.NONE)
    assert observe(ended, None, 100.9, POLICY) == (ended, Step.NONE)
    started, step = observe(ended, None, 101.0, POLICY)
    assert (started.state, started.restarts, step) == (State.STARTING, 1, Step.START)


def test_a_process_that_keeps_ending_waits_longer_each_time() -> None:
    record, now, waits = READY, 0.0, []
    for _ in range(5):
        record, _ = observe(record, None, now, POLICY)
        waits.append(record.next_start - now)
        now = record.next_start
        record, step = observe(record, None, now, POLICY)
        assert step is Step.START
    assert waits == [1, 2, 4, 8, 16]


def test_a_minute_of_health_forgives_earlier_ends() -> None:
    record = replace(READY, attempts=5)
    assert observe(record, Health.READY, 59.9, POLICY)[0].attempts == 5
    assert observe(record, Health.READY, 60.0, POLICY)[0].attempts == 0


def test_a_process_that_does_not_answer_is_killed_after_the_bound() -> None:
    silent, step = observe(READY, Health.SILENT, 10.0, POLICY)
    assert (silent.state, step) == (State.SILENT, Step.NONE)
    assert observe(silent, Health.SILENT, 39.9, POLICY)[1] is Step.NONE
    assert observe(silent, Health.SILENT, 40.0, POLICY)[1] is Step.KILL


def test_an_answer_in_time_ends_the_silence() -> None:
    silent, _ = observe(READY, Health.SILENT, 10.0, POLICY)
    ready, step = observe(silent, Health.READY, 30.0, POLICY)
    assert (ready.state, ready.since, step) == (State.READY, 30.0, Step.NONE)


def test_a_process_may_take_its_time_to_start() -> None:
    starting = Record(state=State.STARTING, since=0.0)
    assert observe(starting, Health.SILENT, 59.0, POLICY)[0].state is State.STARTING
    assert observe(starting, Health.SILENT, 60.0, POLICY)[0].state is State.SILENT


def test_a_process_that_waits_for_a_dependency_is_left_alone() -> None:
    record, step = observe(READY, Health.ALIVE, 10.0, POLICY)
    assert record.state is State.NOT_READY
    assert observe(record, Health.ALIVE, 10_000.0, POLICY) == (record, Step.NONE)
    assert step is Step.NONE


@pytest.mark.parametrize("health", list(Health), ids=lambda health: health.value)
def test_a_process_that_answers_is_never_started_twice(health: Health) -> None:
    for state in State:
        assert observe(Record(state=state), health, 1000.0, POLICY)[1] is not Step.START
