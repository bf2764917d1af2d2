"""Cookies: bound to https by their name where the console is served so."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

_YEAR = 31_536_000  # seconds


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and sets the console's cookies."""

    is_secure: bool

    def name(self, purpose: str) -> str:
        """Returns the name of the cookie for session, visitor, language, theme, zone or notice."""
        return f"__Host-groundswell-{purpose}" if self.is_secure else f"groundswell-{purpose}"

    def set(self, response: Response, purpose: str, value: str, *, age: int | None = None) -> None:
        """Sets a cookie that scripts cannot read; without age it ends with the browser."""
        response.set_cookie(
            self.name(purpose),
            value,
            max_age=age,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def set_session(self, response: Response, token: str, *, lifetime: float) -> None:
        """Sets the session's token."""
        self.set(response, "session", token, age=int(lifetime))

    def set_preference(self, response: Response, purpose: str, value: str) -> None:
        """Remembers language, theme or time zone for a year."""
        self.set(response, purpose, value, age=_YEAR)

    def set_notice(self, response: Response, key: str) -> None:
        """Has the next page show a notice."""
        self.set(response, "notice", key, age=30)

    def drop(self, response: Response, purpose: str) -> None:
        """Deletes a cookie."""
        response.delete_cookie(
            self.name(purpose), path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )
