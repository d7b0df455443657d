"""Experts whom their houses enter, on each graph database: functions at once, persons once they agree."""

from dataclasses import replace
from typing import Any

import pytest

from auth.errors import AuthError, ForbiddenError
from graph import links
from graph.commands.consent import ConsentExpert, consent_expert
from graph.commands.expert_entries import ExpertChanges, ProjectRole
from graph.commands.experts import (
    ASKED_A_DAY,
    RemoveExpert,
    UpdateExpert,
    register_expert,
    remove_expert,
    update_expert,
)
from graph.commands.project_changes import ProjectChanges
from graph.commands.update_project import UpdateProject, update_project
from graph.errors import GraphError, InvalidInputError, NodeNotFoundError, StaleWriteError, TooOftenError
from graph.port import GraphStore
from graph.values import Source
from graph.vocabulary import LinkPurpose, Visibility
from tests.fixtures.builders import involves, make_project
from tests.fixtures.consenting import (
    A_PERSON,
    DETAILS,
    EMAIL,
    EVERYBODY,
    FUNCTION,
    HERSELF,
    letters_of,
    registered,
    sign_in,
)
from tests.fixtures.contributing import (
    ADMIN,
    FIRM,
    OTHER_CLERK,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    WILSTER,
    ZEITZ,
    at,
    count_kills,
    found_network,
    published,
)
from tests.fixtures.units import all_changes, plain, readers, stored, write

MAY: dict[Any, set[str]] = {
    TOWN: {"town", "amt", "admin"},
    UNIVERSITY: {"university", "admin"},
    FIRM: {"firm", "admin"},
    ZEITZ: {"member", "lead", "admin"},
    WILSTER: {"other lead", "other reviewer", "admin"},
}


async def may(act: Any) -> bool:
    try:
        await act
    except (ForbiddenError, NodeNotFoundError):
        return False
    return True


@pytest.mark.parametrize("house", MAY, ids=str)
async def test_who_enters_changes_and_removes_an_expert_of_a_house(store: GraphStore, house: Any) -> None:
    await found_network(store)
    command = replace(FUNCTION, house=house)
    update = UpdateExpert(expert="", expected_version=1, changes=ExpertChanges(role="Leitung"))
    for name, who in EVERYBODY.items():
        assert await may(register_expert(at(store), command, actor=who)) == (name in MAY[house]), name
        expert = await registered(store, command, actor=ADMIN)
        assert await may(update_expert(at(store), replace(update, expert=expert), actor=who)) == (name in MAY[house])
        assert await may(remove_expert(at(store), RemoveExpert(expert=expert), actor=who)) == (name in MAY[house]), name
        assert (await stored(store, f"Expert:{expert}") is None) == (name in MAY[house])


async def test_a_function_is_seen_at_once_and_nobody_is_written_to(store: GraphStore) -> None:
    await found_network(store)
    details = ExpertChanges(email="it@gemeinde.example", phone="04823 123", topics=("parken",), role="Sachgebiet 2")

    expert = await registered(store, replace(FUNCTION, details=details), actor=TOWN_CLERK)

    assert await readers(store, f"Expert:{expert}") == ("public",)
    assert await letters_of(store, expert) == []
    assert ["EXPERT_JOINED", f"Expert:{expert}"] in await store.query("test_announced", {})
    row = await stored(store, f"Expert:{expert}")
    assert row is not None
    assert (row["origin"], row["is_person"], row["consent_asked_at"]) == ("REGISTERED", False, None)
    assert row["confirmed_at"]


async def test_a_person_is_hidden_and_asked(store: GraphStore) -> None:
    await found_network(store)

    expert = await registered(store)

    assert await readers(store, f"Expert:{expert}") == ("admin", "university:03sft3r75")
    assert await store.query("test_announced", {}) == []
    (letter,) = await letters_of(store, expert)
    assert (letter.email, letter.purpose, letter.house) == (EMAIL, LinkPurpose.CONSENT_EXPERT, None)
    row = await stored(store, f"Expert:{expert}")
    assert row is not None
    assert (row["orcid"], row["visibility"], row["purpose"]) == (
        "0000-0002-1825-0097",
        "PUBLIC",
        "Auskunft zu Parkraum-Sensorik",
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"details": replace(DETAILS, email=None)}, "email"),
        ({"details": replace(DETAILS, email="Kim <a@b.example>")}, "email"),
        ({"details": replace(DETAILS, purpose=None)}, "purpose"),
        ({"details": replace(DETAILS, purpose=" ")}, "purpose"),
        ({"details": replace(DETAILS, sources=())}, "sources"),
        ({"details": replace(DETAILS, orcid="0000-0002-1825-0098")}, "orcid"),
        ({"details": replace(DETAILS, topics=("nie",))}, "topics"),
        ({"details": replace(DETAILS, projects=(ProjectRole(project="nie"),))}, "projects"),
        ({"is_person": False}, "orcid"),
        ({"is_person": False, "details": replace(DETAILS, orcid=None)}, "purpose"),
    ],
)
async def test_entries_that_cannot_be_meant(store: GraphStore, given: dict[str, Any], field: str) -> None:
    await found_network(store)
    before = await all_changes(store)

    with pytest.raises(InvalidInputError) as refused:
        await register_expert(at(store), replace(A_PERSON, **given), actor=PROFESSOR)

    assert refused.value.field == field
    assert await all_changes(store) == before


async def test_what_tells_who_a_person_is_is_not_in_the_audit_trail(store: GraphStore) -> None:
    await found_network(store)
    expert = await registered(store)
    await remove_expert(at(store), RemoveExpert(expert=expert), actor=PROFESSOR)

    lines = [line for line in await all_changes(store) if line["entity"] == f"Expert:{expert}"]

    assert [line["action"] for line in lines] == ["register_expert", "remove_expert"]
    for secret in ("Kim Beispiel", "kim beispiel", EMAIL, "0000-0002-1825-0097"):
        assert secret not in str(lines)


@pytest.mark.parametrize(
    ("change", "is_asked_anew"),
    [
        ({"name": "Kim Anders"}, True),
        ({"email": "neu@hochschule.example"}, True),
        ({"phone": "03461 46-0"}, True),
        ({"orcid": None}, True),
        ({"purpose": "Werbung"}, True),
        ({"contact_visibility": Visibility.PUBLIC}, True),
        ({"visibility": Visibility.NETWORK}, False),
        ({"contact_visibility": Visibility.PRIVATE}, False),
        ({"role": "Professur"}, False),
        ({"topics": ("verkehr",)}, False),
        ({"sources": (Source("Website"),)}, False),
        ({}, False),
    ],
)
async def test_other_data_need_consent_anew(store: GraphStore, change: dict[str, Any], is_asked_anew: bool) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL)
    expert = await registered(store)
    await consent_expert(at(store), ConsentExpert(expert=expert), actor=HERSELF)
    assert await readers(store, f"Expert:{expert}") == ("public",)
    before = len(await letters_of(store, expert))

    command = UpdateExpert(expert=expert, expected_version=2, changes=ExpertChanges(**change))
    assert (await update_expert(at(store), command, actor=PROFESSOR))["version"] == 3 or not change

    assert (await readers(store, f"Expert:{expert}") == ("admin", "university:03sft3r75")) == is_asked_anew
    assert len(await letters_of(store, expert)) - before == is_asked_anew


async def test_what_she_changes_herself_needs_no_asking(store: GraphStore) -> None:
    await found_network(store)
    await sign_in(store, HERSELF, EMAIL)
    expert = await registered(store)
    await consent_expert(at(store), ConsentExpert(expert=expert), actor=HERSELF)
    command = UpdateExpert(expert=expert, expected_version=2, changes=ExpertChanges(name="Kim B.", phone="03461 46-0"))

    await update_expert(at(store), command, actor=HERSELF)

    assert await readers(store, f"Expert:{expert}") == ("public",)
    await remove_expert(at(store), RemoveExpert(expert=expert), actor=HERSELF)
    assert await stored(store, f"Expert:{expert}") is None


async def test_versions(store: GraphStore) -> None:
    await found_network(store)
    expert = await registered(store, FUNCTION, actor=TOWN_CLERK)
    update = UpdateExpert(expert=expert, expected_version=7, changes=ExpertChanges(role="Leitung"))

    with pytest.raises(StaleWriteError) as stale:
        await update_expert(at(store), update, actor=TOWN_CLERK)
    assert stale.value.current_version == 1
    with pytest.raises(StaleWriteError):
        await remove_expert(at(store), RemoveExpert(expert=expert, expected_version=7), actor=TOWN_CLERK)
    with pytest.raises(ForbiddenError):
        await update_expert(at(store), update, actor=OTHER_CLERK)
    hidden = await registered(store)
    with pytest.raises(NodeNotFoundError):
        await update_expert(at(store), replace(update, expert=hidden), actor=OTHER_CLERK)


async def projects_of(store: GraphStore, expert: str) -> dict[str, str | None]:
    found = await store.transact(lambda transaction: transaction.follow(links.EXPERT_PROJECTS, [expert]))
    return {key.value: edge.get("role") for key, edge in found.get(expert, [])}


async def test_projects_of_the_house_and_nobody_takes_away_what_they_do_not_see(store: GraphStore) -> None:
    await found_network(store)
    shared, foreign = make_project("gemeinsam"), make_project("fremd")
    secret = make_project("geheim", visibility="PRIVATE")
    await write(store, shared, foreign, secret, involves(shared, UNIVERSITY))
    await write(store, *(plain("OWNS", "Hub:wilster", f"Project:{key}") for key in ("gemeinsam", "fremd", "geheim")))
    details = replace(DETAILS, projects=(ProjectRole(project="gemeinsam", role="Leitung"),))

    expert = await registered(store, replace(A_PERSON, details=details))

    assert await projects_of(store, expert) == {"gemeinsam": "Leitung"}
    for unknown in ("fremd", "geheim"):
        changes = ExpertChanges(projects=(ProjectRole(project=unknown),))
        command = UpdateExpert(expert=expert, expected_version=1, changes=changes)
        with pytest.raises(InvalidInputError) as refused:
            await update_expert(at(store), command, actor=PROFESSOR)
        assert refused.value.field == "projects"
    await write(store, plain("CONTRIBUTES_TO", f"Expert:{expert}", "Project:geheim"))
    command = UpdateExpert(expert=expert, expected_version=2, changes=ExpertChanges(projects=()))
    await update_expert(at(store), command, actor=PROFESSOR)
    assert await projects_of(store, expert) == {"geheim": None}


async def test_a_project_loses_no_expert_whom_its_owner_does_not_see(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    seen = await registered(store, FUNCTION, actor=TOWN_CLERK)
    hidden = await registered(store)
    await write(store, *(plain("CONTRIBUTES_TO", f"Expert:{key}", f"Project:{project}") for key in (seen, hidden)))
    row = await stored(store, f"Project:{project}")
    assert row is not None

    nobody = UpdateProject(project=project, expected_version=row["version"], changes=ProjectChanges(experts=()))
    await update_project(at(store), nobody, actor=TOWN_CLERK)

    assert await projects_of(store, seen) == {}
    assert await projects_of(store, hidden) == {project: None}


async def test_an_expert_is_entered_changed_and_removed_whole_and_once(store: GraphStore) -> None:
    await found_network(store)

    async def snapshot() -> object:
        return await all_changes(store), await store.query("test_letters_of_all", {})

    assert await count_kills(store, lambda work: register_expert(work, A_PERSON, actor=PROFESSOR), snapshot)
    answers = [await register_expert(at(store), A_PERSON, actor=PROFESSOR, idempotency_key="k") for _ in range(2)]
    assert answers[0] == answers[1]
    expert = str(answers[0]["id"])
    assert len(await letters_of(store, expert)) == 1
    update = UpdateExpert(expert=expert, expected_version=1, changes=ExpertChanges(name="Kim Anders"))
    assert await count_kills(store, lambda work: update_expert(work, update, actor=PROFESSOR), snapshot)
    assert len(await letters_of(store, expert)) == 2
    remove = RemoveExpert(expert=expert)
    assert await count_kills(store, lambda work: remove_expert(work, remove, actor=PROFESSOR), snapshot)
    with pytest.raises((GraphError, AuthError)):
        await remove_expert(at(store), remove, actor=PROFESSOR)


async def test_a_day_has_room_for_so_many_letters_that_ask_persons(store: GraphStore) -> None:
    await found_network(store)
    for _ in range(ASKED_A_DAY):
        expert = await registered(store)
        await remove_expert(at(store), RemoveExpert(expert=expert), actor=PROFESSOR)

    with pytest.raises(TooOftenError):
        await registered(store)

    await registered(store, replace(FUNCTION, house=UNIVERSITY))
    await registered(store, actor=ADMIN)
    await register_expert(at(store, "2026-11-03T09:00:01.000000Z"), A_PERSON, actor=PROFESSOR)


async def test_asking_anew_has_its_room_in_a_day_too(store: GraphStore) -> None:
    await found_network(store)
    expert = await registered(store)

    def asking(version: int) -> UpdateExpert:
        changes = ExpertChanges(purpose=f"Auskunft {version}")
        return UpdateExpert(expert=expert, expected_version=version, changes=changes)

    for version in range(1, 1 + ASKED_A_DAY):
        await update_expert(at(store), asking(version), actor=PROFESSOR)

    with pytest.raises(TooOftenError):
        await update_expert(at(store), asking(1 + ASKED_A_DAY), actor=PROFESSOR)

    assert len(await letters_of(store, expert)) == 1 + ASKED_A_DAY
