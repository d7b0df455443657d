"""The commands that imports and the seed write through, leases and the outbox, on each graph database."""

from dataclasses import replace
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Membership, Principal
from graph.commands import COMMAND_LINE
from graph.commands.put_network import PutNetwork, put_network
from graph.commands.put_projects import Involvement, ProjectEntry, PutProjects, put_projects
from graph.commands.put_register import PutRegister, put_register
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import GraphUnavailableError, InvalidInputError, LeaseLostError, NodeNotFoundError, StaleWriteError
from graph.model import Project
from graph.port import GraphStore
from graph.values import Contact
from graph.vocabulary import MunicipalityKind, Stage, Visibility
from graph.writing import leases
from graph.writing.outbox import Outbox
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.builders import make_hub, make_municipality, make_project, make_topic
from tests.fixtures.units import all_changes, key_of, pending, plain, readers, stored, write


def as_(*memberships: str) -> Principal:
    return Principal("https://issuer.example", "x", frozenset(map(Membership.parse, memberships)))


def entry(slug: str, **values: Any) -> ProjectEntry:
    surroundings = {name: values.pop(name) for name in ("owner", "reviewer", "involves", "topics") if name in values}
    defaults = {"title": slug.title(), "stage": Stage.PUBLISHED, "visibility": Visibility.PUBLIC}
    return ProjectEntry(project=Project(**{"id": "", "slug": slug, **defaults, **values}), **surroundings)


async def put(store: GraphStore, *entries: ProjectEntry, actor: Any = COMMAND_LINE) -> dict[str, Any]:
    return await put_projects(UnitOfWork(store), PutProjects(entries=entries), actor=actor)


async def id_of(store: GraphStore, slug: str) -> str:
    return (await store.transact(lambda transaction: transaction.find("Project", "slug", [slug])))[slug]


# Registers


async def test_administrations_find_their_place_in_any_order(store: GraphStore) -> None:
    unit_of_work = UnitOfWork(store)
    town = make_municipality("010615138001", population=900, contact=Contact("Amt"))
    city = make_municipality("020000000000")
    await put_register(unit_of_work, PutRegister(nodes=[town, city]), actor=COMMAND_LINE)
    state = replace(make_municipality("01"), kind=MunicipalityKind.LAND)
    uppers = [state, make_municipality("01061"), make_municipality("010615138")]

    await put_register(unit_of_work, PutRegister(nodes=uppers), actor=COMMAND_LINE)
    again = await put_register(
        unit_of_work, PutRegister(nodes=[*uppers, replace(town, population=901, contact=None)]), actor=COMMAND_LINE
    )

    assert await store.query("municipality_parents", {}) == [
        ["01", None],
        ["01061", "01"],
        ["010615138", "01061"],
        ["010615138001", "010615138"],
        ["020000000000", None],
    ]
    assert again == {"created": 0, "changed": 1, "unchanged": 3}
    row = await stored(store, "Municipality:010615138001")
    assert row is not None
    assert (row["population"], row["contact"]["function"]) == (901, "Amt")


async def test_registers_refuse_strangers_and_mixtures(store: GraphStore) -> None:
    nodes = [make_municipality("010000000001")]

    with pytest.raises(ForbiddenError):
        await put_register(UnitOfWork(store), PutRegister(nodes=nodes), actor=as_("hub_lead:zeitz"))
    with pytest.raises(InvalidInputError):
        await put_register(UnitOfWork(store), PutRegister(nodes=nodes * 2), actor=COMMAND_LINE)
    assert await stored(store, "Municipality:010000000001") is None


async def test_the_network_is_written_once(store: GraphStore) -> None:
    command = PutNetwork(
        nodes=[make_hub("zeitz"), make_topic("ozg"), make_topic("daten")],
        relationships=[plain("FOCUSES_ON", "Hub:zeitz", "Topic:ozg"), plain("SUBTOPIC_OF", "Topic:daten", "Topic:ozg")],
    )

    first = await put_network(UnitOfWork(store), command, actor=COMMAND_LINE)
    second = await put_network(UnitOfWork(store), command, actor=COMMAND_LINE)

    assert first == {"created": 3, "changed": 0, "unchanged": 0, "connected": 2}
    assert second == {"created": 0, "changed": 0, "unchanged": 3, "connected": 0}


async def test_the_network_command_writes_no_projects(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError, match="Project"):
        await put_network(UnitOfWork(store), PutNetwork(nodes=[make_project("p")]), actor=COMMAND_LINE)


# Projects


async def test_projects_are_created_with_their_surroundings_and_only_once(store: GraphStore) -> None:
    await write(store, make_hub("zeitz"), make_municipality("010000000001"), make_topic("ozg"))
    house = key_of("Municipality:010000000001")
    given = entry(
        "parken", owner=key_of("Hub:zeitz"), topics=("ozg",), involves=(Involvement(house=house, role="Pilot"),)
    )

    assert await put(store, given) == {"created": 1, "changed": 0, "unchanged": 0, "problems": []}
    trail = await all_changes(store)
    assert await put(store, given) == {"created": 0, "changed": 0, "unchanged": 1, "problems": []}

    assert await all_changes(store) == trail
    identifier = await id_of(store, "parken")
    assert identifier[14] == "7"
    assert [line["action"] for line in trail if line["entity"] == f"Project:{identifier}"] == ["create"]
    assert await pending(store) == {f"Project:{identifier}": False}


async def test_what_an_entry_leaves_out_stays(store: GraphStore) -> None:
    await write(store, make_topic("ozg"), make_topic("daten"))
    await put(store, entry("parken", summary="Kurz", topics=("ozg",)))

    await put(store, entry("parken", title="Neu"))
    row = await stored(store, f"Project:{await id_of(store, 'parken')}")
    assert row is not None
    assert (row["title"], row["summary"], row["version"]) == ("Neu", "Kurz", 2)

    report = await put(store, entry("parken", title="Neu", topics=("daten",)))
    assert report["changed"] == 1
    assert (await all_changes(store))[-1]["after"] == {"ADDRESSES": [{"node": "Topic:daten"}]}


async def test_a_problem_leaves_out_its_entry_alone(store: GraphStore) -> None:
    report = await put(store, entry("gut"), entry("schlecht", topics=("nie",), owner=key_of("Hub:nirgends")))

    assert report["created"] == 1
    assert report["problems"] == [{"slug": "schlecht", "reason": "unknown: Hub:nirgends, Topic:nie"}]
    assert await store.transact(lambda transaction: transaction.find("Project", "slug", ["schlecht"])) == {}


async def test_a_former_slug_still_means_its_project(store: GraphStore) -> None:
    await put(store, entry("alt"))
    identifier = await id_of(store, "alt")
    await put(store, entry("neu", id=identifier))

    report = await put(store, entry("alt", title="Anders"))

    assert report == {"created": 0, "changed": 1, "unchanged": 0, "problems": []}
    row = await stored(store, f"Project:{identifier}")
    assert row is not None
    assert (row["slug"], row["title"]) == ("neu", "Anders")
    other = await put(store, entry("alt", id="0199c0de-0000-7000-8000-000000000000"))
    assert [problem["slug"] for problem in other["problems"]] == ["alt"]


async def test_an_import_does_not_publish_what_was_withdrawn(store: GraphStore) -> None:
    await put(store, entry("parken"))
    identifier = await id_of(store, "parken")
    await withdraw_project(UnitOfWork(store), WithdrawProject(project=identifier), actor=COMMAND_LINE)

    await put(store, entry("parken", title="Neu"))

    assert await readers(store, f"Project:{identifier}") == ("admin",)


async def test_who_may_register_edit_publish(store: GraphStore) -> None:
    await write(store, make_hub("zeitz"), make_municipality("010000000001"), make_municipality("010000000002"))
    town = key_of("Municipality:010000000001")
    own = as_("municipality:010000000001")
    draft = entry("parken", owner=town, stage=Stage.DRAFT)

    with pytest.raises(ForbiddenError):
        await put(store, draft, actor=as_("municipality:010000000002"))
    assert (await put(store, draft, actor=own))["created"] == 1
    with pytest.raises(ForbiddenError):
        await put(store, entry("parken", stage=Stage.PUBLISHED), actor=own)
    with pytest.raises(NodeNotFoundError):
        await put(store, entry("parken", stage=Stage.DRAFT, title="Fremd"), actor=as_("municipality:010000000002"))
    with pytest.raises(ForbiddenError):
        await put(store, entry("parken", stage=Stage.DRAFT, owner=key_of("Municipality:010000000002")), actor=own)
    hub = as_("hub_lead:zeitz")
    assert (await put(store, entry("hub", owner=key_of("Hub:zeitz")), actor=hub))["created"] == 1


async def test_withdrawing_hides_at_once_and_only_for_stewards(store: GraphStore) -> None:
    await write(store, make_hub("zeitz"), make_project("p"), plain("OWNS", "Hub:zeitz", "Project:p"))
    unit_of_work, command = UnitOfWork(store), WithdrawProject(project="p", expected_version=1)

    with pytest.raises(ForbiddenError):
        await withdraw_project(unit_of_work, command, actor=as_("hub_lead:wilster"))
    with pytest.raises(StaleWriteError):
        await withdraw_project(unit_of_work, replace(command, expected_version=7), actor=as_("hub_lead:zeitz"))
    with pytest.raises(NodeNotFoundError):
        await withdraw_project(unit_of_work, WithdrawProject(project="q"), actor=COMMAND_LINE)
    answer = await withdraw_project(unit_of_work, command, actor=as_("hub_lead:zeitz"), idempotency_key="k")

    assert answer == {"id": "p", "version": 2}
    assert await readers(store, "Project:p") == ("admin", "hub:zeitz")
    assert await Outbox(store).narrowed_ids() == {"p"}
    assert await withdraw_project(unit_of_work, command, actor=as_("hub_lead:zeitz"), idempotency_key="k") == answer


# Leases and outbox


async def test_one_holder_at_a_time(store: GraphStore) -> None:
    first = await leases.acquire(store, "indexer", holder="a")
    assert first is not None
    assert await leases.acquire(store, "indexer", holder="b") is None

    await leases.release(store, first)
    second = await leases.acquire(store, "indexer", holder="b")

    assert second is not None
    assert second.fence > first.fence
    with pytest.raises(LeaseLostError):
        await leases.renew(store, first)
    await leases.release(store, first)  # of a lost lease: harmless
    assert await leases.acquire(store, "indexer", holder="c") is None


async def test_a_lease_that_ran_out_can_be_taken_and_otherwise_renewed(store: GraphStore) -> None:
    first = await leases.acquire(store, "indexer", holder="a", ttl_s=0.0)
    assert first is not None
    await leases.renew(store, first, ttl_s=0.0)

    assert await leases.acquire(store, "indexer", holder="b") is not None
    with pytest.raises(LeaseLostError):
        await store.transact(lambda transaction: leases.check(transaction, first))


async def test_done_is_marked_for_what_was_read_and_by_the_holder_only(store: GraphStore) -> None:
    await write(store, make_project("p"), make_project("q"))
    outbox = Outbox(store)
    lost = await leases.acquire(store, "indexer", holder="a", ttl_s=0.0)
    lease = await leases.acquire(store, "indexer", holder="b")
    assert lost is not None
    assert lease is not None
    events = await outbox.pending()
    await write(store, make_project("q", title="Inzwischen"))

    with pytest.raises(LeaseLostError):
        await outbox.mark_done(events, lease=lost)
    assert (await outbox.lag()).count == 2
    assert await outbox.mark_done(events, lease=lease) == 1

    assert await pending(store) == {"Project:q": False}
    assert await outbox.mark_done(await outbox.pending(), lease=lease) == 1
    assert await outbox.lag() == type(await outbox.lag())(0, None)


async def test_more_than_searches_can_exclude_ends_them(store: GraphStore) -> None:
    await write(store, make_project("a"), make_project("b"))
    await write(store, make_project("a", stage=Stage.WITHDRAWN), make_project("b", stage=Stage.WITHDRAWN))

    assert await Outbox(store, most_narrowed=2).narrowed_ids() == {"a", "b"}
    with pytest.raises(GraphUnavailableError, match="more than 1 "):
        await Outbox(store, most_narrowed=1).narrowed_ids()


async def test_what_must_vanish_comes_first(store: GraphStore) -> None:
    await write(store, make_project("a"), make_project("b"))
    await write(store, make_project("b", stage=Stage.WITHDRAWN))

    assert [(str(event.entity), event.narrows) for event in await Outbox(store).pending(limit=1)] == [
        ("Project:b", True)
    ]
