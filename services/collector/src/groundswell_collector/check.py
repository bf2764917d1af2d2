"""The dry run: reads a source as the schedule would, and stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from groundswell_collector.documents import prepare, refused
from groundswell_collector.entries import Kinds, Rules
from groundswell_collector.publish import milliseconds, parts
from groundswell_collector.reading import OpenHost, failure_message, iterating
from groundswell_core.clock import Clock
from groundswell_core.documents import Document
from groundswell_core.source_records import Source
from groundswell_core.sources import Batch

MAXIMUM_DOCUMENTS = 20


@dataclass(slots=True)
class Checked:
    """What a dry run found."""

    documents: list[Document] = field(default_factory=list)  # the first good ones
    document_count: int = 0  # all that were read, the bad ones too
    error: str = ""


class Checker:
    """Reads a source once, with a deadline."""

    def __init__(self, kinds: Kinds, open_host: OpenHost, *, timeout: float, clock: Clock) -> None:
        """Takes the longest time in seconds."""
        self._kinds = kinds
        self._rules = Rules(kinds)
        self._open_host = open_host
        self._timeout = timeout
        self._clock = clock

    async def check_source(self, source: Source, time_remaining: float | None) -> Checked:
        """Returns the first documents of a source; a failed read is an answer, not an error.

        Raises InvalidInput only for a source that could not be created.
        """
        config = self._rules.check(source)
        seconds = min(self._timeout, time_remaining or self._timeout)
        # A little less than the caller waits, so that the caller hears what was found.
        seconds -= min(0.5, seconds / 5)
        found = Checked()
        try:
            async with asyncio.timeout(seconds):
                await self._read(source, config, found)
        except TimeoutError:
            found.error = (
                f"the read did not end within {seconds:.1f} s; ask with a longer deadline, "
                "or look whether the site is slow"
            )
        except Exception as error:  # noqa: BLE001 - the same as a read of the schedule
            found.error = failure_message(error)
        return found

    async def _read(self, source: Source, config: BaseModel, found: Checked) -> None:
        spec = self._kinds[source.kind].spec
        async with (
            spec.open(config, self._open_host(source)) as opened,
            iterating(opened.read(None)) as batches,
        ):
            await self._collect(source, batches, found)

    async def _collect(self, source: Source, batches: AsyncIterator[Batch], found: Checked) -> None:
        now = milliseconds(self._clock.now())
        async for batch in batches:
            for part in parts(batch):
                taken = [prepare(source, document, now) for document in part.documents]
                taken += [refused(source, why, now) for why in part.invalid]
                found.document_count += len(taken)
                for item in taken:
                    if item.refusal is None and len(found.documents) < MAXIMUM_DOCUMENTS:
                        found.documents.append(item.document)
                    elif item.refusal is not None and not found.error:
                        found.error = item.refusal.message
            if found.document_count >= MAXIMUM_DOCUMENTS:
                return
