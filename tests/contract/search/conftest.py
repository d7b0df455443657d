"""The engines of the contract of SearchIndex: tantivy always, Meilisearch where MEILI_URL and MEILI_KEY name a real one.

MEILI_RECORD=1 writes what went over the wire to tests/recordings/meilisearch/ (tests/unit/test_meilisearch_wire.py).
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from search.port import SearchIndex
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_hub, make_municipality, make_university
from tests.fixtures.meilisearch import MEILI_KEY, MEILI_URL, meilisearch
from tests.fixtures.recording import Recording
from tests.fixtures.search import Filling, build, empty, make_document


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "built_index" in metafunc.fixturenames:
        backends = ["tantivy", "meilisearch"] if MEILI_URL and MEILI_KEY else ["tantivy"]
        metafunc.parametrize("built_index", backends, indirect=True, scope="session")


@pytest.fixture(scope="session")
def recording() -> Iterator[Recording | None]:
    """What goes over the wire to Meilisearch, written down at the end of the run that asks for it."""
    if not os.environ.get("MEILI_RECORD"):
        yield None
        return
    recording = Recording()
    yield recording
    recording.write()


@pytest_asyncio.fixture(scope="session")
async def built_index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, recording: Recording | None
) -> AsyncIterator[SearchIndex]:
    index: SearchIndex
    if request.param == "tantivy":
        index = await TantivySearchIndex.open(tmp_path_factory.mktemp("tantivy"))
    else:
        index = meilisearch(recording)
    await build(index)
    yield index
    await index.close()


@pytest.fixture(scope="session")
def filling() -> Filling:
    return Filling()


@pytest_asyncio.fixture
async def index(built_index: SearchIndex, filling: Filling) -> SearchIndex:
    """An empty index to write to."""
    filling.content = None
    await empty(built_index)
    return built_index


@pytest_asyncio.fixture
async def parking(built_index: SearchIndex, filling: Filling) -> SearchIndex:
    return await filling.fill(
        built_index,
        "parking",
        [
            make_document(
                "zeitz",
                "Intelligente Parkplatzsuche in Zeitz",
                summary="Ein digitales Parkleitsystem zeigt freie Plätze.",
                owner=make_hub("zeitz", name="DigitalHub Zeitz"),
            ),
            make_document(
                "hort",
                "Online-Anmeldung für den Hort",
                summary="Eltern suchen einen Platz.",
                involved=[make_municipality("146250200200", name="Großröhrsdorf")],
            ),
            make_document("beteiligung", "Bürgerbeteiligung mit Umfragen", writeup="Über die Straßenbäume."),
        ],
    )


@pytest_asyncio.fixture
async def catalogue(built_index: SearchIndex, filling: Filling) -> SearchIndex:
    zeitz = make_hub("zeitz", state="Sachsen-Anhalt")
    return await filling.fill(
        built_index,
        "catalogue",
        [
            make_document("a", "Äpfel zählen", topics=["natur", "sensorik"], owner=zeitz, population=1_999),
            make_document("b", "Zebrastreifen", topics=["sensorik"], population=2_000, started="2021-05"),
            make_document("c", "Bäume", topics=["natur"], population=19_999, licence="EUPL-1.2"),
            make_document(
                "d", "Schule", involved=[make_university("03sft3r75", name="Uni", state="Bremen")], started="2021"
            ),
        ],
    )
