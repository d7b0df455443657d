"""Who acts for a house, and who is invited to: root fields `members` and `invitations`."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final

import strawberry

from auth.principal import Membership, MembershipKind
from graph.model import NodeKey
from graph.telling import invitations as stored
from graph.values import Instant
from network.context import Context
from network.execution import attribute, reference, value
from network.execution.fields import at_most
from network.subgraphs.projects.types import House

_value = strawberry.enum_value

HouseId = Annotated[
    strawberry.ID,
    strawberry.argument(description="Id of a hub, municipality, university or organisation, as in `Hub:zeitz`."),
]
SIZES: Final = [at_most(stored.MAX_LISTED)]


@strawberry.enum(description="As what somebody acts for a house.")
class MemberRole(Enum):
    HUB_LEAD = _value("HUB_LEAD", description="Leads a hub: reviews, publishes, and invites for its houses.")
    HUB_MEMBER = _value("HUB_MEMBER", description="Works at a hub: writes entries of the hub and of its houses.")
    REVIEWER = _value("REVIEWER", description="Reviews and publishes for a hub.")
    MUNICIPALITY = _value("MUNICIPALITY", description="Acts for a municipality, an Amt for all that belong to it.")
    UNIVERSITY = _value("UNIVERSITY", description="Acts for a university.")
    ORGANISATION = _value("ORGANISATION", description="Acts for an organisation.")


def kind_of(role: MemberRole) -> MembershipKind:
    return MembershipKind[role.name]


@dataclass(frozen=True, slots=True)
class Member:
    id: str | None
    house: NodeKey
    role: str
    since: Instant
    name: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Invitation:
    id: str
    house: NodeKey
    role: str
    email: str
    invited_at: Instant
    expires_at: Instant


@value(Member, description="Somebody who acts for a house.")
class HouseMember:
    id: strawberry.ID | None = attribute(
        "Of a membership by invitation, for `revokeMembership`; null where the person's issuer gives the membership."
    )
    house: House | None = reference("The house.")
    role: MemberRole = attribute("As what.")
    since: Instant = attribute(
        "Since when: when the invitation was accepted, or when the person was here for the first time."
    )
    name: str | None = attribute("As the person gave it to be listed; null where it gave none.")
    email: str | None = attribute(
        "As the person's issuer vouches for it; null where it does not, and for callers who may not invite there."
    )


@value(Invitation, description="An invitation that may still be accepted.")
class HouseInvitation:
    id: strawberry.ID = attribute("For `revokeInvitation`.")
    house: House | None = reference("The house.")
    role: MemberRole = attribute("As what.")
    email: str = attribute("To which address it was sent. Whoever accepts may have an account with another one.")
    invited_at: Instant = attribute("When.")
    expires_at: Instant = attribute("Until when it can be accepted.")


async def members(info: strawberry.Info[Context, None], house: HouseId) -> list[Member]:
    context, place = info.context, NodeKey.parse(house)
    return [
        Member(one.invited, place, Membership.parse(one.membership).kind.name, one.since, one.name, one.email)
        for one in await stored.members(context.store, context.caller, place)
    ]


async def open_invitations(info: strawberry.Info[Context, None], house: HouseId) -> list[Invitation]:
    context, place = info.context, NodeKey.parse(house)
    return [
        Invitation(one.id, place, MembershipKind(one.role).name, one.email, Instant(one.created_at), one.expires_at)
        for one in await stored.open_invitations(context.store, context.caller, place)
    ]
