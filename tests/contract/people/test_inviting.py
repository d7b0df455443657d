"""Inviting and accepting: who may, what is kept, and that one letter makes one member."""

import asyncio

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller, Membership, Principal
from auth.sessions import hashed
from graph.accounts.people import GraphPeople
from graph.actors import by_link, pseudonym
from graph.commands.members import (
    INVITATIONS_A_DAY,
    AcceptInvitation,
    RevokeMembership,
    accept_invitation,
    revoke_membership,
)
from graph.errors import InvalidInputError, NodeNotFoundError, TooOftenError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.telling.single_use import Spending, look
from graph.vocabulary import LetterKind, LinkPurpose
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.builders import make_hub, make_municipality, serves
from tests.fixtures.contributing import (
    ADMIN,
    AMT_CLERK,
    ANYBODY,
    FIRM,
    MONDAY,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    count_kills,
    found_network,
    person,
)
from tests.fixtures.inviting import (
    EMAIL,
    GUEST,
    accept,
    changes_of,
    invited,
    invited_memberships,
    joined,
    letters_about,
    listed,
    on_monday,
    secret_of,
    texts,
)
from tests.fixtures.units import all_changes, key_of, stored, write

AMT = key_of("Municipality:010615138")
THIRTEEN_DAYS_LATER = "2026-11-15T09:00:00.000000Z"
FOURTEEN_DAYS_LATER = "2026-11-16T09:00:00.000000Z"


@pytest.mark.parametrize(
    ("actor", "house", "role"),
    [
        (ZEITZ_LEAD, ZEITZ, "hub_lead"),
        (ZEITZ_LEAD, ZEITZ, "hub_member"),
        (ZEITZ_LEAD, ZEITZ, "reviewer"),
        (ZEITZ_LEAD, OTHER_TOWN, "municipality"),
        (ZEITZ_LEAD, UNIVERSITY, "university"),
        (WILSTER_LEAD, AMT, "municipality"),
        # Wilster serves the Amt as a whole.
        (WILSTER_LEAD, TOWN, "municipality"),
        (ADMIN, FIRM, "organisation"),
        (ADMIN, WILSTER, "hub_lead"),
    ],
)
async def test_leads_invite_for_the_houses_of_their_hub(
    store: GraphStore, actor: Caller, house: NodeKey, role: str
) -> None:
    await found_network(store)
    member = await joined(store, house, role, GUEST, actor=actor)
    assert texts(await invited_memberships(store, GUEST)) == {f"{role}:{house.value}"}
    row = await stored(store, f"InvitedMember:{member}")
    assert row is not None
    assert (row["actor"], row["house"], row["since"]) == (pseudonym(GUEST), str(house), MONDAY)


@pytest.mark.parametrize(
    ("actor", "house", "role"),
    [
        (ZEITZ_LEAD, WILSTER, "hub_member"),
        (ZEITZ_LEAD, TOWN, "municipality"),
        (ZEITZ_LEAD, AMT, "municipality"),
        (ZEITZ_LEAD, FIRM, "organisation"),
        (WILSTER_LEAD, UNIVERSITY, "university"),
        (WILSTER_REVIEWER, WILSTER, "hub_member"),
        (ZEITZ_MEMBER, ZEITZ, "hub_member"),
        (TOWN_CLERK, TOWN, "municipality"),
        (AMT_CLERK, AMT, "municipality"),
        (PROFESSOR, UNIVERSITY, "university"),
        (VISITOR, ZEITZ, "hub_member"),
        (ANYBODY, ZEITZ, "hub_member"),
        (by_link("some link", frozenset({Membership.parse("reviewer:zeitz")})), ZEITZ, "hub_member"),
    ],
)
async def test_nobody_else_does(store: GraphStore, actor: Caller, house: NodeKey, role: str) -> None:
    await found_network(store)
    with pytest.raises(ForbiddenError):
        await invited(store, house, role, actor=actor)
    assert await changes_of(store, "Invitation") == []


async def test_serving_a_town_is_not_serving_its_amt(store: GraphStore) -> None:
    """Whoever acts for the Amt acts for all its municipalities."""
    await found_network(store)
    await write(store, serves(make_hub("zeitz"), make_municipality(TOWN.value)))
    await invited(store, TOWN, "municipality", actor=ZEITZ_LEAD)
    with pytest.raises(ForbiddenError):
        await invited(store, AMT, "municipality", actor=ZEITZ_LEAD)


@pytest.mark.parametrize(
    ("house", "role"),
    [
        (WILSTER, "network_admin"),
        (WILSTER, "municipality"),
        (WILSTER, "organisation"),
        (TOWN, "hub_member"),
        (TOWN, "university"),
        (TOWN, "network_admin"),
    ],
)
@pytest.mark.parametrize("actor", [WILSTER_LEAD, ADMIN])
async def test_a_role_fits_its_house(store: GraphStore, house: NodeKey, role: str, actor: Caller) -> None:
    await found_network(store)
    with pytest.raises(InvalidInputError) as refused:
        await invited(store, house, role, actor=actor)
    assert refused.value.field == "role"


@pytest.mark.parametrize(
    "email", ["", "amt", "a@b", "a b@stadt.example", "a@stadt.example\r\nBcc: b@c.example", "ä@b.de"]
)
async def test_an_address_can_be_written_to(store: GraphStore, email: str) -> None:
    await found_network(store)
    with pytest.raises(InvalidInputError) as refused:
        await invited(store, WILSTER, "hub_member", email=email)
    assert refused.value.field == "email"


@pytest.mark.parametrize("house", [NodeKey("Hub", "nowhere"), NodeKey("Project", "one"), NodeKey("Actor", "one")])
async def test_a_house_is_there(store: GraphStore, house: NodeKey) -> None:
    await found_network(store)
    with pytest.raises(NodeNotFoundError):
        await invited(store, house, "hub_member", actor=ADMIN)


async def test_an_invitation_is_a_letter_and_a_change_without_the_address(store: GraphStore) -> None:
    await found_network(store)
    invitation = await invited(store, WILSTER, "reviewer")
    (letter,) = await letters_about(store, invitation)
    assert (letter.kind, letter.email, letter.purpose, letter.house) == (
        LetterKind.INVITATION,
        EMAIL,
        LinkPurpose.ACCEPT_INVITATION,
        None,
    )
    (change,) = await changes_of(store, "Invitation")
    assert change["action"] == "invite_member"
    assert change["after"]["email"] == "***"
    assert EMAIL not in str(await all_changes(store))


async def test_the_letter_says_what_it_is_about_and_opens_it_without_effect(store: GraphStore) -> None:
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "reviewer"))
    for _ in range(2):
        opened = await look(on_monday(store), secret)
        assert opened is not None
        assert (opened.matter.role, opened.matter.house) == ("reviewer", "Wilster")
    assert await invited_memberships(store, GUEST) == set()


async def test_whoever_accepts_need_not_be_who_was_written_to(store: GraphStore) -> None:
    await found_network(store)
    await GraphPeople(store).arrive(Principal(GUEST.iss, GUEST.sub, email="privat@guest.example"))
    member = await joined(store, WILSTER, "hub_member", GUEST)
    (change,) = await changes_of(store, "InvitedMember")
    assert (change["action"], change["actor"]) == ("accept_invitation", f"actor:{pseudonym(GUEST)}")
    assert change["entity"] == f"InvitedMember:{member}"
    row = await stored(store, f"Actor:{pseudonym(GUEST)}")
    assert row is not None
    assert (row["memberships"], row["email"]) == (["hub_member:wilster"], "privat@guest.example")


async def test_an_invitation_is_accepted_once(store: GraphStore) -> None:
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "hub_member"))
    first = await accept(store, secret, GUEST)
    assert await accept(store, secret, GUEST) == first
    assert await look(on_monday(store), secret) is None
    with pytest.raises(NodeNotFoundError):
        await accept(store, secret, VISITOR)
    assert await invited_memberships(store, VISITOR) == set()


async def test_of_two_who_accept_at_once_one_is_a_member(store: GraphStore) -> None:
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "hub_member"))
    people = [person(sub=f"guest-{number}") for number in range(4)] + [person(sub="guest-0")]
    answers = await asyncio.gather(*(accept(store, secret, one) for one in people), return_exceptions=True)
    assert {type(answer) for answer in answers if not isinstance(answer, dict)} <= {NodeNotFoundError}
    assert len({answer["id"] for answer in answers if isinstance(answer, dict)}) == 1
    held = [await invited_memberships(store, one) for one in people[:4]]
    assert sorted(map(len, held)) == [0, 0, 0, 1]


async def test_two_letters_for_one_membership_make_one(store: GraphStore) -> None:
    await found_network(store)
    secrets = [
        await secret_of(store, await invited(store, WILSTER, "hub_member", email=email))
        for email in ("a@stadt.example", "b@stadt.example")
    ]
    first, second = await asyncio.gather(*(accept(store, secret, GUEST) for secret in secrets))
    assert first == second
    await revoke_membership(at(store), RevokeMembership(member=first["id"]), actor=WILSTER_LEAD)
    assert await invited_memberships(store, GUEST) == set()


@pytest.mark.parametrize("actor", [ANYBODY, by_link("another link", frozenset({Membership.parse("hub_lead:wilster")}))])
async def test_accepting_needs_a_person_who_is_signed_in(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "hub_member"))
    with pytest.raises(ForbiddenError):
        await accept(store, secret, actor)
    assert await look(on_monday(store), secret) is not None


@pytest.mark.parametrize(
    "secret", ["", "x" * 43, "../etc", "x" * 10_000, "' OR 1=1 //", "\N{NULL}"], ids=lambda text: text[:8]
)
async def test_what_is_no_link_is_gone(store: GraphStore, secret: str) -> None:
    await found_network(store)
    with pytest.raises(NodeNotFoundError):
        await accept(store, secret, GUEST)


async def test_a_letter_holds_for_fourteen_days(store: GraphStore) -> None:
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "hub_member"))
    with pytest.raises(NodeNotFoundError):
        await accept(store, secret, GUEST, now=FOURTEEN_DAYS_LATER)
    await accept(store, secret, GUEST, now=THIRTEEN_DAYS_LATER)


async def test_a_later_link_of_an_old_invitation_opens_nothing(store: GraphStore) -> None:
    """The postman may make it days after the invitation, whose own end counts."""
    await found_network(store)
    invitation = await invited(store, WILSTER, "hub_member")
    secret = await secret_of(store, invitation, now=THIRTEEN_DAYS_LATER)
    with pytest.raises(NodeNotFoundError):
        await accept(store, secret, GUEST, now=FOURTEEN_DAYS_LATER)


async def test_inviting_an_address_again_replaces_the_first(store: GraphStore) -> None:
    await found_network(store)
    first = await secret_of(store, await invited(store, WILSTER, "hub_lead"))
    elsewhere = await secret_of(store, await invited(store, TOWN, "municipality"))
    second = await secret_of(store, await invited(store, WILSTER, "hub_member", email=EMAIL.upper()))
    with pytest.raises(NodeNotFoundError):
        await accept(store, first, GUEST)
    await accept(store, second, GUEST)
    await accept(store, elsewhere, GUEST)
    assert texts(await invited_memberships(store, GUEST)) == {"hub_member:wilster", f"municipality:{TOWN.value}"}


async def test_of_two_invitations_at_once_one_stays_open(store: GraphStore) -> None:
    await found_network(store)
    await asyncio.gather(*(invited(store, WILSTER, "hub_member") for _ in range(4)))
    assert len(await listed(store, WILSTER)) == 1


async def test_the_page_spends_the_link_itself(store: GraphStore) -> None:
    """`Spending` marks the link first; the command goes on in the same unit."""
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "hub_member"))
    work = Spending(at(store), hashed(secret))
    await accept_invitation(work, AcceptInvitation(link=hashed(secret)), actor=GUEST)
    with pytest.raises(NodeNotFoundError):
        await accept_invitation(work, AcceptInvitation(link=hashed(secret)), actor=VISITOR)
    assert texts(await invited_memberships(store, GUEST)) == {"hub_member:wilster"}


async def test_killed_while_accepting_nothing_is_spent(store: GraphStore) -> None:
    await found_network(store)
    secret = await secret_of(store, await invited(store, WILSTER, "hub_member"))

    async def attempt(work: UnitOfWork) -> None:
        await accept_invitation(work, AcceptInvitation(link=hashed(secret)), actor=GUEST)

    async def snapshot() -> object:
        opened = await look(on_monday(store), secret)
        return opened is not None, await invited_memberships(store, GUEST), await all_changes(store)

    assert await count_kills(store, attempt, snapshot) > 5


async def test_a_day_has_room_for_so_many_letters_that_invite(store: GraphStore) -> None:
    await found_network(store)
    for _ in range(INVITATIONS_A_DAY):
        await invited(store, WILSTER, "hub_member")

    with pytest.raises(TooOftenError):
        await invited(store, WILSTER, "hub_member")

    await invited(store, WILSTER, "hub_member", actor=ADMIN)
    await invited(store, WILSTER, "hub_member", now="2026-11-03T09:00:01.000000Z")
