"""Settings of the supervisor."""

from __future__ import annotations

from pydantic import Field

from groundswell_core.settings import Seconds, Section, ServiceSettings


class SupervisorSettings(Section):
    """How `groundswell up` looks after the processes."""

    check_interval: Seconds = Field(2.0, description="seconds between looks at a process")
    start_timeout: Seconds = Field(60.0, description="seconds that a process may take to answer")
    silent_timeout: Seconds = Field(30.0, description="seconds without an answer until a restart")
    first_restart: Seconds = Field(
        1.0, description="seconds before the first restart, then doubling"
    )
    longest_restart: Seconds = Field(60.0, description="longest wait before a restart in seconds")
    steady_time: Seconds = Field(60.0, description="seconds of health that forgive earlier crashes")
    stop_timeout: Seconds = Field(15.0, description="seconds that a process gets to end by itself")
    broker_memory: int = Field(
        1536 << 20, ge=64 << 20, description="bytes at which the embedded broker is emptied"
    )
    mongo_cache: float = Field(0.5, ge=0.25, description="gigabytes of mongod's cache")
    log_size: int = Field(
        10 << 20, ge=1 << 16, description="bytes of a log file until it is turned"
    )
    log_files: int = Field(3, ge=1, le=100, description="turned log files that are kept a process")


class UpSettings(ServiceSettings):
    """What the command reads: the supervisor's section beside those of the services."""

    supervisor: SupervisorSettings = SupervisorSettings()
