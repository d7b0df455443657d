"""Who reads a page: by memberships, without a name."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from auth.principal import Membership, MembershipKind, Principal
from network.edge.authentication import Browsers
from network.edge.request import caller_of, form_token_of
from network.pages.frame.house_names import HouseNames

_STEWARDS: Final = frozenset({MembershipKind.HUB_LEAD, MembershipKind.REVIEWER})
_AT_HUB: Final = _STEWARDS | {MembershipKind.HUB_MEMBER}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who reads a page; `issuer` is the name of where they signed in, None for whoever has not.

    Attributes:
        form_token: What forms of this reader carry; None where there is no session.
        memberships: In alphabetical order.
        roles: Each of them with the name of its house, or its key where that is not known.
    """

    issuer: str | None = None
    form_token: str | None = None
    memberships: tuple[Membership, ...] = ()
    roles: tuple[tuple[Membership, str], ...] = ()

    @property
    def is_signed_in(self) -> bool:
        return self.issuer is not None

    @property
    def is_member(self) -> bool:
        return bool(self.memberships)

    @property
    def may_review(self) -> bool:
        return self.is_admin or any(held.kind in _STEWARDS for held in self.memberships)

    @property
    def may_upload(self) -> bool:
        """Whether they may register projects of any house, a table at a time."""
        return self.is_admin or any(held.kind in _AT_HUB for held in self.memberships)

    @property
    def is_admin(self) -> bool:
        return any(held.kind is MembershipKind.NETWORK_ADMIN for held in self.memberships)


def account(request: Request, browsers: Browsers | None, houses: HouseNames) -> Account:
    """Whom the page is shown to; nobody where nobody can sign in."""
    caller, token = caller_of(request.scope), form_token_of(request.scope)
    if browsers is None or token is None or not isinstance(caller, Principal):
        return Account()
    issuer = browsers.sessions.party_of(caller.iss).settings.name
    memberships = tuple(sorted(caller.memberships, key=str))
    return Account(issuer, token, memberships, tuple((held, houses.of(held)) for held in memberships))
