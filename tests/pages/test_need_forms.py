"""What a house seeks or offers, and searches that somebody keeps: from the page that suggests it to its end."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from network.pages.reading.search_state import PARAMETERS, SearchState
from tests.fixtures.builders import make_municipality, plant
from tests.pages.desks import Office

EINBECK = "Municipality:031550013013"
NEED = """query ($id: ID!) { node(id: $id) { ... on Need {
  kind title text status visibility house { id } topics { slug } services { leikaId } } } }"""
SEARCHES = "{ viewer { savedSearches { id name query filter } } }"


async def test_who_finds_nothing_asks_the_network(office: Office) -> None:
    person = await office.person("einbeck")
    path = "/needs/new?title=Smarte+Laterne&topic=mobilitaet&topic=unknown"
    page = await person.opened(path)
    assert 'value="Smarte Laterne"' in page
    assert 'value="mobilitaet" checked' in page
    assert "unknown" not in page.split("<form action")[-1].split("<fieldset")[1]

    typed = {"kind": "SEEKS", "title": "Smarte Laterne", "text": "Wer hat **eine**?", "house": EINBECK}
    answer = await person.fill(path, **typed, topics=["mobilitaet"], services="99115005000000\n", visibility="NETWORK")
    assert "Sie hören, sobald etwas passt." in await person.follow_on(answer)
    id_ = f"Need:{urlsplit(answer.headers['location']).path.rpartition('/')[2]}"
    need = (await office.ask(person, NEED, id=id_))["node"]
    assert need == {
        **{name: typed[name] for name in ("kind", "title", "text")},
        "status": "OPEN",
        "visibility": "NETWORK",
        "house": {"id": EINBECK},
        "topics": [{"slug": "mobilitaet"}],
        "services": [{"leikaId": "99115005000000"}],
    }

    close = f"/needs/{id_.partition(':')[2]}/close"
    assert close in await person.opened(f"/needs/{id_.partition(':')[2]}")
    stranger = await office.person("stadt")
    assert close not in await stranger.opened(f"/needs/{id_.partition(':')[2]}")
    assert (await stranger.get(close)).status_code == 403
    own = await person.hidden(close) | {"form_token": await stranger.form_token(), "isMatched": "yes"}
    assert (await stranger.submit(close, own)).status_code == 403
    assert (await office.ask(person, NEED, id=id_))["node"]["status"] == "OPEN"
    assert (await person.fill(close)).status_code == 422
    await person.fill(close, isMatched="yes")
    assert (await office.ask(person, NEED, id=id_))["node"]["status"] == "MATCHED"
    assert (await person.fill(close, isMatched="no")).status_code == 409


async def test_what_is_wrong_with_a_need_is_beside_its_field(office: Office) -> None:
    person = await office.person("einbeck")
    answer = await person.fill(
        "/needs/new", kind="SEEKS", title="", text="x", house=EINBECK, services="123", visibility="SECRET"
    )
    assert answer.status_code == 422
    assert 'id="title-error"' in answer.text
    assert 'id="visibility-error"' in answer.text
    again = await person.fill(
        "/needs/new", kind="SEEKS", title="x", text="x", house=EINBECK, services="123", visibility="PUBLIC"
    )
    assert again.status_code == 422
    assert 'id="services-error"' in again.text
    assert 'name="services" value="123" checked> 123</label>' in again.text


async def test_a_search_is_kept_run_again_and_deleted_by_its_person_alone(office: Office) -> None:
    person, other = await office.person("einbeck", "merseburg"), await office.person("wilster", "merseburg")
    answer = await person.fill("/my/searches/new?q=parken&topic=mobilitaet&from=2020&status=RUNNING", name="Parken")
    page = await person.follow_on(answer)
    kept = (await office.ask(person, SEARCHES))["viewer"]["savedSearches"]
    assert [(one["name"], one["query"], one["filter"]) for one in kept] == [
        ("Parken", "parken", {"topic": ["mobilitaet"], "status": ["RUNNING"], "yearFrom": 2020})
    ]
    assert 'href="/search?q=parken&topic=mobilitaet&status=RUNNING&from=2020"' in unescape(page)
    delete = re.findall(r'href="(/my/searches/delete\?[^"]+)"', unescape(page))[0]
    assert (await other.get(delete)).status_code == 404
    assert "noch keine Suche" in await other.opened("/my/searches")
    assert "noch keine Suche" in await person.follow_on(await person.fill(delete))
    assert (await office.ask(person, SEARCHES))["viewer"]["savedSearches"] == []


async def test_what_a_kept_search_is_narrowed_to_stands_in_words(office: Office) -> None:
    town = make_municipality("099990000001", name="Rund um Ort", lat=51.0, lon=12.1)
    await plant(office.service.graph, town)
    person = await office.person("zeitz")
    address = "/my/searches/new?q=parken&hub=wilster&hub=gibt-es-nicht&status=RUNNING&from=2020&to=2022&size=ABOVE"
    kept = await person.fill(f"{address}&near=099990000001&km=30", name="Im Wort")
    assert kept.status_code == 303, kept.text
    page = await person.opened("/my/searches")
    shown = page[page.index("Im Wort") :]
    for words in (
        "Gesucht wird nach: parken",
        "Hub: DigitalHub Wilster, gibt-es-nicht",
        "Stand: läuft",
        "Größe der Kommune: ab 100.000 Einwohner",
        "Beginn: 2020 bis 2022",
        "Umkreis: 30 km um Rund um Ort",
    ):
        assert words in shown, words
    assert "RUNNING</span>" not in shown
    again = unescape(re.findall(r'href="(/search[^"]+)">Im Wort', page)[0])
    for parameter in ("q=parken", "hub=wilster", "status=RUNNING", "from=2020", "near=099990000001", "km=30"):
        assert parameter in again
    english = await person.opened("/en/my/searches")
    assert "running</span>" in english


async def test_the_newest_need_stands_first(office: Office) -> None:
    person = await office.person("einbeck")
    typed = {"kind": "SEEKS", "text": "x", "house": EINBECK, "visibility": "PUBLIC"}
    mark = uuid4().hex[:8]
    for title in (f"Aale {mark}", f"Zander {mark}"):
        assert (await person.fill("/needs/new", title=title, **typed)).status_code == 303
    for path in ("/needs", "/needs.csv"):
        shown = (await person.get(path)).text
        assert 0 < shown.index(f"Zander {mark}") < shown.index(f"Aale {mark}"), path


@pytest.mark.parametrize(
    "path", ["/my/searches", "/my/searches/new?q=x", "/needs/new?title=%3Cb%3E", "/en/my/searches"]
)
async def test_whoever_is_not_signed_in_signs_in_first(office: Office, path: str) -> None:
    answer = await (await office.person()).get(path)
    assert answer.status_code == 303
    assert dict(parse_qsl(urlsplit(answer.headers["location"]).query))["to"] == path


_VALUES: dict[str, Any] = {
    "SIZE_CLASS": ["UNDER_2000", "ABOVE"],
    "STATUS": ["IDEA", "RUNNING"],
    "YEAR": ["2020", "1999"],
}


@given(
    st.dictionaries(st.sampled_from(sorted(PARAMETERS)), st.integers(1, 2)),
    st.sampled_from([("", ""), ("2001", ""), ("2001", "2020")]),
    st.sampled_from(["", "150840590590"]),
)
def test_a_kept_search_is_the_search_that_was_kept(chosen: dict[str, int], years: tuple[str, str], near: str) -> None:
    pairs = [("q", "bänke & bäume")]
    for facet, count in chosen.items():
        pairs += [(PARAMETERS[facet], value) for value in _VALUES.get(facet, ["a:b", "ü c"])[:count]]
    pairs += [("from", years[0]), ("to", years[1]), ("near", near), ("km", "40")]
    state = SearchState.of(QueryParams(pairs))
    assert SearchState.of_filter(state.query, state.filter or {}).filter == state.filter
