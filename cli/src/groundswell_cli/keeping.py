"""Decides what to do about a process: pure functions of what was seen and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, StrEnum


class State(StrEnum):
    """How a process is doing."""

    STOPPED = "stopped"
    WAITING = "waiting"  # ended; will be started again
    STARTING = "starting"
    READY = "ready"
    NOT_READY = "not ready"  # makes progress, but a dependency is away
    SILENT = "silent"  # runs, but does not answer


class Health(Enum):
    """What a look at a process found."""

    READY = "ready"
    ALIVE = "alive"
    SILENT = "silent"


class Step(Enum):
    """What to do now."""

    NONE = "none"
    START = "start"
    KILL = "kill"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """When a process is started again; all in seconds."""

    first: float = 1.0
    longest: float = 60.0
    steady: float = 60.0  # so long ready, and earlier crashes are forgiven
    start_timeout: float = 60.0
    silent_timeout: float = 30.0

    def delay(self, attempts: int) -> float:
        """Returns the wait before the next start after so many ends in a row."""
        return min(self.longest, self.first * 2.0 ** min(attempts - 1, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one process; times are of a monotonic clock."""

    state: State = State.STOPPED
    since: float = 0.0
    attempts: int = 0  # ends in a row
    restarts: int = 0
    next_start: float = 0.0


def observe(
    record: Record, health: Health | None, now: float, policy: RestartPolicy
) -> tuple[Record, Step]:
    """Returns the record after a look, and the step to take; health None: it does not run."""
    if health is None:
        return _absent(record, now, policy)
    return _present(record, health, now, policy)


def _absent(record: Record, now: float, policy: RestartPolicy) -> tuple[Record, Step]:
    if record.state is State.STOPPED:
        return replace(record, state=State.STARTING, since=now), Step.START
    if record.state is not State.WAITING:
        attempts = record.attempts + 1
        due = now + policy.delay(attempts)
        ended = replace(record, state=State.WAITING, since=now, attempts=attempts, next_start=due)
        return ended, Step.NONE
    if now < record.next_start:
        return record, Step.NONE
    started = replace(record, state=State.STARTING, since=now, restarts=record.restarts + 1)
    return started, Step.START


def _present(
    record: Record, health: Health, now: float, policy: RestartPolicy
) -> tuple[Record, Step]:
    state = _state_of(record, health, now, policy)
    if state is not record.state:
        return replace(record, state=state, since=now), Step.NONE
    age = now - record.since
    if state is State.READY and age >= policy.steady:
        return replace(record, attempts=0), Step.NONE
    if state is State.SILENT and age >= policy.silent_timeout:
        return record, Step.KILL
    return record, Step.NONE


def _state_of(record: Record, health: Health, now: float, policy: RestartPolicy) -> State:
    if health is Health.READY:
        return State.READY
    if health is Health.ALIVE:
        return State.NOT_READY
    is_young = record.state is State.STARTING and now - record.since < policy.start_timeout
    return State.STARTING if is_young else State.SILENT
