"""Cookies of ours, as they go out and come in (RFC 6265)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from auth.addresses import is_loopback
from auth.sessions import COOKIE, SIGN_IN
from network.settings import Settings

_SIGN_IN_S: Final = int(SIGN_IN.total_seconds())


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes of both cookies.

    Attributes:
        is_plain: Over plain HTTP on this machine, where browsers take neither the prefix nor `Secure`; nowhere else.
    """

    is_plain: bool

    @property
    def session(self) -> str:
        # The prefix keeps other hosts of the domain from setting it: municipal sub-domains are many.
        return "session" if self.is_plain else "__Host-session"

    @property
    def sign_in(self) -> str:
        return "sign-in" if self.is_plain else "__Host-sign-in"

    def session_line(self, value: str) -> str:
        return self._line(self.session, value)

    def sign_in_line(self, value: str) -> str:
        return self._line(self.sign_in, value, f"; Max-Age={_SIGN_IN_S}")

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
    pairs = [part.partition("=") for line in headers.getlist("cookie") for part in line.split(";")]
    return frozenset(
        value.strip() for key, _, value in pairs if key.strip() == name and COOKIE.fullmatch(value.strip())
    )
