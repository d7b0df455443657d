"""Addresses that users give and the service itself asks: what they may look like, and which machines they may reach.

The form of an address is checked when it is given, what its name resolves to each time before it is asked: an attacker's
name may point to a public machine in the morning and into our own network at noon.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from auth.addresses import is_loopback

MAX_LENGTH: Final = 500
LEAST_PORT: Final = 1_024
"""Below lie mail, name, file and remote access servers, which must not be spoken to in our name; 443 excepted."""
EXPECTED: Final = (
    f"expected an https address of at most {MAX_LENGTH} ASCII characters that the internet can reach, at port 443 or from "
    f"{LEAST_PORT} on, without user, password and fragment"
)

_FORM: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:/[!$-;=?-\[\]_a-z~]*)?(?:\?[!$-;=?-\[\]_a-z~]*)?)"
)
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label that makes a host an IPv4 address in one of its many spellings (WHATWG URL, "ends in a number")."""

# IANA IPv4 Special-Purpose Address Registry, and what RFC 5771 and RFC 1112 §4 set aside.
_NOT_PUBLIC_4: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
_UNICAST_6: Final = IPv6Network("2000::/3")
"""All that is assigned as global unicast; mapped, local, unique local and multicast addresses lie outside."""
# Protocol assignments with Teredo, documentation twice, and 6to4, which hides an IPv4 address.
_NOT_PUBLIC_6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052 §2.1: how a network without IPv4 reaches the IPv4 address in the last 32 bits."""


class UnsafeAddressError(ValueError):
    """The address is none that we ask."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An address of the web, taken apart.

    Attributes:
        host: A name or an address in small letters, without brackets.
        target: Path and query, as they stand in a request.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What the `Host` header says (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def at(self, address: str) -> str:
        """The same at a machine instead of a name."""
        host = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{host}:{self.port}{self.target}"


def destination(url: str, *, is_development: bool) -> Destination:
    """What `url` names, where its form is one that may be asked.

    Args:
        is_development: This machine may be asked, too, and without TLS.

    Raises:
        UnsafeAddressError: it may not.
    """
    match = _FORM.fullmatch(url) if len(url) <= MAX_LENGTH else None
    if match is None:
        raise UnsafeAddressError(EXPECTED)
    scheme, host = match["scheme"], match["host"].strip("[]").lower()
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    is_local = is_development and is_loopback(host)
    if not (is_local or (scheme == "https" and _is_sound(host, is_literal=match["host"].startswith("[")))):
        raise UnsafeAddressError(EXPECTED)
    if port != _DEFAULT_PORTS[scheme] and not LEAST_PORT <= port <= 65_535:
        raise UnsafeAddressError(EXPECTED)
    target = match["target"]
    return Destination(scheme, host, port, target if target.startswith("/") else f"/{target}")


def may_reach(address: str, asked: Destination, *, is_development: bool) -> bool:
    """Whether a machine that the name resolved to may be spoken to; what is no address may not."""
    try:
        machine = ip_address(address)
    except ValueError:
        return False
    if machine.is_loopback:
        return is_development
    return asked.scheme == "https" and is_public(machine)


def is_public(machine: IPv4Address | IPv6Address) -> bool:
    """Whether `machine` is somewhere on the internet: not this machine, not a network of ours, nothing set aside."""
    if isinstance(machine, IPv4Address):
        return not any(machine in network for network in _NOT_PUBLIC_4)
    if machine.scope_id is not None:
        return False
    if machine in _NAT64:
        return is_public(IPv4Address(int(machine) & 0xFFFF_FFFF))
    return machine in _UNICAST_6 and not any(machine in network for network in _NOT_PUBLIC_6)


def _is_sound(host: str, *, is_literal: bool) -> bool:
    """Whether a host may be somewhere on the internet, by its form alone."""
    labels = host.split(".")
    if is_literal or _NUMERIC.fullmatch(labels[-1]):
        try:
            return is_public(IPv6Address(host) if is_literal else IPv4Address(host))
        except ValueError:
            return False
    # A name of one label is looked for in the operator's own domain.
    return len(host) <= 253 and len(labels) > 1 and all(0 < len(label) <= 63 for label in labels)
