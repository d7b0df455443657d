"""Who is signed in, as pages show it: by memberships, without a name."""

from dataclasses import dataclass, field
from html import escape
from typing import Final

from starlette.requests import Request

from auth.principal import Membership, MembershipKind, Principal
from network.authentication import FORM_FIELD, Browsers
from network.pages.layout import template
from network.request import caller_of, form_token_of

_ROLES: Final = {
    MembershipKind.HUB_LEAD: "Hub-Leitung",
    MembershipKind.HUB_MEMBER: "Hub-Mitarbeit",
    MembershipKind.REVIEWER: "Prüfung",
    MembershipKind.MUNICIPALITY: "Kommune",
    MembershipKind.UNIVERSITY: "Hochschule",
    MembershipKind.ORGANISATION: "Organisation",
    MembershipKind.NETWORK_ADMIN: "Netzverwaltung",
}
_PERSONAL: Final = {"Cache-Control": "no-store", "Vary": "Cookie", "Referrer-Policy": "same-origin"}
"""Of a page that differs from caller to caller. With no referrer at all, browsers hide the origin of its forms, too."""


@dataclass(frozen=True, slots=True)
class Account:
    """A part of a page, and the headers that the page needs for it."""

    html: str
    is_signed_in: bool = False
    headers: dict[str, str] = field(default_factory=lambda: dict(_PERSONAL))


def account(request: Request, browsers: Browsers | None) -> Account:
    """Whom the page is shown to, with a button to sign out; a way to sign in where that is nobody."""
    if browsers is None:
        return Account("", headers={})
    caller, token = caller_of(request.scope), form_token_of(request.scope)
    if token is None or not isinstance(caller, Principal):
        return Account('<p class="account"><a href="/sign-in">Anmelden</a></p>')
    party = browsers.sessions.party_of(caller.iss)
    html = template("account").substitute(
        issuer=escape(party.settings.name),
        memberships=escape(", ".join(_told(caller)) or "ohne Mitgliedschaft, Sie sehen, was öffentlich ist"),
        field=FORM_FIELD,
        token=escape(token),
    )
    return Account(html, is_signed_in=True)


def _told(caller: Principal) -> list[str]:
    return [_membership(held) for held in sorted(caller.memberships, key=str)]


def _membership(held: Membership) -> str:
    return f"{_ROLES[held.kind]} {held.key}".rstrip()
