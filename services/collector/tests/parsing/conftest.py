"""Fixtures of the parsing tests."""

import asyncio
from pathlib import Path

import pytest


@pytest.fixture
def eventually_gone():
    """Waits until a process has ended."""

    async def wait(pid, seconds=10.0):
        async with asyncio.timeout(seconds):
            while _runs(pid):
                await asyncio.to_thread(lambda: None)

    return wait


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
