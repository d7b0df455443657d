"""Mutations of who acts for a house, and of whom one reaches there."""

from typing import Any, Final

import strawberry

from auth.sessions import COOKIE as SECRET
from auth.sessions import hashed
from graph import vocabulary as stored
from graph.commands.house_contact import SaveHouseContact, save_house_contact
from graph.commands.members import (
    AcceptInvitation,
    InviteMember,
    RevokeInvitation,
    RevokeMembership,
    accept_invitation,
    invite_member,
    revoke_invitation,
    revoke_membership,
)
from network.execution import Checks, Shown, Told, client_mutation_id, mutation
from network.subgraphs.given import member
from network.subgraphs.projects.members import MemberRole, kind_of
from network.subgraphs.projects.mutations.described import EXPECTED_VERSION
from network.subgraphs.projects.mutations.project_fields import ContactInput, house
from network.subgraphs.projects.types import House
from network.subgraphs.vocabulary import Visibility
from network.subgraphs.which import which

_HOUSE_ID: Final = "Id of the house, as in `Municipality:150840590590`."
_HOUSE: Final = Shown("house", House, None, "The house.", member="house")
_LEADS: Final = "leads of a hub to which the house belongs, and the administration"


@strawberry.input(description="Whom to invite, for which house and as what.")
class InviteMemberInput:
    house: strawberry.ID = strawberry.field(description=_HOUSE_ID)
    role: MemberRole = strawberry.field(
        description="As what: at a hub HUB_LEAD, HUB_MEMBER or REVIEWER, elsewhere the kind of the house."
    )
    email: str = strawberry.field(description="To which address the invitation goes.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> InviteMember:
        return InviteMember(
            house=house(check, "house", self.house),
            role=kind_of(self.role),
            email=check.email("email", self.email),
        )


RevokeInvitationInput = which(
    RevokeInvitation, "Which invitation is taken back.", "invitation", "Its id, as `invitations` shows it."
)


RevokeMembershipInput = which(
    RevokeMembership, "Which membership by invitation ends.", "member", "Its id, as `members` shows it."
)


@strawberry.input(description="Which invitation the caller accepts.")
class AcceptInvitationInput:
    secret: str = strawberry.field(
        description="What the address in the letter ends with, after `/link/`: 43 characters. Never log it."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> AcceptInvitation:  # noqa: ARG002 - one signature for all inputs
        # Of another form there is none: the answer is as for a link that was used.
        return AcceptInvitation(link=hashed(self.secret) if SECRET.fullmatch(self.secret) else "")


@strawberry.input(description="Whom one reaches at a house.")
class SaveHouseContactInput:
    house: strawberry.ID = strawberry.field(description=_HOUSE_ID)
    contact: ContactInput | None = strawberry.field(
        description="Function or office, with at least one way to reach it; null takes away what is stored."
    )
    visibility: Visibility = strawberry.field(
        description="Who may see it; PRIVATE: the administration alone. Questions to the house go to the e-mail address in "
        "any case."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> SaveHouseContact:
        contact: Any = None if self.contact is None else self.contact.read(check.within("contact"))
        return SaveHouseContact(
            house=house(check, "house", self.house),
            contact=contact,
            visibility=member(stored.Visibility, self.visibility),
            expected_version=self.expected_version,
        )


@strawberry.type
class OfMembers:
    invite_member = mutation(
        "InviteMember",
        InviteMemberInput,
        invite_member,
        [Told("invitation", strawberry.ID, "Id of the invitation, for `revokeInvitation`.", member="id"), _HOUSE],
        "Invites somebody to act for a house, by an e-mail with a link that works once and for 14 days. Another invitation "
        "to the same address for this house is replaced. Whether anybody has an account with that address is not told.",
        whom=_LEADS,
    )
    revoke_invitation = mutation(
        "RevokeInvitation",
        RevokeInvitationInput,
        revoke_invitation,
        [Told("invitation", strawberry.ID, "Its id.", member="id"), _HOUSE],
        "Takes an invitation back that nobody accepted yet: its link opens nothing any more.",
        whom=_LEADS,
    )
    revoke_membership = mutation(
        "RevokeMembership",
        RevokeMembershipInput,
        revoke_membership,
        [Told("member", strawberry.ID, "Its id.", member="id"), _HOUSE],
        "Ends a membership by invitation, from the person's next request on; invitations that this person sent and nobody "
        "accepted yet end with it. A membership that an issuer gives ends there.",
        whom=f"{_LEADS}, and for the person oneself",
    )
    accept_invitation = mutation(
        "AcceptInvitation",
        AcceptInvitationInput,
        accept_invitation,
        [Told("member", strawberry.ID, "Id of the caller's membership.", member="id"), _HOUSE],
        "Accepts an invitation: from the next request on the caller acts for that house, too. Links that were used, expired, "
        "taken back or never made look alike.",
        whom="people who are signed in",
    )
    save_house_contact = mutation(
        "SaveHouseContact",
        SaveHouseContactInput,
        save_house_contact,
        [
            Shown("house", House, None, "The house."),
            Told("version", int, "Version of the house now.", member="version"),
        ],
        "Says whom one reaches at a house. With a new e-mail address, what waits for the house goes out to it at once.",
        whom="members of the house (at a hub its lead and reviewers), leads of its hubs and the administration",
    )
