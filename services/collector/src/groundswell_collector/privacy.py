"""What could name a person is masked before anything is stored; see reliability §4.

Every pattern is bounded, so that no text makes it slow.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}", re.ASCII
)
_MENTION = re.compile(r"(?<![A-Za-z0-9@＠])[@＠][\w·-]{1,40}")
# Resident identity card: region, birth date, serial, check digit.
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    r"(?![0-9A-Za-z])",
    re.ASCII,
)
_PHONE = re.compile(
    r"(?<![\d.,+-])(?:"
    r"(?:(?:\+|00)86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"  # mobile, China
    r"|0\d{2,3}[ -]\d{7,8}"  # landline, China
    r"|\+\d{1,3}[ -]?(?:\(\d{1,4}\)[ -]?)?\d{2,4}(?:[ -]?\d{2,4}){2,3}"  # international
    r"|\(\d{3}\) ?\d{3}[-.]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}"  # North America
    r")(?!\d)",
    re.ASCII,
)
_MASKS = (
    (_EMAIL, "[email]"),
    (_IDENTITY, "[id]"),
    (_PHONE, "[phone]"),
    (_MENTION, "@user"),
)

# Parameters that say who clicked where, not what is shown.
_TRACKING = re.compile(
    r"(?i)(?:utm_\w+|(?:fb|g|dc|ms|tw|y|wick|ttc|gb|wb)(?:rai|clsrc|cl)?id|igshid|mc_[ce]id|"
    r"_hs(?:enc|mi)|mkt_tok|oly_\w+_id|vero_\w+|spm(?:_id_from)?|share_(?:source|medium|token|from\w*)|"
    r"xtor|at_(?:medium|campaign)|ns_(?:source|mchannel|campaign|linkname)|cmpid|ref_src|ref_url)"
)
# Labels whose name says that they name an author.
_PERSONAL = re.compile(
    r"(?i)(?:author|byline|creator|user|nick|screen_?name|uid$|avatar|profile|writer|poster)"
)


def mask(text: str) -> str:
    """Returns text with mentions, e-mail addresses, phone and identity numbers masked."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def strip_tracking(url: str) -> str:
    """Returns an http(s) URL without user information and tracking parameters; empty for others."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    kept = [item for item in parts.query.split("&") if not _is_tracking(item)]
    netloc = f"[{host}]" if ":" in host else host
    if port is not None:
        netloc = f"{netloc}:{port}"
    fragment = "" if _is_tracking(parts.fragment) else parts.fragment
    return urlunsplit((parts.scheme.lower(), netloc, parts.path, "&".join(kept), fragment))


def _is_tracking(parameter: str) -> bool:
    return _TRACKING.fullmatch(parameter.partition("=")[0]) is not None


def names_a_person(label: str) -> bool:
    """Tells whether a label's key says that its value names an author."""
    return _PERSONAL.search(label) is not None
