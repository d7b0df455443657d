"""What is recorded of one service of one administration, on each graph database."""

from typing import Any

from graph.port import GraphStore
from graph.reading.online import OnlineService, online_service
from graph.relationships import OffersOnline
from graph.values import PartialDate
from tests.fixtures.builders import make_municipality, make_service, plant, relate

AMT, TOWN = make_municipality("010615169", kind="AMT"), make_municipality("010615169001")
FIRST, SECOND = make_service("99115005000000"), make_service("99115005000001")


async def test_the_one_record_is_read_as_it_was_written(store: GraphStore) -> None:
    said: Any = {"url": "https://stadt.example/a", "since": PartialDate("2024-05"), "source": "Stadt"}
    await plant(
        store,
        *(AMT, TOWN, FIRST, SECOND, relate("PART_OF", TOWN, AMT)),
        OffersOnline(start=TOWN.key, end=FIRST.key, **said),
        OffersOnline(start=AMT.key, end=SECOND.key),
    )

    assert await online_service(store, TOWN.ars, FIRST.leika_id, timeout_s=60.0) == OnlineService(**said)
    assert await online_service(store, AMT.ars, SECOND.leika_id, timeout_s=60.0) == OnlineService()
    assert await online_service(store, AMT.ars, FIRST.leika_id, timeout_s=60.0) is None
    # What only the Amt offers is no record of the town's own.
    assert await online_service(store, TOWN.ars, SECOND.leika_id, timeout_s=60.0) is None
    assert await online_service(store, "", "", timeout_s=60.0) is None
