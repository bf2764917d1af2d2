"""URLs: which may be fetched at all, and how they are shown in errors and logs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from yarl import URL

from groundswell_core.errors import InvalidInput

_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202e\u3000\ufeff]")


def shown(url: str | URL) -> str:
    """Returns a URL without userinfo, query and fragment: those may hold secrets."""
    try:
        parts = urlsplit(str(url))
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
    except ValueError:
        return "(an address that cannot be read)"
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{port}{parts.path}"[:300]


def parse(url: str) -> URL:
    """Returns a URL that may be fetched, read by the client's own parser.

    Raises InvalidInput for other schemes, userinfo, white space, and what cannot be read.
    """
    url = url.strip()
    if _UNSEEN.search(url):
        raise _refuse(url, "holds white space or control characters; remove them")
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        raise _refuse(url, "cannot be read as a URL; write it like https://host/path") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise _refuse(url, "is not fetched; only http:// and https:// with a host are")
    if parsed.user is not None or parsed.password is not None:
        raise _refuse(url, "holds a user or password; take them out of the URL")
    if port == 0:
        raise _refuse(url, "has port 0; name a real one or none")
    return parsed.with_fragment(None)


def join(base: URL, location: str) -> URL:
    """Returns where a redirect leads; raises InvalidInput when that must not be followed."""
    try:
        target = base.join(URL(location.strip()))
    except ValueError:
        raise _refuse(str(base), "redirects to something that is no URL; check it") from None
    target = parse(str(target))
    if base.scheme == "https" and target.scheme == "http":
        raise _refuse(str(base), "redirects from https to http; use an address that stays on https")
    return target


def host_of(url: URL) -> str:
    """Returns the host that politeness counts by, lower case."""
    return (url.host or "").lower().rstrip(".")


def origin_of(url: URL) -> str:
    """Returns scheme, host and port, which share one robots.txt."""
    return f"{url.scheme}://{host_of(url)}:{url.port}"


def _refuse(url: str, why: str) -> InvalidInput:
    return InvalidInput(f"{shown(url)} {why}", reason="BAD_URL", url=shown(url))
