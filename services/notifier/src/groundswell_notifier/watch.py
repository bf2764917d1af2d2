"""WatchAlerts: the present state, a marker, then every change in order, without a gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell_core.alerts import ALERTS, Alert
from groundswell_core.clock import Clock
from groundswell_core.errors import (
    Exhausted,
    InvalidInput,
    OutOfRange,
    PermissionDenied,
    Unavailable,
)
from groundswell_core.identity import digest
from groundswell_core.labels import parse_matchers
from groundswell_core.tokens import Identity
from groundswell_notifier.book import AlertBook
from groundswell_notifier.follower import Entry, Follower, Watcher, Wish
from groundswell_notifier.metrics import SLOW_WATCHERS
from groundswell_notifier.resume_tokens import Position, ResumeTokens
from groundswell_notifier.revisions import RevisionLog
from groundswell_notifier.settings import WatchSettings

_BATCH = 200


@dataclass(slots=True)
class _Stream:
    """One stream being served."""

    watcher: Watcher
    filter_hash: str
    drained_time: float | None = field(default=None)  # monotonic; None: never yet


class Watch:
    """Serves streams; each reads the log by itself until it has caught up, then follows."""

    def __init__(
        self,
        *,
        revisions: RevisionLog,
        book: AlertBook,
        follower: Follower,
        tokens: ResumeTokens,
        settings: WatchSettings,
        clock: Clock,
    ) -> None:
        """Takes the log, the present state, and the process's one follower."""
        self._revisions = revisions
        self._book = book
        self._follower = follower
        self._tokens = tokens
        self._settings = settings
        self._clock = clock
        self._open: Counter[str] = Counter()

    async def watch(
        self, request: pb.WatchAlertsRequest, identity: Identity
    ) -> AsyncIterator[pb.WatchAlertsResponse]:
        """Yields the stream of one request, until the caller or the service leaves."""
        wish = Wish(
            matchers=parse_matchers(request.filter),
            include_exercises=request.include_exercises,
            department=identity.department,
        )
        filter_hash = digest(request.filter, str(request.include_exercises), length=12)
        stream = _Stream(Watcher(wish, self._settings), filter_hash)
        with self._admitted(identity):
            if request.resume_token:
                stream.watcher.position = await self._resumed(request.resume_token, stream)
            else:
                # Before the state is read: what changes meanwhile comes again as a change.
                stream.watcher.position = await self._revisions.last()
                async for response in self._snapshot(stream):
                    yield response
            try:
                async for response in self._changes(stream):
                    yield response
            finally:
                self._follower.part(stream.watcher)

    @contextmanager
    def _admitted(self, identity: Identity) -> Iterator[None]:
        if self._open[identity.subject] >= self._settings.streams_per_identity:
            raise Exhausted(
                f"{identity.subject} has {self._settings.streams_per_identity} streams open; "
                "close one first",
                reason="TOO_MANY_STREAMS",
            )
        self._open[identity.subject] += 1
        try:
            yield
        finally:
            self._open[identity.subject] -= 1

    async def _resumed(self, token: bytes, stream: _Stream) -> int:
        position = self._tokens.decode(token)
        if position.department != stream.watcher.wish.department:
            raise PermissionDenied(
                "resume_token is of another department", reason="OTHER_DEPARTMENT"
            )
        if position.filter_hash != stream.filter_hash:
            raise InvalidInput(
                "resume_token is of another filter; leave it empty to begin anew",
                reason="BAD_RESUME_TOKEN",
            )
        if position.incarnation != self._revisions.incarnation:
            raise await self._expired()
        if position.rev > await self._revisions.last():
            raise await self._expired()
        await self._check_history(position.rev)
        return position.rev

    async def _check_history(self, rev: int) -> None:
        if rev + 1 < await self._revisions.earliest():
            raise await self._expired()

    async def _expired(self) -> OutOfRange:
        return OutOfRange(
            "resume_token is older than the history that is kept; begin anew without it",
            reason="RESUME_TOKEN_EXPIRED",
            earliest=await self._revisions.earliest(),
        )

    async def _snapshot(self, stream: _Stream) -> AsyncIterator[pb.WatchAlertsResponse]:
        wish = stream.watcher.wish
        where = {"department": wish.department} if wish.department else {}
        async for held in self._book.firing(where):
            if wish.wants(Entry(0, held.alert)):
                yield pb.WatchAlertsResponse(event=_event(held.alert))
        yield self._response(stream, stream.watcher.position, snapshot_end=pb.SnapshotEnd())

    async def _changes(self, stream: _Stream) -> AsyncIterator[pb.WatchAlertsResponse]:
        while not self._follower.is_closed:
            async for response in self._catch_up(stream):
                yield response
            while (entry := await stream.watcher.take()) is not None:
                yield self._told(stream, entry)
                self._check_pace(stream)
        raise Unavailable("the service stops; resume with the last token", reason="STOPPING")

    async def _catch_up(self, stream: _Stream) -> AsyncIterator[pb.WatchAlertsResponse]:
        """Yields from the log until the follower takes the watcher in."""
        watcher = stream.watcher
        while not self._follower.is_closed:
            revisions = await self._revisions.read(watcher.position, _BATCH)
            if not revisions and self._follower.join(watcher):
                stream.drained_time = self._clock.monotonic()
                return
            if revisions and revisions[0].rev != watcher.position + 1:
                raise await self._expired()
            told = False
            for revision in revisions:
                watcher.position = revision.rev
                if watcher.wish.wants(entry := Entry.of(revision)):
                    yield self._told(stream, entry)
                    told = True
            if revisions and not told:
                yield self._told(stream, Entry(watcher.position, None))
            self._check_pace(stream)

    def _check_pace(self, stream: _Stream) -> None:
        """Cuts off a stream that has been behind its queue for too long."""
        now = self._clock.monotonic()
        if stream.watcher.is_drained and not stream.watcher.is_behind:
            stream.drained_time = now
        late = now - stream.drained_time if stream.drained_time is not None else 0.0
        if late > self._settings.lag_timeout:
            SLOW_WATCHERS.inc()
            raise Exhausted(
                f"the stream was behind for {late:.0f} s; resume with the last token",
                reason="WATCHER_TOO_SLOW",
            )

    def _told(self, stream: _Stream, entry: Entry) -> pb.WatchAlertsResponse:
        if entry.alert is None:
            return self._response(stream, entry.rev, bookmark=pb.Bookmark())
        return self._response(stream, entry.rev, event=_event(entry.alert))

    def _response(
        self,
        stream: _Stream,
        rev: int,
        *,
        event: pb.AlertEvent | None = None,
        bookmark: pb.Bookmark | None = None,
        snapshot_end: pb.SnapshotEnd | None = None,
    ) -> pb.WatchAlertsResponse:
        position = Position(
            incarnation=self._revisions.incarnation,
            rev=rev,
            filter_hash=stream.filter_hash,
            department=stream.watcher.wish.department,
        )
        return pb.WatchAlertsResponse(
            event=event,
            bookmark=bookmark,
            snapshot_end=snapshot_end,
            resume_token=self._tokens.encode(position),
            revision=rev,
        )


def _event(alert: Alert) -> pb.AlertEvent:
    return pb.AlertEvent(alert=ALERTS.to_proto(alert))
