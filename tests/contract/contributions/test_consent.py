"""A person's word on being listed as an expert, on each graph database."""

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.consent import ConsentExpert, WithdrawConsent, consent_expert, withdraw_consent
from graph.commands.expert_entries import ExpertChanges
from graph.commands.experts import UpdateExpert, update_expert
from graph.errors import GraphError, NodeNotFoundError, StaleWriteError
from graph.port import GraphStore
from graph.telling.single_use import Spending
from graph.values import Instant
from graph.vocabulary import LinkPurpose
from tests.fixtures.consenting import EMAIL, EVERYBODY, FUNCTION, HERSELF, letters_of, link_for, registered, sign_in
from tests.fixtures.contributing import (
    ADMIN,
    PROFESSOR,
    TOWN_CLERK,
    ZEITZ_LEAD,
    at,
    count_kills,
    found_network,
    person,
)
from tests.fixtures.units import all_changes, key_of, readers, stored

HIDDEN = ("admin", "university:03sft3r75")
SHOWN = ("public",)
LATER = "2026-11-03T09:00:00.000000Z"


async def test_she_agrees_signed_in_and_takes_it_back(store: GraphStore) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL.upper())
    expert = await registered(store)

    await consent_expert(at(store), ConsentExpert(expert=expert, expected_version=1), actor=HERSELF)

    assert await readers(store, f"Expert:{expert}") == SHOWN
    news = [(kind, entity) for kind, entity in await store.query("test_announced", {})]
    assert ("EXPERT_JOINED", f"Expert:{expert}") in news
    assert [letter.purpose for letter in await letters_of(store, expert)] == [
        LinkPurpose.CONSENT_EXPERT,
        LinkPurpose.WITHDRAW_CONSENT,
    ]
    again = await consent_expert(at(store), ConsentExpert(expert=expert), actor=HERSELF)
    assert again == {"id": expert, "version": 2}
    await withdraw_consent(at(store, LATER), WithdrawConsent(expert=expert), actor=HERSELF)
    assert await readers(store, f"Expert:{expert}") == HIDDEN
    row = await stored(store, f"Expert:{expert}")
    assert row is not None
    assert (row["consent_given_at"], row["consent_withdrawn_at"]) == (None, LATER)
    assert (await withdraw_consent(at(store), WithdrawConsent(expert=expert), actor=HERSELF))["version"] == 3
    await consent_expert(at(store), ConsentExpert(expert=expert), actor=HERSELF)
    assert await readers(store, f"Expert:{expert}") == SHOWN


async def test_nobody_agrees_for_her(store: GraphStore) -> None:
    await found_network(store)
    expert = await registered(store)
    namesake = person(sub="namesake")
    await sign_in(store, namesake, f"x{EMAIL}")
    await sign_in(store, PROFESSOR, None)
    others: dict[str, Caller] = {**EVERYBODY, "herself, not vouched for": HERSELF, "namesake": namesake}

    for name, who in others.items():
        expected = ForbiddenError if name in ("university", "admin") else NodeNotFoundError
        with pytest.raises(expected):
            await consent_expert(at(store), ConsentExpert(expert=expert), actor=who)
        with pytest.raises(expected):
            await withdraw_consent(at(store), WithdrawConsent(expert=expert), actor=who)

    assert await readers(store, f"Expert:{expert}") == HIDDEN


async def test_a_function_is_not_asked(store: GraphStore) -> None:
    await found_network(store)
    details = ExpertChanges(email="it@gemeinde.example")
    expert = await registered(store, FUNCTION, actor=TOWN_CLERK)
    await update_expert(at(store), UpdateExpert(expert=expert, expected_version=1, changes=details), actor=TOWN_CLERK)
    await sign_in(store, TOWN_CLERK, "it@gemeinde.example")

    with pytest.raises(ForbiddenError):
        await withdraw_consent(at(store), WithdrawConsent(expert=expert), actor=TOWN_CLERK)
    assert await readers(store, f"Expert:{expert}") == SHOWN


async def test_she_agrees_to_what_she_has_read(store: GraphStore) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL)
    expert = await registered(store)
    update = UpdateExpert(expert=expert, expected_version=1, changes=ExpertChanges(purpose="Anderes"))
    await update_expert(at(store), update, actor=PROFESSOR)

    with pytest.raises(StaleWriteError):
        await consent_expert(at(store), ConsentExpert(expert=expert, expected_version=1), actor=HERSELF)


async def test_an_account_that_agreed_is_the_one_whoever_gets_the_address_later(store: GraphStore) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL)
    expert = await registered(store)
    await consent_expert(at(store), ConsentExpert(expert=expert), actor=HERSELF)
    successor = person(sub="successor")
    await sign_in(store, successor, EMAIL)
    await sign_in(store, HERSELF, "anders@privat.example")

    with pytest.raises(ForbiddenError):
        await withdraw_consent(at(store), WithdrawConsent(expert=expert), actor=successor)
    await withdraw_consent(at(store), WithdrawConsent(expert=expert), actor=HERSELF)
    assert await readers(store, f"Expert:{expert}") == HIDDEN


async def test_one_who_said_no_is_not_asked_again(store: GraphStore) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL)
    expert = await registered(store)
    await withdraw_consent(at(store), WithdrawConsent(expert=expert), actor=HERSELF)

    update = UpdateExpert(expert=expert, expected_version=2, changes=ExpertChanges(purpose="Anderes"))
    await update_expert(at(store), update, actor=PROFESSOR)

    assert len(await letters_of(store, expert)) == 1
    assert await readers(store, f"Expert:{expert}") == HIDDEN


async def test_by_link_without_an_account(store: GraphStore) -> None:
    await found_network(store)
    expert = await registered(store)
    key = key_of(f"Expert:{expert}")
    holder = await link_for(store, key, LinkPurpose.CONSENT_EXPERT)

    await consent_expert(Spending(at(store), holder.sub), ConsentExpert(expert=expert), actor=holder)

    assert await readers(store, str(key)) == SHOWN
    row = await stored(store, str(key))
    assert row is not None
    assert row["actor"] is None
    holder = await link_for(store, key, LinkPurpose.WITHDRAW_CONSENT)
    await withdraw_consent(Spending(at(store), holder.sub), WithdrawConsent(expert=expert), actor=holder)
    assert await readers(store, str(key)) == HIDDEN


async def test_a_link_declines_as_well_and_only_once(store: GraphStore) -> None:
    await found_network(store)
    expert = await registered(store)
    holder = await link_for(store, key_of(f"Expert:{expert}"), LinkPurpose.CONSENT_EXPERT)
    spending = Spending(at(store), holder.sub)

    await withdraw_consent(spending, WithdrawConsent(expert=expert), actor=holder)

    with pytest.raises(NodeNotFoundError):
        await withdraw_consent(spending, WithdrawConsent(expert=expert), actor=holder)
    for place in (spending, at(store, LATER)):
        with pytest.raises(NodeNotFoundError):
            await consent_expert(place, ConsentExpert(expert=expert), actor=holder)
    assert await readers(store, f"Expert:{expert}") == HIDDEN


@pytest.mark.parametrize("is_spent_here", [True, False])
async def test_links_that_are_not_hers(store: GraphStore, is_spent_here: bool) -> None:
    """Another expert's, another purpose's, another address's; and one that this very unit did not spend."""
    await found_network(store)
    expert, other = await registered(store), await registered(store)
    key = key_of(f"Expert:{expert}")
    spent = {"used_at": Instant("2026-11-02T09:00:00.000000Z")} if is_spent_here else {}
    wrong = [
        await link_for(store, key_of(f"Expert:{other}"), LinkPurpose.CONSENT_EXPERT, **spent),
        await link_for(store, key, LinkPurpose.ACCEPT_INVITATION, **spent),
        await link_for(store, key, LinkPurpose.CONSENT_EXPERT, email="fremd@hochschule.example", **spent),
    ]
    if not is_spent_here:
        wrong.append(await link_for(store, key, LinkPurpose.CONSENT_EXPERT, id="unspent"))

    for holder in wrong:
        with pytest.raises(NodeNotFoundError):
            await consent_expert(at(store), ConsentExpert(expert=expert), actor=holder)
    assert await readers(store, str(key)) == HIDDEN


async def test_consent_is_given_and_withdrawn_whole_and_once(store: GraphStore) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL)
    expert = await registered(store)

    async def snapshot() -> object:
        return await all_changes(store), await store.query("test_letters_of_all", {}), await readers(store, key)

    key = f"Expert:{expert}"
    command = ConsentExpert(expert=expert)
    assert await count_kills(store, lambda work: consent_expert(work, command, actor=HERSELF), snapshot)
    withdrawal = WithdrawConsent(expert=expert)
    assert await count_kills(store, lambda work: withdraw_consent(work, withdrawal, actor=HERSELF), snapshot)
    actions = [line["action"] for line in await all_changes(store) if line["entity"] == key]
    assert actions == ["register_expert", "consent_expert", "withdraw_consent"]


async def test_unknown_experts(store: GraphStore) -> None:
    await found_network(store)
    for who in (ADMIN, ZEITZ_LEAD, HERSELF):
        with pytest.raises(GraphError):
            await consent_expert(at(store), ConsentExpert(expert="nie"), actor=who)
