"""How the text of a setting is read: one function a form, each of which raises `ValueError` where it is another."""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class _UnfitError(ValueError):
    """The text cannot be read; the message says what was expected."""


def whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise _UnfitError
        return int(text)

    return read


def seconds(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) or not low <= float(text) <= high:
            raise _UnfitError
        return float(text)

    return read


def choice(*options: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in options:
            raise _UnfitError
        return text

    return read


def host(text: str) -> str:
    if text != "localhost" and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", text):
        ipaddress.ip_address(text)
    return text


def printable(text: str) -> str:
    if not text or not text.isprintable():
        raise _UnfitError
    return text


def optional_text(text: str) -> str | None:
    return printable(text) if text else None


def optional_path(text: str) -> Path | None:
    return Path(printable(text)) if text else None


def optional_file(text: str) -> Path | None:
    path = optional_path(text)
    if path is not None and not path.is_file():
        raise _UnfitError
    return path


def optional_folder(text: str) -> Path | None:
    path = optional_path(text)
    if path is not None and not path.is_dir():
        raise _UnfitError
    return path


def backend_url(embedded: str, *schemes: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        if not text:
            return None
        scheme, _, rest = text.partition(":")
        if scheme == embedded:
            printable(rest)
        elif scheme not in schemes or not server(text):
            raise _UnfitError
        return text

    return read


def server(text: str) -> bool:
    """Whether the address has a host, a sound port, and no user: secrets have variables of their own."""
    parts = urlsplit(text)
    return bool(parts.hostname) and (parts.port is None or parts.port > 0) and "@" not in parts.netloc


def public_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not server(text) or parts.query or parts.fragment:
        raise _UnfitError
    if parts.path.strip("/"):
        raise _UnfitError
    return text.rstrip("/")


def smtp_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    is_server = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    if not is_server or not text.isprintable() or parts.path.strip("/") or parts.fragment:
        raise _UnfitError
    if parts.query and (parts.query, parts.scheme) != ("starttls=never", "smtp"):
        raise _UnfitError
    if bool(parts.username) != bool(parts.password):
        raise _UnfitError
    return text


def mailbox(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text):
        raise _UnfitError
    return text or None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", text.strip()) if part)


def origins(text: str) -> tuple[str, ...]:
    origins = _list(text)
    for origin in origins:
        if public_url(origin) != origin:
            raise _UnfitError
    return origins


def networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part) for part in _list(text))


def keys(text: str) -> tuple[str, ...]:
    keys = _list(text)
    # 43 characters of base64url are 256 bits.
    if any(not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", key) for key in keys) or len(set(keys)) != len(keys):
        raise _UnfitError
    return keys
