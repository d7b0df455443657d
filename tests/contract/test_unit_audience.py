"""Who may read what a unit of work wrote, on each graph database."""

import asyncio
from dataclasses import replace

import pytest

from graph.model import Adoption, Answer, ExperienceReport, Need, Project, Question, Result
from graph.port import GraphStore
from graph.relationships import Involves
from graph.vocabulary import AdoptionStatus, NeedKind, Stage, Visibility
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.builders import make_expert, make_hub, make_municipality, make_project, make_topic, make_university
from tests.fixtures.units import SYSTEM, clear_outbox, key_of, pending, plain, readers, write

ADMIN_ONLY = ("admin",)


@pytest.mark.parametrize(
    ("stage", "visibility", "expected"),
    [
        (Stage.PUBLISHED, Visibility.PUBLIC, ("public",)),
        (Stage.ARCHIVED, Visibility.NETWORK, ("network",)),
        (Stage.PUBLISHED, Visibility.PRIVATE, None),
        (Stage.DRAFT, Visibility.PUBLIC, None),
        (Stage.WITHDRAWN, Visibility.PUBLIC, None),
    ],
)
async def test_readers_of_a_project(
    store: GraphStore, stage: Stage, visibility: Visibility, expected: tuple[str, ...] | None
) -> None:
    insiders = ("admin", "hub:rostock", "hub:zeitz", "municipality:150840550", "municipality:150840550550")
    await write(
        store,
        make_hub("zeitz"),
        make_hub("rostock"),
        make_municipality("150840550550"),
        make_project("p", stage=stage, visibility=visibility),
        plain("OWNS", "Hub:zeitz", "Project:p"),
        plain("REVIEWED_BY", "Project:p", "Hub:rostock"),
        Involves(start=key_of("Project:p"), end=key_of("Municipality:150840550550")),
    )

    assert await readers(store, "Project:p") == (expected or insiders)


async def test_what_a_node_says_of_its_own_readers_is_not_believed(store: GraphStore) -> None:
    await write(store, make_project("p", visibility=Visibility.PRIVATE, readers=("public",)))

    assert await readers(store, "Project:p") == ADMIN_ONLY


async def test_an_invited_partner_reads_until_it_is_removed(store: GraphStore) -> None:
    invitation = Involves(start=key_of("Project:p"), end=key_of("University:0aaaaaa11"))
    await write(store, make_university("0aaaaaa11"), make_project("p", stage=Stage.DRAFT), invitation)
    assert await readers(store, "Project:p") == ("admin", "university:0aaaaaa11")
    await clear_outbox(store)

    async def remove(unit: Unit) -> None:
        await unit.disconnect(invitation)

    await UnitOfWork(store).run(remove, actor=SYSTEM)

    assert await readers(store, "Project:p") == ADMIN_ONLY
    assert await pending(store) == {"Project:p": True}


async def surroundings(store: GraphStore, project: Project) -> None:
    """A project of a hub with a partner, an adoption by a municipality, and everything that hangs on them."""
    wide = Visibility.PUBLIC
    await write(
        store,
        make_hub("zeitz"),
        make_hub("partner"),
        make_municipality("010000000001"),
        project,
        plain("OWNS", "Hub:zeitz", "Project:p"),
        Involves(start=key_of("Project:p"), end=key_of("Hub:partner")),
        Result(id="r", kind="software", title="Kode", visibility=wide),
        plain("HAS_RESULT", "Project:p", "Result:r"),
        Adoption(id="a", status=AdoptionStatus.IN_USE, visibility=wide),
        plain("MADE", "Municipality:010000000001", "Adoption:a"),
        plain("OF", "Adoption:a", "Project:p"),
        ExperienceReport(id="e", text="Gut", visibility=wide),
        plain("ABOUT", "ExperienceReport:e", "Adoption:a"),
        Question(id="q", text="Wie?", visibility=wide),
        plain("ABOUT", "Question:q", "Project:p"),
        Answer(id="w", text="So.", visibility=wide),
        plain("TO", "Answer:w", "Question:q"),
    )


DEPENDENTS = ("Result:r", "Adoption:a", "ExperienceReport:e", "Question:q", "Answer:w")


async def test_what_hangs_on_a_project_is_never_wider_than_it(store: GraphStore) -> None:
    project = make_project("p")
    await surroundings(store, project)
    assert {key: await readers(store, key) for key in DEPENDENTS} == dict.fromkeys(DEPENDENTS, ("public",))

    await write(store, replace(project, visibility=Visibility.NETWORK))
    assert {key: await readers(store, key) for key in DEPENDENTS} == dict.fromkeys(DEPENDENTS, ("network",))

    await write(store, replace(project, stage=Stage.WITHDRAWN))
    insiders = ("admin", "hub:partner", "hub:zeitz")
    adopters = ("admin", "hub:zeitz", "municipality:010000000", "municipality:010000000001")
    assert {key: await readers(store, key) for key in DEPENDENTS} == {
        "Result:r": insiders,
        "Adoption:a": adopters,
        "ExperienceReport:e": adopters,
        "Question:q": insiders,
        "Answer:w": insiders,
    }

    await write(store, project)
    assert {key: await readers(store, key) for key in DEPENDENTS} == dict.fromkeys(DEPENDENTS, ("public",))


async def test_a_new_partner_reads_the_private_results_of_a_public_project(store: GraphStore) -> None:
    await write(
        store,
        make_university("0aaaaaa11"),
        make_project("p"),
        Result(id="r", kind="data", title="Rohdaten", visibility=Visibility.PRIVATE),
        plain("HAS_RESULT", "Project:p", "Result:r"),
    )
    assert await readers(store, "Result:r") == ADMIN_ONLY

    await write(store, Involves(start=key_of("Project:p"), end=key_of("University:0aaaaaa11")))

    assert await readers(store, "Result:r") == ("admin", "university:0aaaaaa11")


async def test_what_lost_its_project_hides(store: GraphStore) -> None:
    await surroundings(store, make_project("p"))

    async def delete(unit: Unit) -> bool:
        return await unit.delete(key_of("Project:p"))

    assert await UnitOfWork(store).run(delete, actor=SYSTEM)

    assert await readers(store, "Result:r") == ADMIN_ONLY
    assert await readers(store, "Question:q") == ADMIN_ONLY
    assert await readers(store, "Adoption:a") == ("admin", "municipality:010000000", "municipality:010000000001")
    assert (await pending(store))["Project:p"]


async def test_needs_and_experts_are_their_houses_business(store: GraphStore) -> None:
    await write(
        store,
        make_municipality("local:amt-a"),
        Need(id="n", kind=NeedKind.SEEKS, title="Suche", visibility=Visibility.PRIVATE),
        plain("HAS", "Municipality:local:amt-a", "Need:n"),
        make_expert("x", visibility=Visibility.PRIVATE),
        plain("WORKS_AT", "Expert:x", "Municipality:local:amt-a"),
    )

    assert await readers(store, "Need:n") == ("admin", "municipality:local:amt-a")
    assert await readers(store, "Expert:x") == ("admin", "municipality:local:amt-a")


async def test_a_question_about_a_topic_has_its_own_audience(store: GraphStore) -> None:
    await write(
        store,
        make_topic("ozg"),
        Question(id="q", text="Wer?", visibility=Visibility.NETWORK),
        plain("ABOUT", "Question:q", "Topic:ozg"),
    )

    assert await readers(store, "Question:q") == ("network",)


async def test_publishing_while_a_result_is_added_leaves_no_gap(store: GraphStore) -> None:
    """One unit withdraws the project, the other hangs a public result on it: whoever is last sees the other's work."""
    for number in range(8):
        project = make_project(f"p{number}")
        await write(store, project)
        await asyncio.gather(
            write(store, replace(project, stage=Stage.WITHDRAWN)),
            write(
                store,
                Result(id=f"r{number}", kind="data", title="Daten", visibility=Visibility.PUBLIC),
                plain("HAS_RESULT", f"Project:p{number}", f"Result:r{number}"),
            ),
        )
        assert await readers(store, f"Result:r{number}") == ADMIN_ONLY
