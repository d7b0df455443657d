"""Funding programmes, profiles of hubs and services that municipalities offer online, on each graph database."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands import COMMAND_LINE
from graph.commands.funding import FundingProgrammeChanges, SaveFundingProgramme, save_funding_programme
from graph.commands.hub_profile import HubProfile, SaveHubProfile, save_hub_profile
from graph.commands.online_services import RecordOnlineService, record_online_service
from graph.commands.put_network import PutNetwork, put_network
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.port import GraphStore
from graph.values import PartialDate, Source
from graph.vocabulary import HubStatus
from tests.fixtures.builders import make_hub, make_service
from tests.fixtures.consenting import EVERYBODY
from tests.fixtures.contributing import (
    ADMIN,
    OTHER_TOWN,
    TOWN,
    TOWN_CLERK,
    WILSTER_LEAD,
    ZEITZ_LEAD,
    at,
    count_kills,
    found_network,
)
from tests.fixtures.units import all_changes, pending, stored, write

REGIO = FundingProgrammeChanges(
    name="Smarte Regionen 2027",
    amount_min=10_000,
    amount_max=200_000,
    opens=PartialDate("2027-01"),
    deadline=PartialDate("2027-06-30"),
    url="https://foerderung.example",
)
SERVICE = make_service("99115005000000")
ONLINE = RecordOnlineService(
    municipality=TOWN.value, service=SERVICE.leika_id, url="https://amt.example/wohnsitz", since=PartialDate("2025")
)
LEADS = {"lead", "other lead", "other reviewer", "admin"}


async def version_of(store: GraphStore, key: str) -> int:
    row = await stored(store, key)
    assert row is not None
    return int(row["version"])


@pytest.mark.parametrize(("name", "who"), EVERYBODY.items())
async def test_who_keeps_funding_programmes(store: GraphStore, name: str, who: Caller) -> None:
    await found_network(store)
    if name not in LEADS:
        with pytest.raises(ForbiddenError):
            await save_funding_programme(at(store), SaveFundingProgramme(changes=REGIO), actor=who)
        return
    answer = await save_funding_programme(at(store), SaveFundingProgramme(changes=REGIO), actor=who)
    assert answer == {"id": "smarte-regionen-2027", "version": 1}
    row = await stored(store, "FundingProgramme:smarte-regionen-2027")
    assert row is not None
    assert row["origin"] == "REGISTERED"
    assert row["confirmed_at"]


async def test_a_programme_is_changed_and_keeps_its_slug(store: GraphStore) -> None:
    await found_network(store)
    await save_funding_programme(at(store), SaveFundingProgramme(changes=REGIO), actor=ZEITZ_LEAD)
    renamed = SaveFundingProgramme(
        programme="smarte-regionen-2027", expected_version=1, changes=FundingProgrammeChanges(name="Anders", url=None)
    )
    with pytest.raises(InvalidInputError) as refused:
        await save_funding_programme(at(store), renamed, actor=WILSTER_LEAD)
    assert refused.value.field == "url"
    sourced = replace(renamed, changes=replace(renamed.changes, sources=(Source("Ministerium"),)))

    answer = await save_funding_programme(at(store), sourced, actor=WILSTER_LEAD)

    assert answer == {"id": "smarte-regionen-2027", "version": 2}
    with pytest.raises(StaleWriteError) as stale:
        await save_funding_programme(at(store), sourced, actor=WILSTER_LEAD)
    assert stale.value.current_version == 2
    with pytest.raises(InvalidInputError):
        await save_funding_programme(at(store), replace(sourced, expected_version=None), actor=WILSTER_LEAD)
    with pytest.raises(NodeNotFoundError):
        await save_funding_programme(at(store), replace(sourced, programme="nie"), actor=WILSTER_LEAD)
    again = SaveFundingProgramme(changes=replace(REGIO, name="smarte  REGIONEN 2027"))
    with pytest.raises(ConstraintError):
        await save_funding_programme(at(store), again, actor=ZEITZ_LEAD)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"amount_min": 300_000}, "amount_max"),
        ({"amount_min": -1}, "amount_min"),
        ({"opens": PartialDate("2027-07")}, "deadline"),
        ({"deadline": PartialDate("2027-13")}, "deadline"),
        ({"url": None}, "url"),
    ],
)
async def test_programmes_that_cannot_be_meant(store: GraphStore, given: dict[str, Any], field: str) -> None:
    await found_network(store)
    with pytest.raises(InvalidInputError) as refused:
        await save_funding_programme(at(store), SaveFundingProgramme(changes=replace(REGIO, **given)), actor=ZEITZ_LEAD)
    assert refused.value.field == field


PROFILE = HubProfile(
    status=HubStatus.OPEN, workplaces=12, premises="Altes Kino", focus=("Sensorik",), topics=("parken", "verkehr")
)


@pytest.mark.parametrize(("name", "who"), EVERYBODY.items())
async def test_who_says_what_a_hub_is(store: GraphStore, name: str, who: Caller) -> None:
    await found_network(store)
    version = await version_of(store, "Hub:zeitz")
    command = SaveHubProfile(hub="zeitz", expected_version=version, profile=PROFILE)
    if name not in {"lead", "admin"}:
        with pytest.raises(ForbiddenError):
            await save_hub_profile(at(store), command, actor=who)
        return
    before = await stored(store, "Hub:zeitz")
    assert await save_hub_profile(at(store), command, actor=who) == {"id": "zeitz", "version": version + 1}
    row = await stored(store, "Hub:zeitz")
    assert before is not None
    assert row is not None
    assert (row["premises"], row["workplaces"], row["name"]) == ("Altes Kino", 12, before["name"])
    # The administration does not confirm for the hub.
    assert bool(row["confirmed_at"]) == (name == "lead")
    found = await store.transact(lambda transaction: transaction.follow(links.HUB_TOPICS, ["zeitz"]))
    assert {key.value for key, _ in found["zeitz"]} == {"parken", "verkehr"}


async def test_a_hub_confirms_what_it_said(store: GraphStore) -> None:
    await found_network(store)
    version = await version_of(store, "Hub:zeitz")
    command = SaveHubProfile(hub="zeitz", expected_version=version, profile=HubProfile())

    await save_hub_profile(at(store), command, actor=ZEITZ_LEAD)

    row = await stored(store, "Hub:zeitz")
    assert row is not None
    assert row["confirmed_at"]
    with pytest.raises(StaleWriteError):
        await save_hub_profile(at(store), command, actor=ZEITZ_LEAD)
    with pytest.raises(NodeNotFoundError):
        await save_hub_profile(at(store), replace(command, hub="nie"), actor=ADMIN)
    for given in ({"workplaces": -1}, {"opened": PartialDate("gestern")}, {"topics": ("nie",)}):
        wrong = replace(command, expected_version=version + 1, profile=HubProfile(**given))
        with pytest.raises(InvalidInputError) as refused:
            await save_hub_profile(at(store), wrong, actor=ZEITZ_LEAD)
        assert refused.value.field in given


async def test_an_import_leaves_alone_what_the_hub_says_of_itself(store: GraphStore) -> None:
    await found_network(store)
    known = PutNetwork(nodes=[make_hub("zeitz", premises="Bahnhof", region="Süden")])
    await put_network(at(store), known, actor=COMMAND_LINE)
    version = await version_of(store, "Hub:zeitz")
    profile = SaveHubProfile(hub="zeitz", expected_version=version, profile=replace(PROFILE, premises="Altes Kino"))
    await save_hub_profile(at(store), profile, actor=ZEITZ_LEAD)
    more = [
        make_hub("zeitz", premises="Bahnhof", consultation_hours="Di 9 Uhr"),
        make_hub("wilster", premises="Rathaus"),
    ]

    await put_network(at(store), PutNetwork(nodes=more), actor=COMMAND_LINE)

    row = await stored(store, "Hub:zeitz")
    assert row is not None
    assert (row["premises"], row["region"], row["consultation_hours"]) == ("Altes Kino", "Süden", "Di 9 Uhr")
    row = await stored(store, "Hub:wilster")
    assert row is not None
    assert row["premises"] == "Rathaus"


async def offers(store: GraphStore, municipality: str) -> dict[str, dict[str, Any]]:
    found = await store.transact(lambda transaction: transaction.follow(links.MUNICIPALITY_SERVICES, [municipality]))
    return {key.value: dict(edge) for key, edge in found.get(municipality, [])}


@pytest.mark.parametrize(
    ("house", "allowed"),
    [
        # Wilster serves the Amt of the town, and so the town; Zeitz serves the other one.
        (TOWN, {"town", "amt", "other lead", "other reviewer", "admin"}),
        (OTHER_TOWN, {"other town", "lead", "admin"}),
    ],
    ids=["town", "other town"],
)
async def test_who_records_what_a_municipality_offers(store: GraphStore, house: Any, allowed: set[str]) -> None:
    await found_network(store)
    await write(store, SERVICE)
    command = replace(ONLINE, municipality=house.value)
    for name, who in EVERYBODY.items():
        if name in allowed:
            await record_online_service(at(store), command, actor=who)
            await record_online_service(at(store), replace(command, is_online=False), actor=who)
        else:
            with pytest.raises(ForbiddenError):
                await record_online_service(at(store), command, actor=who)
        assert await offers(store, house.value) == {}


async def test_a_service_is_recorded_by_name_of_who_knows_and_taken_back(store: GraphStore) -> None:
    await found_network(store)
    await write(store, SERVICE)
    version = await version_of(store, str(TOWN))

    answer = await record_online_service(at(store), ONLINE, actor=TOWN_CLERK)

    assert answer == {"id": TOWN.value, "version": version + 1, "service": SERVICE.leika_id}
    (edge,) = (await offers(store, TOWN.value)).values()
    assert edge == {"url": "https://amt.example/wohnsitz", "since": "2025", "source": f"Gemeinde {TOWN.value}"}
    assert (await record_online_service(at(store), ONLINE, actor=TOWN_CLERK))["version"] == version + 1
    await record_online_service(at(store), replace(ONLINE, url=None), actor=WILSTER_LEAD)
    (edge,) = (await offers(store, TOWN.value)).values()
    assert (edge["url"], edge["source"]) == (None, "Wilster")
    await record_online_service(at(store), replace(ONLINE, source="Portalverbund"), actor=ADMIN)
    (edge,) = (await offers(store, TOWN.value)).values()
    assert edge["source"] == "Portalverbund"
    for _ in range(2):
        await record_online_service(at(store), replace(ONLINE, is_online=False), actor=TOWN_CLERK)
    assert await offers(store, TOWN.value) == {}


@pytest.mark.parametrize(("given", "field"), [({"service": "1"}, "service"), ({"since": "bald"}, "since")])
async def test_offers_that_cannot_be_meant(store: GraphStore, given: dict[str, Any], field: str) -> None:
    await found_network(store)
    await write(store, SERVICE)
    with pytest.raises(InvalidInputError) as refused:
        await record_online_service(at(store), replace(ONLINE, **given), actor=TOWN_CLERK)
    assert refused.value.field == field
    with pytest.raises(NodeNotFoundError):
        await record_online_service(at(store), replace(ONLINE, municipality="9"), actor=ADMIN)


async def test_each_is_written_whole_and_once(store: GraphStore) -> None:
    await found_network(store)
    await write(store, SERVICE)

    async def snapshot() -> object:
        return await all_changes(store), await pending(store)

    programme = SaveFundingProgramme(changes=REGIO)
    version = await version_of(store, "Hub:zeitz")
    profile = SaveHubProfile(hub="zeitz", expected_version=version, profile=PROFILE)
    acts: tuple[Any, ...] = (
        lambda work, **key: save_funding_programme(work, programme, actor=ZEITZ_LEAD, **key),
        lambda work, **key: save_hub_profile(work, profile, actor=ZEITZ_LEAD, **key),
        lambda work, **key: record_online_service(work, ONLINE, actor=TOWN_CLERK, **key),
    )
    for number, act in enumerate(acts):
        key = {"idempotency_key": f"k{number}"}
        assert await count_kills(store, partial(act, **key), snapshot)
        lines = await all_changes(store)
        await act(at(store), **key)
        assert await all_changes(store) == lines
