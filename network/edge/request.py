"""What the middleware knows of a request, kept in its ASGI scope; the one place that names the keys."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from auth.principal import Anonymous, Caller, Principal
from network.configuration.values import Network
from network.rates import Allowance

REQUEST_ID: Final = "hubnetz.request_id"
CALLER: Final = "hubnetz.caller"
ALLOWANCE: Final = "hubnetz.allowance"
HOPS: Final = "hubnetz.hops"
FORM_TOKEN: Final = "hubnetz.form_token"  # noqa: S105 - the name of a key


def request_id_of(scope: Scope) -> str:
    return str(scope.get(REQUEST_ID, ""))


def caller_of(scope: Scope) -> Caller:
    """Who asks; `Anonymous` where no middleware found out, which is the caller with the fewest rights."""
    caller: Caller = scope.get(CALLER) or Anonymous()
    return caller


def allowance_of(scope: Scope) -> Allowance:
    """What this request may still take; no limit where no middleware set one."""
    allowance: Allowance | None = scope.get(ALLOWANCE)
    return allowance or Allowance()


def form_token_of(scope: Scope) -> str | None:
    """What forms for this caller carry; None for one who comes without a session."""
    token: str | None = scope.get(FORM_TOKEN)
    return token


def token_id_of(scope: Scope) -> str:
    """`jti` of the caller's access token, for the log; "" where there is none."""
    caller = caller_of(scope)
    return caller.token_id if isinstance(caller, Principal) else ""


def comes_from(scope: Scope, networks: Iterable[Network]) -> bool:
    """Whether the client's address lies in one of `networks`; a client without an address lies in none."""
    client = scope.get("client")
    return client is not None and is_within(client[0], networks)


def comes_through(scope: Scope, networks: Iterable[Network]) -> bool:
    """Whether one of those who passed the request on lies in one of `networks`: what a router may ask, it may for anybody.

    A router that is a trusted proxy, too, is not the client any more: it vouches for another. What a client writes into
    its own `X-Forwarded-For` stands left of the client and is not among them.
    """
    within = tuple(networks)
    return comes_from(scope, within) or any(is_within(hop, within) for hop in scope.get(HOPS, ()))


def is_passed_on_unbelieved(scope: Scope) -> bool:
    """Whether somebody who is no trusted proxy says to ask for another, so that the address says nothing of who asks.

    On one machine with a proxy that the operator forgot to trust, everybody would come from loopback.
    """
    said = Headers(scope=scope)
    return HOPS not in scope and ("x-forwarded-for" in said or "forwarded" in said)


def hides_who_asks(scope: Scope, routers: Iterable[Network]) -> bool:
    """Whether a router is all that is known of the client: many ask under its one address.

    Fewer than `comes_through` finds: a router that is believed about its client (a trusted proxy) hides nobody.
    """
    return comes_from(scope, routers)


def is_within(address: str, networks: Iterable[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    # A socket for both families shows IPv4 clients as ::ffff:10.0.0.1.
    return any((mapped or parsed) in network for network in networks)
