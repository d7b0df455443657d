"""Invitations over HTTP: who may send, see, accept and take them back, and what a revoked membership is still good for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph.actors import pseudonym
from graph.tally import tallied
from network.app import open_ports
from tests.fixtures.inviting import secret_of
from tests.network.writing import CALLERS, Desk, desk

INVITED = "invitation house { id name }"
JOINED = "member house { id name }"
LIST = """query ($house: ID!) {
  members(house: $house) { id role name email house { id } }
  invitations(house: $house) { id role email house { id } }
}"""
VIEWER = "{ viewer { memberships } }"
EMAIL = "buergermeisterin@stadt.example"
STADT = "Municipality:150840590590"
MAY_NOT = [
    ("wilster", "another hub's lead"),
    ("zeitz-member", "a member"),
    ("stadt", "the house"),
    ("stranger", "nobody"),
]


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, open_ports) as made:
        yield made


async def invite(office: Desk, caller: str = "zeitz", **given: Any) -> Any:
    asked = {"house": "Hub:zeitz", "role": "HUB_MEMBER", "email": EMAIL} | given
    return await office.write("inviteMember", INVITED, caller, **asked)


async def secret(office: Desk, answer: Any) -> str:
    assert answer["__typename"] == "InviteMemberSuccess", answer
    return await secret_of(office.store, answer["invitation"], now=await office.store.now())


async def accept(office: Desk, given: str, caller: str | None = "stranger", **more: Any) -> Any:
    return await office.write("acceptInvitation", JOINED, caller, secret=given, **more)


async def memberships(office: Desk, caller: str = "stranger") -> list[str]:
    found: list[str] = (await office.ask(VIEWER, caller))["viewer"]["memberships"]
    return found


async def test_from_the_letter_to_the_membership_and_its_end(office: Desk) -> None:
    invited = await invite(office)
    assert invited["house"] == {"id": "Hub:zeitz", "name": "DigitalHub Zeitz"}
    joined = await accept(office, await secret(office, invited))
    assert joined["__typename"] == "AcceptInvitationSuccess", joined
    # From the next request on, for everything: here for a need of the hub.
    assert await memberships(office) == ["hub_member:zeitz"]
    need = {"house": "Hub:zeitz", "kind": "SEEKS", "title": "Bank mit Ladestation", "text": "Wer hat so etwas?"}
    posted = await office.write("postNeed", "need { id }", "stranger", **need)
    assert posted["__typename"] == "PostNeedSuccess", posted
    ended = await office.write("revokeMembership", JOINED, "zeitz", member=joined["member"])
    assert ended["__typename"] == "RevokeMembershipSuccess", ended
    assert await memberships(office) == []
    refused = await office.write("postNeed", "need { id }", "stranger", **need)
    assert refused["__typename"] == "Forbidden"


async def test_a_membership_counts_in_what_is_seen_at_once(office: Desk) -> None:
    entry = await office.project("intern", visibility="NETWORK", readers=("network",))
    query = f'{{ project(id: "Project:{entry.id}") {{ id }} }}'
    assert (await office.ask(query, "stranger"))["project"] is None
    joined = await accept(office, await secret(office, await invite(office)))
    assert (await office.ask(query, "stranger"))["project"] is not None
    await office.write("revokeMembership", JOINED, "zeitz-colleague", member=joined["member"])
    assert (await office.ask(query, "stranger"))["project"] is None


@pytest.mark.parametrize("caller", [name for name, _ in MAY_NOT])
async def test_others_neither_invite_nor_see_nor_revoke(office: Desk, caller: str) -> None:
    refused = await invite(office, caller)
    assert refused["__typename"] == "Forbidden", refused
    waiting = (await invite(office, email="andere@stadt.example"))["invitation"]
    joined = await accept(office, await secret(office, await invite(office)), "admin")
    seen = await office.ask(LIST, caller, house="Hub:zeitz")
    nowhere = await office.ask(LIST, caller, house="Hub:nirgends")
    assert seen == nowhere == {"members": [], "invitations": []}
    for mutation, given in (
        ("revokeInvitation", {"invitation": waiting}),
        ("revokeInvitation", {"invitation": "nirgends"}),
        ("revokeMembership", {"member": joined["member"]}),
        ("revokeMembership", {"member": "nirgends"}),
    ):
        answer = await office.write(mutation, "clientMutationId", caller, **given)
        assert answer["__typename"] == "NotFound", answer
    assert await memberships(office, "admin") == ["hub_member:zeitz", "network_admin"]


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("inviteMember", {"house": "Hub:zeitz", "role": "HUB_LEAD", "email": EMAIL}),
        ("revokeInvitation", {"invitation": "x"}),
        ("revokeMembership", {"member": "x"}),
        ("acceptInvitation", {"secret": "x" * 43}),
        (
            "saveHouseContact",
            {"house": "Hub:zeitz", "visibility": "PUBLIC", "contact": {"function": "x", "email": EMAIL}},
        ),
    ],
)
async def test_nobody_does_anything_without_signing_in(office: Desk, mutation: str, given: Any) -> None:
    answer = await office.write(mutation, "clientMutationId", None, **given)
    assert answer["__typename"] == "Forbidden", answer
    assert await office.ask(LIST, None, house="Hub:zeitz") == {"members": [], "invitations": []}


@pytest.mark.parametrize(
    ("caller", "house", "role"),
    [
        ("zeitz", "Hub:zeitz", "MUNICIPALITY"),
        ("zeitz", STADT, "HUB_LEAD"),
        ("admin", STADT, "ORGANISATION"),
    ],
)
async def test_a_role_fits_its_house(office: Desk, caller: str, house: str, role: str) -> None:
    answer = await invite(office, caller, house=house, role=role)
    assert answer["__typename"] == "InvalidInput", answer
    assert answer["problems"][0]["path"] == ["input", "role"]


async def test_nobody_is_invited_to_administer_the_network(office: Desk) -> None:
    query = (
        'mutation { inviteMember(input: {house: "Hub:zeitz", role: NETWORK_ADMIN, email: "a@b.de"}) { __typename } }'
    )
    assert "data" not in (await office.post(query, "admin")).json()


@pytest.mark.parametrize("email", ["kein-at", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "x" * 300])
async def test_an_address_is_one_address(office: Desk, email: str) -> None:
    answer = await invite(office, email=email)
    assert answer["__typename"] == "InvalidInput", answer
    assert answer["problems"][0]["path"] == ["input", "email"]


async def test_answers_do_not_tell_who_has_an_account(office: Desk) -> None:
    await office.ask(VIEWER, "stranger")
    row = {"id": pseudonym(CALLERS["stranger"]), "email": "konto@stadt.example"}
    await office.store.transact(lambda transaction: transaction.put("Actor", [row]))
    answers = [await invite(office, email=email) for email in ("konto@stadt.example", "keins@stadt.example")]
    assert [sorted(answer) for answer in answers] == [sorted(answers[0])] * 2
    assert {answer["__typename"] for answer in answers} == {"InviteMemberSuccess"}
    listed = (await office.ask(LIST, "zeitz", house="Hub:zeitz"))["invitations"]
    assert [one["email"] for one in listed] == ["konto@stadt.example", "keins@stadt.example"]


async def test_a_lead_sees_members_and_invitations(office: Desk) -> None:
    joined = await accept(office, await secret(office, await invite(office, house=STADT, role="MUNICIPALITY")))
    waiting = await invite(office, house=STADT, role="MUNICIPALITY", email="zweite@stadt.example")
    await office.ask(VIEWER, "stadt")
    house = {"id": STADT}
    found = await office.ask(LIST, "zeitz", house=STADT)
    by_issuer = {"id": None, "role": "MUNICIPALITY", "name": None, "email": None, "house": house}
    assert sorted(found["members"], key=lambda one: one["id"] or "") == [
        by_issuer,
        by_issuer | {"id": joined["member"]},
    ]
    assert found["invitations"] == [
        {"id": waiting["invitation"], "role": "MUNICIPALITY", "email": "zweite@stadt.example", "house": house}
    ]


async def test_foreign_used_and_made_up_links_look_alike(office: Desk) -> None:
    used, revoked, replaced = [
        await secret(office, await invite(office, email=f"{name}@stadt.example")) for name in ("eins", "zwei", "drei")
    ]
    await accept(office, used, "dataport")
    listed = (await office.ask(LIST, "zeitz", house="Hub:zeitz"))["invitations"]
    (second,) = [one["id"] for one in listed if one["email"] == "zwei@stadt.example"]
    await office.write("revokeInvitation", INVITED, "zeitz", invitation=second)
    await invite(office, email="DREI@stadt.example")
    answers = [
        await accept(office, given)
        for given in (used, revoked, replaced, "x" * 43, "", "x", "x" * 5_000, "../../link", "\u202e", f"{used} ")
    ]
    assert [answer["__typename"] for answer in answers] == ["NotFound"] * len(answers)
    assert len({answer["message"] for answer in answers}) == 1
    assert await memberships(office) == []


async def test_accepting_twice_is_fine_for_the_same_person(office: Desk) -> None:
    given = await secret(office, await invite(office))
    first, second = await accept(office, given), await accept(office, given)
    assert first["member"] == second["member"]
    named = [await accept(office, given, clientMutationId="once") for _ in range(2)]
    assert named[0] == named[1]


async def test_of_many_who_accept_at_once_one_is_a_member(office: Desk) -> None:
    given = await secret(office, await invite(office))
    people = ["stranger", "dataport", "merseburg", "stadt"]
    answers = await asyncio.gather(*(accept(office, given, caller) for caller in people))
    assert sorted(answer["__typename"] for answer in answers) == ["AcceptInvitationSuccess", *["NotFound"] * 3]
    held = [("hub_member:zeitz" in await memberships(office, caller)) for caller in people]
    assert held.count(True) == 1


async def test_an_invited_lead_invites_until_it_is_revoked(office: Desk) -> None:
    joined = await accept(office, await secret(office, await invite(office, role="HUB_LEAD")))
    sent = await secret(office, await invite(office, "stranger", email="freundin@stadt.example"))
    await office.write("revokeMembership", JOINED, "zeitz", member=joined["member"])
    assert (await invite(office, "stranger"))["__typename"] == "Forbidden"
    assert (await accept(office, sent, "dataport"))["__typename"] == "NotFound"


async def test_whoever_is_known_costs_one_statement_more(office: Desk) -> None:
    await accept(office, await secret(office, await invite(office)))
    for caller in ("stranger", "stadt", "zeitz"):
        await memberships(office, caller)
        with tallied() as asked:
            await memberships(office, caller)
        assert asked.calls == 1
    with tallied() as asked:
        await office.ask(VIEWER, None)
    assert asked.calls == 0


CONTACT = {"function": "Hauptamt", "email": "hauptamt@stadt.example"}
HOUSE = "version house { id ... on Municipality { contact { email } } }"


async def test_a_house_says_whom_one_reaches(office: Desk) -> None:
    given = {"house": STADT, "contact": CONTACT, "visibility": "NETWORK"}
    query = f'{{ municipality(ars: "{STADT[13:]}") {{ version contact {{ email }} }} }}'
    before = (await office.ask(query))["municipality"]["version"]
    saved = await office.write("saveHouseContact", HOUSE, "stadt", expectedVersion=before, **given)
    assert saved["house"] == {"id": STADT, "contact": {"email": "hauptamt@stadt.example"}}, saved
    assert saved["version"] == before + 1
    assert (await office.ask(query))["municipality"]["contact"] is None
    assert (await office.ask(query, "wilster"))["municipality"]["contact"] == {"email": "hauptamt@stadt.example"}
    stale = await office.write("saveHouseContact", HOUSE, "zeitz", expectedVersion=before, **given)
    assert (stale["__typename"], stale["currentVersion"]) == ("Conflict", before + 1)
    for caller in ("wilster", "amt", "zeitz-member", "stranger"):
        refused = await office.write("saveHouseContact", HOUSE, caller, expectedVersion=before, **given)
        assert refused["__typename"] == "Forbidden", (caller, refused)


async def test_every_wrong_value_of_a_contact_is_told(office: Desk) -> None:
    contact = {"function": "", "email": "kein-at", "phone": "ruf an", "url": "javascript:alert(1)"}
    answer = await office.write(
        "saveHouseContact", HOUSE, "stadt", house="Project:x", visibility="PUBLIC", contact=contact
    )
    assert {".".join(one["path"]) for one in answer["problems"]} == {
        "input.house",
        *(f"input.contact.{name}" for name in contact),
    }
