"""The names that suggestions are made of, on each graph database."""

from pathlib import Path

import pytest

from graph.backends.ladybug.store import LadybugGraphStore
from graph.errors import GraphUnavailableError
from graph.port import GraphStore
from graph.values import PartialDate
from search.names import KEPT_S, Names
from search.suggesting import Kind, Typed
from search.thesauri import Thesauri
from tests.fixtures.builders import make_hub, make_municipality, make_project, make_topic, make_university, plant

NODES = (
    make_hub("zeitz", name="DigitalHub Zeitz", town="Zeitz", state="Sachsen-Anhalt"),
    make_hub("wow", name="World of Work", town="Zeitz", state="Sachsen-Anhalt"),
    make_university("03sft3r75", name="Hochschule Merseburg", town="Merseburg"),
    make_topic("zeit", name_de="Zeiterfassung", name_en="Time tracking"),
    make_municipality(
        "150840590590", name="Zeitz, Stadt", district="Burgenlandkreis", state="Sachsen-Anhalt", population=27_000
    ),
    make_municipality("15084", name="Zeitkreis", district="Zeitkreis", state="Sachsen-Anhalt", kind="KREIS"),
    make_municipality("150840590591", name="Zeitaltdorf", valid_to=PartialDate("2019")),
    make_project("p", title="Zeitung"),
)


async def test_every_kind_is_there_with_where_it_lies(store: GraphStore) -> None:
    await plant(store, *NODES)

    found = await Names(store, Thesauri()).proposals(Typed.of("zeit"))

    assert {(proposal.kind, proposal.text, proposal.detail, proposal.size) for proposal in found} == {
        (Kind.TOPIC, "Zeiterfassung", None, 0),
        (Kind.HUB, "DigitalHub Zeitz", "Sachsen-Anhalt", 0),
        (Kind.HUB, "World of Work", "Zeitz, Sachsen-Anhalt", 0),
        (Kind.MUNICIPALITY, "Zeitz, Stadt", "Burgenlandkreis, Sachsen-Anhalt", 27_000),
        (Kind.MUNICIPALITY, "Zeitkreis", "Sachsen-Anhalt", 0),
    }
    assert {str(proposal.key) for proposal in found} >= {"Topic:zeit", "Hub:wow", "Municipality:15084"}


async def test_english_names_and_towns_find_too(store: GraphStore) -> None:
    await plant(store, *NODES)
    names = Names(store, Thesauri())

    assert [proposal.text for proposal in await names.proposals(Typed.of("tracking"))] == ["Zeiterfassung"]
    assert [proposal.text for proposal in await names.proposals(Typed.of("merseb"))] == ["Hochschule Merseburg"]


async def test_names_are_kept_for_a_while_and_read_in_one_call(store: GraphStore) -> None:
    now = 0.0
    names = Names(store, Thesauri(), clock=lambda: now)
    assert await names.proposals(Typed.of("zeit")) == []
    await plant(store, *NODES)

    before = store.calls
    assert await names.proposals(Typed.of("zeit")) == []
    assert store.calls == before

    now = KEPT_S
    assert await names.proposals(Typed.of("zeit")) == []
    await names.settled()
    assert await names.proposals(Typed.of("zeit")) != []
    assert store.calls == before + 1


async def test_names_from_before_stay_where_the_graph_does_not_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    await plant(store, *NODES)
    names = Names(store, Thesauri(), clock=lambda: now)
    known = await names.proposals(Typed.of("zeit"))
    await store.close()

    now = KEPT_S
    assert await names.proposals(Typed.of("zeit")) == known
    await names.settled()
    assert await names.proposals(Typed.of("zeit")) == known != []
    await names.close()
    assert "names to suggest were not read anew" in caplog.text
    with pytest.raises(GraphUnavailableError):
        await Names(store, Thesauri()).proposals(Typed.of("zeit"))
