"""Cookies of ours, as they go out and come in (RFC 6265)."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from auth.addresses import is_loopback
from auth.sessions import COOKIE, SIGN_IN, hashed
from network.configuration.settings import Settings

_SIGN_IN_S: Final = int(SIGN_IN.total_seconds())
_MOST_SIGN_INS: Final = 5
"""Tabs of one browser that sign in side by side; each holds a cookie, and servers take so many bytes of them."""
_ATTEMPT: Final = 16
"""Characters of the hash of a state in a name: enough to tell the tabs of one browser apart, and no secret."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Such names alone are written back; others, of other services of the host, could hold anything."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes of the cookie of a session and of those of sign-ins under way.

    Attributes:
        is_plain: Over plain HTTP on this machine, where browsers take neither the prefix nor `Secure`; nowhere else.
    """

    is_plain: bool

    @property
    def session(self) -> str:
        # The prefix keeps other hosts of the domain from setting it: municipal sub-domains are many.
        return "session" if self.is_plain else "__Host-session"

    def sign_in(self, state: str) -> str:
        """One for each attempt: two tabs that sign in at once must not take each other's."""
        return f"{self._sign_ins}{hashed(state)[:_ATTEMPT]}"

    @property
    def _sign_ins(self) -> str:
        return "sign-in-" if self.is_plain else "__Host-sign-in-"

    def session_line(self, value: str) -> str:
        return self._line(self.session, value)

    def sign_in_lines(self, headers: Headers, state: str, value: str) -> list[str]:
        """The cookie of one more attempt, and the end of those before that are too many for a browser to hold."""
        # Browsers send what is older first (RFC 6265 §5.4); of attempts given up, the oldest.
        former = [name for name in _names(headers) if name.startswith(self._sign_ins)]
        too_many = former[: max(0, len(former) - _MOST_SIGN_INS + 1)]
        line = self._line(self.sign_in(state), value, f"; Max-Age={_SIGN_IN_S}")
        return [*(self.deletion(name) for name in too_many), line]

    def deletion(self, name: str) -> str:
        return self._line(name, "", "; Max-Age=0")

    def _line(self, name: str, value: str, more: str = "") -> str:
        secure = "" if self.is_plain else "; Secure"
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}"


def cookies(settings: Settings) -> Cookies:
    parts = urlsplit(settings.public_url)
    return Cookies(is_plain=parts.scheme == "http" and is_loopback(parts.hostname or ""))


def origin(address: str) -> str:
    """What browsers call the origin of `address` (RFC 6454 §6.2)."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    is_usual = parts.port in (None, {"https": 443, "http": 80}[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{parts.port}"


def read(headers: Headers, name: str) -> str | None:
    """The value of our cookie `name`; None where there is none, or more than one."""
    found = read_all(headers, name)
    return next(iter(found)) if len(found) == 1 else None


def read_all(headers: Headers, name: str) -> frozenset[str]:
    """The values of our cookie `name`: one, or none; more only where somebody else set one of the same form.

    Other services of the same host name may have cookies called alike; what they hold is not ours to judge.
    """
    return frozenset(value for key, value in _pairs(headers) if key == name and COOKIE.fullmatch(value))


def _names(headers: Headers) -> list[str]:
    """The names of all cookies that can be ours, each once, in the order in which they came."""
    return list(dict.fromkeys(name for name, _ in _pairs(headers) if _NAME.fullmatch(name)))


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    parts = [part.partition("=") for line in headers.getlist("cookie") for part in line.split(";")]
    return [(name.strip(), value.strip()) for name, _, value in parts]
