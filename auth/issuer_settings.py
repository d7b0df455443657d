"""What this service knows of an issuer before it has spoken to it: an operator's word, never the issuer's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from auth.principal import Membership

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    "Ed25519",
)
"""Asymmetric all of them: a shared key would let this service sign what it is to verify. Without `EdDSA`, which does not
say the curve and is deprecated for it (RFC 9864)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A rule: whose `claim` is or holds `equals` has `membership`.

    Attributes:
        claim: Name of a claim, or a path of names with dots, `realm_access.roles`. A claim whose own name is the whole
            text goes first: some issuers name their claims by addresses.
    """

    claim: str
    equals: str
    membership: Membership

    def applies_to(self, claims: Mapping[str, Any]) -> bool:
        """Whether the claims of a verified token meet the rule; only texts and lists of texts can."""
        found = _at(claims, self.claim)
        if isinstance(found, list):
            return any(type(item) is str and item == self.equals for item in found)
        return type(found) is str and found == self.equals


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerSettings:
    """One issuer whose tokens count.

    Attributes:
        issuer: Its identifier, compared as it stands (OIDC Discovery §4.3): no slash more, no other case.
        name: Shown to people who choose where to sign in.
        audience: What `aud` of an access token must hold for us.
        algorithms: The only ones accepted, whatever tokens and discovery say (RFC 8725 §3.1).
        client_id: Ours at this issuer, for signing people in; so are `client_secret` or `private_key` (PEM).
        accept_typ_jwt: Take access tokens with `typ` JWT, for providers that do not send `at+jwt`.
        scope: What every access token must carry; None asks for nothing beyond the audience.
    """

    issuer: str
    name: str
    audience: str
    client_id: str
    algorithms: tuple[str, ...]
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    accept_typ_jwt: bool = False
    scope: str | None = None
    grants: tuple[Grant, ...] = ()


def _at(claims: Mapping[str, Any], path: str) -> Any:
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found
