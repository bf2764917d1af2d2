"""The limits of parsing children."""

from __future__ import annotations

from pydantic import Field

from groundswell_core.settings import Seconds, Section


class ParsingSettings(Section):
    """What one job may cost; a job that takes more is killed and its source told why."""

    children: int = Field(2, ge=1, le=64, description="parsing children, that is jobs at once")
    cpu: Seconds = Field(2.0, description="seconds of CPU for one job")
    timeout: Seconds = Field(5.0, description="seconds of wall time for one job")
    maximum_memory: int = Field(
        512 * 1024 * 1024, ge=64 * 1024 * 1024, description="bytes of address space of a child"
    )
    maximum_answer: int = Field(
        16 * 1024 * 1024, ge=1024, description="bytes of one job's answer as JSON"
    )
    jobs: int = Field(1000, ge=1, description="jobs after which a child is replaced by a fresh one")
