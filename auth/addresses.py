"""Addresses that operators and issuers give: which can be asked, and which mean this machine, where rules are milder."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without port and brackets, can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def web_host(address: str, *schemes: str) -> str | None:
    """The host of an address that can be asked by one of `schemes`; None where it is none, or names a user."""
    try:
        parts = urlsplit(address)
        # Reading the port checks it.
        is_sound = parts.scheme in schemes and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return None
    return parts.hostname if is_sound and address.isascii() and address.isprintable() and " " not in address else None
