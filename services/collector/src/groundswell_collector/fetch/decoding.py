"""Content encodings: one layer of gzip or deflate, decoded piece by piece under a cap."""

from __future__ import annotations

import zlib
from typing import Any

from groundswell_core.errors import InvalidInput, Unavailable

ACCEPTED = "gzip, deflate"
_PIECE = 64 * 1024  # bytes decoded at once: bounds what a bomb can cost
_RATIO_FREE = 64 * 1024  # below this many bytes a high ratio harms nobody


class Body:
    """The bytes of one answer, decoded and counted as they arrive."""

    def __init__(self, encoding: str, *, maximum_bytes: int, maximum_ratio: int, url: str) -> None:
        """Refuses encodings that were not asked for, and more than one layer."""
        self._url = url
        self._maximum_bytes = maximum_bytes
        self._maximum_ratio = maximum_ratio
        self._kind = self._kind_of(encoding)
        self._decoder: Any = None  # zlib's type has no public name
        self._finished = self._kind == ""
        self._parts: list[bytes] = []
        self.wire_bytes = 0
        self.size = 0

    def _kind_of(self, encoding: str) -> str:
        kind = encoding.strip().lower()
        kind = {"identity": "", "x-gzip": "gzip"}.get(kind, kind)
        if kind not in {"", "gzip", "deflate"}:
            raise InvalidInput(
                f'{self._url} answers with the encoding "{kind[:40]}", which was not asked for; '
                "the server must send gzip, deflate or none, in one layer",
                reason="BAD_ENCODING",
                url=self._url,
            )
        return kind

    def feed(self, chunk: bytes) -> None:
        """Takes bytes from the wire; raises InvalidInput past the cap or the ratio."""
        self.wire_bytes += len(chunk)
        if not self._kind:
            self._add(chunk)
            return
        more = True
        while more:
            chunk, more = self._decode(chunk)

    def finish(self) -> bytes:
        """Returns all decoded bytes; raises Unavailable when the answer ended early."""
        if not self._finished and self.wire_bytes:
            raise Unavailable(
                f"{self._url} ended in the middle of its compressed answer; it is tried again",
                reason="TRUNCATED",
                url=self._url,
            )
        return b"".join(self._parts)

    def so_far(self) -> bytes:
        """Returns the bytes decoded until now."""
        return b"".join(self._parts)

    def _decode(self, chunk: bytes) -> tuple[bytes, bool]:
        """Decodes one piece; returns what is left to decode, and whether to go on."""
        if not chunk and self._decoder is None:
            return b"", False
        if fresh := self._decoder is None:
            self._decoder = zlib.decompressobj(self._window(chunk))
        try:
            piece = self._decoder.decompress(chunk, _PIECE)
        except zlib.error:
            if not (fresh and self._finished):
                raise self._undecodable() from None
            self._decoder = None  # what follows a complete stream is padding
            return b"", False
        self._add(piece)
        self._finished = self._decoder.eof
        if self._decoder.eof:
            rest, self._decoder = self._decoder.unused_data.lstrip(b"\0"), None
            return rest, bool(rest)
        rest = self._decoder.unconsumed_tail
        return rest, bool(rest) or len(piece) == _PIECE

    def _window(self, chunk: bytes) -> int:
        if self._kind == "gzip":
            return 16 + zlib.MAX_WBITS
        # RFC 9110 means zlib by "deflate"; some servers send the raw stream.
        return zlib.MAX_WBITS if chunk[0] & 0x0F == 8 else -zlib.MAX_WBITS

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._maximum_bytes:
            raise InvalidInput(
                f"{self._url} is larger than {self._maximum_bytes} bytes after decoding; "
                "use a smaller feed or raise GROUNDSWELL_FETCH__MAXIMUM_BYTES",
                reason="TOO_LARGE",
                url=self._url,
            )
        if self.size > max(_RATIO_FREE, self.wire_bytes * self._maximum_ratio):
            raise InvalidInput(
                f"{self._url} decodes to over {self._maximum_ratio} times its size on the wire, "
                "as only a decompression bomb does; the source is hostile or broken",
                reason="DECOMPRESSION_BOMB",
                url=self._url,
            )
        if piece:
            self._parts.append(piece)

    def _undecodable(self) -> InvalidInput:
        return InvalidInput(
            f"{self._url} says that it is compressed with {self._kind}, but it is not; "
            "the server's Content-Encoding is wrong",
            reason="BAD_ENCODING",
            url=self._url,
        )
