"""Who is written to of a task: people who signed in, the contact of the asked house, and nobody that the asking side names."""

from typing import Any

import pytest

from graph.accounts.people import seen
from graph.actors import pseudonym
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.model import NodeKey
from graph.port import GraphStore
from graph.telling import letters
from graph.values import Contact
from graph.vocabulary import Digest, LetterKind, LinkPurpose
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.builders import make_hub, make_organisation, plant
from tests.fixtures.contributing import (
    FIRM,
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN,
    ZEITZ,
    ZEITZ_LEAD,
    at,
    drafted,
    found_network,
    person,
    submitted,
)
from tests.fixtures.mail import INVITES, MAYOR, all_letters, missing, reachable, told
from tests.fixtures.telling import invited
from tests.fixtures.units import SYSTEM, all_changes, key_of


async def known(store: GraphStore, actor: Any, email: str) -> None:
    await seen(store, actor, email)


async def recipients(store: GraphStore) -> list[tuple[str, LinkPurpose | None]]:
    return [(letter.email, letter.purpose) for letter in await all_letters(store)]


async def test_the_contact_of_the_asked_house_gets_a_link_and_its_people_a_way_to_sign_in(store: GraphStore) -> None:
    await found_network(store)
    await reachable(store)
    await known(store, OTHER_CLERK, "clerk@andere-stadt.example")
    await known(store, ZEITZ_LEAD, "lead@hub.example")

    await drafted(store, more=INVITES, contact=Contact("Bauamt", email="forged@asking.example"))
    await told(store)

    assert await recipients(store) == [
        ("clerk@andere-stadt.example", None),
        (MAYOR, LinkPurpose.DECIDE_PARTNERSHIP),
    ]


async def test_told_twice_it_is_written_once(store: GraphStore) -> None:
    await found_network(store)
    await reachable(store)
    await drafted(store, more=INVITES)
    now = await store.now()
    keys = [str(key) for (key,) in await store.query("test_news_keys", {})]

    await told(store)
    (before,) = await all_letters(store)
    await store.transact(
        lambda transaction: transaction.put("Letter", [{"id": before.id, "sent_at": now, "attempts": 3}])
    )
    row: dict[str, Any] = dict.fromkeys(("created_at", "updated_at", "at", "due_at"), now)
    again = {"id": f"again {keys[0]}", "kind": "TASK_ASKED", "entity": before.entity, "actor": "x", "attempts": 0}
    await store.transact(lambda transaction: transaction.put("News", [again | row]))
    await told(store)

    (after,) = await all_letters(store)
    assert (after.id, after.sent_at, after.attempts) == (before.id, now, 3)


async def test_an_address_that_is_mended_hears_of_it_at_last(store: GraphStore) -> None:
    await found_network(store)
    await reachable(store, "wrong@andere-stadt.example")
    await drafted(store, more=INVITES)
    await told(store)
    (first,) = await all_letters(store)

    await reachable(store)
    now = await store.now()
    row: dict[str, Any] = dict.fromkeys(("created_at", "updated_at", "at", "due_at"), now)
    news = {"id": "anew", "kind": "TASK_ASKED", "entity": first.entity, "actor": "x", "attempts": 0}
    await store.transact(lambda transaction: transaction.put("News", [news | row]))
    await told(store)

    assert [email for email, _ in await recipients(store)] == [MAYOR, "wrong@andere-stadt.example"]


async def test_what_is_settled_by_then_is_not_written_about(store: GraphStore) -> None:
    await found_network(store)
    await reachable(store)
    project = await drafted(store, more=INVITES)
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=OTHER_TOWN), actor=OTHER_CLERK)

    await told(store)

    assert await recipients(store) == []


@pytest.mark.parametrize(
    "email", ["", "rathaus", "a@b", "a b@c.example", "a@c.example\nBcc: x@y.example", "ä@c.example"]
)
async def test_of_a_house_that_nobody_can_write_to_its_hubs_hear(store: GraphStore, email: str) -> None:
    await found_network(store)
    await reachable(store, email)
    await drafted(store, more=INVITES)

    await told(store)
    await told(store)

    assert await recipients(store) == []
    assert await missing(store) == [str(OTHER_TOWN)]


async def test_people_who_want_no_mail_of_tasks_get_none_and_are_reached_all_the_same(store: GraphStore) -> None:
    await found_network(store)
    await known(store, OTHER_CLERK, "clerk@andere-stadt.example")
    await plant_mail_settings(store, OTHER_CLERK)
    await drafted(store, more=INVITES)

    await told(store)

    assert await recipients(store) == []
    assert await missing(store) == []


async def plant_mail_settings(store: GraphStore, actor: Any) -> None:
    row = {"id": pseudonym(actor), "gets_task_mail": False, "digest": Digest.NEVER.value}
    await store.transact(lambda transaction: transaction.put("Actor", [row]))


async def test_somebody_whose_invitation_was_revoked_is_not_written_to(store: GraphStore) -> None:
    await found_network(store)
    await known(store, OTHER_CLERK, "clerk@andere-stadt.example")
    # What was last seen still holds it.
    (membership,) = OTHER_CLERK.memberships
    await invited(store, OTHER_CLERK, str(membership), revoked_at="2026-11-01T00:00:00.000000Z")

    await drafted(store, more=INVITES)
    await told(store)

    assert await recipients(store) == []
    assert await missing(store) == [str(OTHER_TOWN)]


async def test_somebody_who_was_just_invited_is_written_to(store: GraphStore) -> None:
    await found_network(store)
    newcomer = person()
    await known(store, newcomer, "neu@andere-stadt.example")
    await invited(store, newcomer, f"municipality:{OTHER_TOWN.value}")

    await drafted(store, more=INVITES)
    await told(store)

    assert await recipients(store) == [("neu@andere-stadt.example", None)]
    assert await missing(store) == []


async def test_nobody_is_written_to_about_what_they_did_themselves(store: GraphStore) -> None:
    await found_network(store)
    await known(store, ZEITZ_LEAD, "lead@zeitz.example")
    await known(store, person("reviewer:zeitz"), "pruefung@zeitz.example")

    await submitted(store, ZEITZ_LEAD, house=ZEITZ)
    await told(store)

    assert await recipients(store) == [("pruefung@zeitz.example", None)]
    assert await missing(store) == []


async def test_a_review_is_written_about_to_the_hub_s_people_or_else_to_its_office(store: GraphStore) -> None:
    await found_network(store)
    await plant(store, make_hub("wilster", contact=Contact("Büro", email="buero@wilster.example"), version=1))
    await submitted(store)
    await told(store)
    assert await recipients(store) == [("buero@wilster.example", None)]

    await known(store, person("reviewer:wilster"), "pruefung@wilster.example")
    await known(store, person("hub_member:wilster"), "mitarbeit@wilster.example")
    await submitted(store, title="Noch eines")
    await told(store)

    assert await recipients(store) == [("buero@wilster.example", None), ("pruefung@wilster.example", None)]


async def test_a_command_writes_a_letter_with_its_unit_or_not_at_all(store: GraphStore) -> None:
    firm = make_organisation(FIRM.value)

    async def invite(unit: Unit) -> str:
        await unit.put(firm)
        return await letters.write(
            unit,
            LetterKind.INVITATION,
            "neu@firma.example",
            key_of("Invitation:1"),
            purpose=LinkPurpose.ACCEPT_INVITATION,
        )

    async def fail(unit: Unit) -> None:
        await invite(unit)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await UnitOfWork(store).run(fail, actor=SYSTEM)
    assert await all_letters(store) == []

    letter = await UnitOfWork(store).run(invite, actor=SYSTEM, idempotency_key="once")
    assert await UnitOfWork(store).run(invite, actor=SYSTEM, idempotency_key="once") == letter

    (written,) = await all_letters(store)
    assert written.id == letter
    assert written.due_at <= await store.now()
    # Whose address it went to is nobody's to read in the audit trail.
    assert {change["entity"] for change in await all_changes(store)} == {str(firm.key)}


async def test_bookkeeping_alone_is_kept_beside_a_unit(store: GraphStore) -> None:
    with pytest.raises(Exception, match="no bookkeeping"):
        await UnitOfWork(store).run(lambda unit: unit.keep(make_organisation("x")), actor=SYSTEM)


def test_a_membership_by_link_is_of_the_one_house() -> None:
    assert str(letters.membership_of(TOWN)) == "municipality:010615138001"
    assert str(letters.membership_of(NodeKey("Hub", "zeitz"))) == "reviewer:zeitz"
