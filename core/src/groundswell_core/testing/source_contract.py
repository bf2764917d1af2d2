"""The contract kit of source plugins: seven tests that every kind of source must pass.

    class TestMyKind(SourceContract):
        @pytest.fixture
        def spec(self):
            return groundswell_source_mine.SPEC

        @pytest.fixture
        def config(self):
            return {"url": …}    # what a user would write under config:

The recorded data must come in at least two batches and hold two documents of equal time:
a source that resumes by time alone loses one of them.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.sources import Batch, Document, Response, SourceSpec

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class LocalHost:
    """A host for tests: fetches from loopback, parses in this process, waits in no time."""

    def __init__(self, *, now: datetime = NOW, display_name: str = "A source") -> None:
        """Starts its clock at a time that only sleep() moves."""
        self.source = "sources/contract"
        self.display_name = display_name
        self.waited = 0.0  # seconds
        self._now = now

    def now(self) -> datetime:
        """Returns the time of this host's clock."""
        return self._now

    def move(self, seconds: float) -> None:
        """Moves the clock."""
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Moves the clock instead of waiting."""
        self.waited += seconds
        self.move(seconds)
        await asyncio.sleep(0)

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*"
    ) -> Response:
        """Fetches from a local server, with the failures of the collector's fetcher."""
        headers = {"Accept": accept, "If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in headers.items() if value}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - loopback, by tests
        return await asyncio.to_thread(_fetch, request)

    async def parse(self, function: str, body: bytes, options: Mapping[str, Any]) -> Any:
        """Runs the function here; options and answer pass through JSON as they would."""
        module, _, name = function.partition(":")
        call = getattr(importlib.import_module(module), name)
        try:
            answer = call(body, json.loads(json.dumps(dict(options))))
        except Exception as error:  # a parser may raise anything, as in the collector's child
            raise InvalidInput(f"the content cannot be parsed: {error}") from error
        return json.loads(json.dumps(answer, allow_nan=False))

    def path(self, name: str) -> str:
        """Returns the name: tests give full paths."""
        return name


def _fetch(request: urllib.request.Request) -> Response:
    where = request.full_url.partition("?")[0]
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            headers, body = answer.headers, answer.read()
            return Response(
                status=200,
                url=answer.url,
                body=body,
                content_type=headers.get_content_type() if "Content-Type" in headers else "",
                charset=headers.get_content_charset() or "",
                etag=headers.get("ETag", ""),
                last_modified=headers.get("Last-Modified", ""),
            )
    except urllib.error.HTTPError as error:
        with error:
            return _refused(error, where)
    except OSError as error:
        raise Unavailable(f"{where} cannot be reached") from error


def _refused(error: urllib.error.HTTPError, where: str) -> Response:
    if error.code == 304:
        return Response(
            status=304, url=where, body=b"", content_type="", charset="", etag="", last_modified=""
        )
    kind = Unavailable if error.code >= 500 or error.code == 429 else InvalidInput
    raise kind(f"{where} answers {error.code}")


async def read(
    spec: SourceSpec, config: Mapping[str, Any], cursor: str | None = None, **host: Any
) -> list[Batch]:
    """Opens a source of a kind, reads it until it has caught up, and returns its batches."""
    parsed = spec.config.model_validate(dict(config))
    async with spec.open(parsed, LocalHost(**host)) as source:
        return [batch async for batch in source.read(cursor)]


def documents(batches: list[Batch]) -> list[Document]:
    """Returns the documents of all batches, in order."""
    return [document for batch in batches for document in batch.documents]


def ids(batches: list[Batch]) -> list[str]:
    """Returns the ids of the documents of all batches, in order."""
    return [document.id for document in documents(batches)]


class SourceContract:
    """Subclass it with the fixtures spec and config; both may use other fixtures."""

    @pytest.mark.asyncio
    async def test_reading_yields_documents(
        self, spec: SourceSpec, config: Mapping[str, Any]
    ) -> None:
        """Documents have an id, something to read, and text that UTF-8 can hold."""
        found = documents(await read(spec, config))
        assert found, "reading yields no document: give config that reads recorded data"
        for document in found:
            assert document.id, f"a document without an id: {document}"
            assert document.title or document.text, f"nothing to read in {document.id}"
            assert "\0" not in document.title + document.text
            f"{document.id}{document.url}{document.title}{document.text}".encode()

    @pytest.mark.asyncio
    async def test_reading_twice_yields_the_same_ids(
        self, spec: SourceSpec, config: Mapping[str, Any]
    ) -> None:
        """Ids depend on what is read, not on when."""
        first = ids(await read(spec, config))
        later = ids(await read(spec, config, now=NOW + timedelta(days=1)))
        assert first == later, "the same data has other ids when it is read again"

    @pytest.mark.asyncio
    async def test_ids_are_unique(self, spec: SourceSpec, config: Mapping[str, Any]) -> None:
        """One read yields no id twice."""
        found = ids(await read(spec, config))
        twice = {key for key in found if found.count(key) > 1}
        assert not twice, f"ids that were yielded more than once: {sorted(twice)}"

    @pytest.mark.asyncio
    async def test_resuming_from_the_last_cursor_repeats_nothing(
        self, spec: SourceSpec, config: Mapping[str, Any]
    ) -> None:
        """What was read stays read."""
        batches = await read(spec, config)
        again = ids(await read(spec, config, batches[-1].cursor))
        assert again == [], f"resuming after everything was read yields again: {again}"

    @pytest.mark.asyncio
    async def test_resuming_from_any_cursor_loses_nothing(
        self, spec: SourceSpec, config: Mapping[str, Any]
    ) -> None:
        """After a crash behind any batch the rest still comes."""
        batches = await read(spec, config)
        times = [document.publish_time for document in documents(batches)]
        assert len(batches) > 1, "the recorded data comes in one batch: record more"
        assert len(set(times)) < len(times), "record two documents of equal time"
        for position, batch in enumerate(batches[:-1], 1):
            missing = set(ids(batches[position:])) - set(
                ids(await read(spec, config, batch.cursor))
            )
            assert not missing, f"resuming after batch {position} loses {sorted(missing)}"

    @pytest.mark.asyncio
    async def test_times_are_aware_and_oldest_first(
        self, spec: SourceSpec, config: Mapping[str, Any]
    ) -> None:
        """Publish times have a zone and never go back."""
        found = documents(await read(spec, config))
        assert all(document.publish_time.utcoffset() is not None for document in found), (
            "a publish_time without a time zone"
        )
        times = [document.publish_time for document in found]
        assert times == sorted(times), "documents must come oldest first"

    @pytest.mark.asyncio
    async def test_unknown_config_keys_are_refused(
        self, spec: SourceSpec, config: Mapping[str, Any]
    ) -> None:
        """A key that is misspelt is an error, not a silence."""
        spec.config.model_validate(dict(config))
        with pytest.raises(ValidationError):
            spec.config.model_validate({**config, "a_key_that_no_kind_has": 1})
