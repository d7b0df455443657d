"""The seed: what it says, and that all of it resolves."""

import re
from collections import Counter
from typing import TypeVar

import pytest

from graph.actors import System
from graph.model import Event, Expert, Hub, Municipality, Node, NodeKey, Project, University
from graph.relationships import Involves, Serves
from graph.vocabulary import HubStatus, OperatingStatus, Origin, Stage, Visibility
from seed_data.catalogue import FOLDER, Catalogue, read_catalogue
from seed_data.load import unresolved

SOMEBODY = System("test")
N = TypeVar("N", bound=Node)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue()


def nodes(catalogue: Catalogue, kind: type[N]) -> dict[str, N]:
    return {node.key.value: node for found in catalogue.nodes.values() for node in found if isinstance(node, kind)}


def projects(catalogue: Catalogue) -> dict[str, Project]:
    return {project.slug: project for project in nodes(catalogue, Project).values()}


def ends(catalogue: Catalogue, field: str, source: NodeKey) -> set[str]:
    return {
        (link.relationship.end if link.source == link.relationship.start else link.relationship.start).value
        for link in catalogue.links
        if link.field.name == field and link.source == source
    }


def test_everything_resolves() -> None:
    assert unresolved() == []


def test_counts(catalogue: Catalogue) -> None:
    assert {folder: len(found) for folder, found in catalogue.nodes.items()} == {
        "topics": 30,
        "municipalities": 89 + 7,  # and the states they lie in
        "universities": 10,
        "organisations": 59,
        "funding_programmes": 4,
        "hubs": 10,
        "experts": 34,
        "projects": 73,
        "events": 41,
    }


def test_hubs(catalogue: Catalogue) -> None:
    hubs = nodes(catalogue, Hub)
    opened = {slug for slug, hub in hubs.items() if hub.status is HubStatus.OPEN}
    assert opened == {"wilster", "hennstedt", "oldenburg-in-holstein", "rostock", "einbeck", "zeitz"}
    assert all(hub.status is HubStatus.PLANNED for slug, hub in hubs.items() if slug not in opened)
    assert {slug: hub.opened for slug, hub in hubs.items() if hub.opened} == {
        "rostock": "2022-12-13",
        "einbeck": "2022-11-23",
        "zeitz": "2023-01-25",
    }
    assert hubs["wilster"].agreed == "2021-05"
    assert hubs["hennstedt"].lat == pytest.approx(54.28, abs=0.01)  # the one in Dithmarschen
    assert all(hub.lat and hub.lon and hub.note and hub.focus for hub in hubs.values())
    assert all(hub.origin is Origin.COMPILED and hub.confirmed_at is None for hub in hubs.values())


def test_a_hub_serves_whom_the_facts_name_and_says_on_what_ground(catalogue: Catalogue) -> None:
    assert sum(link.field.name == "serves" for link in catalogue.links) == 30
    serves = {
        link.relationship.end.value: link.relationship
        for link in catalogue.links
        if isinstance(link.relationship, Serves) and link.relationship.start == NodeKey("Hub", "wilster")
    }
    assert serves["010615138"].basis == "Absichtserklärung"
    assert serves["010615138"].since == "2021-05"
    assert serves["01061"].since == "2024-09"
    assert serves["010615189"].basis is None
    assert "010610113113" not in serves  # the town of Wilster is host, not partner


@pytest.mark.parametrize(
    ("key", "name", "district"),
    [
        ("010610046046", "Itzehoe, Stadt", "Steinburg"),
        ("010585864117", "Nortorf, Stadt", "Rendsburg-Eckernförde"),
        ("010615138", "Amt Itzehoe-Land", "Steinburg"),
        ("010515169", "Amt Eider", "Dithmarschen"),
        ("01061", "Kreis Steinburg", None),
        ("15084", "Burgenlandkreis", None),
        ("150840590590", "Zeitz, Stadt", "Burgenlandkreis"),
        ("120710372372", "Spremberg/Grodk, Stadt", "Spree-Neiße"),
    ],
)
def test_administrations_have_the_keys_of_the_register(
    catalogue: Catalogue, key: str, name: str, district: str | None
) -> None:
    found = nodes(catalogue, Municipality)[key]
    assert (found.name, found.district) == (name, district)


def test_only_municipalities_have_a_population_since_the_register_gives_no_other(catalogue: Catalogue) -> None:
    for key, found in nodes(catalogue, Municipality).items():
        assert (found.population is not None) == (len(key) == 12), key
        assert (found.ags is not None) == (len(key) == 12), key
        assert any("Destatis" in source.publisher for source in found.sources)


def test_universities_have_german_names_towns_and_ror(catalogue: Catalogue) -> None:
    found = nodes(catalogue, University)
    assert found["032xqbj11"].name == "Technische Hochschule Lübeck"
    assert found["011ff5411"].town == "Kiel"
    assert {key for key in found if key.startswith("local:")} == {
        "local:fachhochschule-fuer-verwaltung-und-dienstleistung-fhvd",
        "local:burg-giebichenstein-kunsthochschule-halle",
        "local:hochschule-neubrandenburg",
    }
    assert all(university.town for university in found.values())


def test_projects_are_compiled_published_and_unconfirmed(catalogue: Catalogue) -> None:
    for project in projects(catalogue).values():
        assert (project.stage, project.visibility) == (Stage.PUBLISHED, Visibility.PUBLIC)
        assert (project.origin, project.confirmed_at) == (Origin.COMPILED, None)
        assert project.sources
        assert project.summary
    assert all(
        link.relationship.confirmed_at is None for link in catalogue.links if isinstance(link.relationship, Involves)
    )


def test_only_projects_of_a_hub_have_an_owner(catalogue: Catalogue) -> None:
    owners = {link.source.value: link.relationship.start for link in catalogue.links if link.field.name == "owner"}
    by_slug = projects(catalogue)
    assert len(owners) == 20
    assert owners[by_slug["zeitz-parkleitsystem"].id] == NodeKey("Hub", "zeitz")
    # Near a hub is not of a hub.
    assert by_slug["dzz"].id not in owners
    assert by_slug["smile-city-rostock"].id not in owners


def test_operating_states(catalogue: Catalogue) -> None:
    assert Counter(project.status for project in projects(catalogue).values()) == {
        OperatingStatus.PLANNED: 19,
        OperatingStatus.PILOT: 3,
        OperatingStatus.RUNNING: 38,
        OperatingStatus.ENDED: 7,
        OperatingStatus.ESTABLISHED: 2,
        OperatingStatus.UNKNOWN: 4,
    }


@pytest.mark.parametrize(
    ("slug", "started"),
    [
        ("dzz", "2020-09"),
        ("hal-plan", None),
        ("smarte-hanse", "2023-10-23"),
        ("tdg", "2019-04"),
        ("steinburg-buergerportal", None),  # 2024 is the date of the report, not of the start
        ("zeitz-parkleitsystem", None),
    ],
)
def test_a_start_is_only_given_where_the_year_means_one(catalogue: Catalogue, slug: str, started: str | None) -> None:
    assert projects(catalogue)[slug].started == started


def test_write_ups_add_to_the_summary(catalogue: Catalogue) -> None:
    written = [project for project in projects(catalogue).values() if project.writeup]
    assert 20 <= len(written) < 73
    for project in written:
        assert project.summary not in project.writeup
        assert not re.search(r"TODO|lorem|XXX|\bn/a\b", project.writeup, re.IGNORECASE)


def test_events(catalogue: Catalogue) -> None:
    events = {event.title: event for event in nodes(catalogue, Event).values()}
    opening = events["Eröffnung DigitalHub Hennstedt"]
    assert opening.starts_at is None
    assert "9. März" in (opening.date_note or "")
    assert events["Merseburger Digitaltage 2025"].starts_at == "2025"
    assert events["Eröffnung Lora-Park Zeitz"].starts_at == "2022-04"
    assert ends(catalogue, "host", opening.key) == {"hennstedt"}
    hosted = Counter(link.relationship.start.label for link in catalogue.links if link.field.name == "host")
    assert hosted == {"Hub": 23, "Organisation": 3}


def test_topics_are_a_shallow_tree(catalogue: Catalogue) -> None:
    broader = {
        link.source.value: link.relationship.end.value for link in catalogue.links if link.field.name == "broader"
    }
    assert broader["pflege"] == "gesundheit"
    for topic in broader:
        steps, current = 0, topic
        while current in broader:
            current, steps = broader[current], steps + 1
            assert steps <= 3, topic


def test_no_personal_data() -> None:
    for path in FOLDER.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"[\w.+-]+@[\w-]+\.\w{2,}", text), path
        assert not re.search(r"\b(?:Tel|Fax|Telefon|Mobil)\b[.: ]*[+0]", text), path
        assert not re.search(r"(?<![\w/.-])(?:\+49|0[1-9]\d{1,4})[ /-]\d{3,}", text), path
        assert not re.search(r"\b(?:Herrn?|Frau|Dr\.|Prof\.) [A-ZÄÖÜ]", text), path


def test_experts_are_functions(catalogue: Catalogue) -> None:
    for expert in nodes(catalogue, Expert).values():
        assert expert.role
        assert expert.name.lower().startswith(expert.role.lower())
        assert (expert.email, expert.phone, expert.orcid, expert.consent_given_at) == (None, None, None, None)


def test_no_statement_without_a_source(catalogue: Catalogue) -> None:
    for folder, found in catalogue.nodes.items():
        if folder != "topics":
            assert all(getattr(node, "sources", ()) for node in found), folder
