"""Which webhooks hear of news, and what telling costs, on each graph database."""

from graph.port import GraphStore
from graph.tally import tallied
from graph.vocabulary import NewsKind
from tests.fixtures.builders import make_project, plant
from tests.fixtures.contributing import OTHER_CLERK, PROFESSOR, VISITOR, found_network, person, plant_compiled
from tests.fixtures.telling import announce, following, inbox, know, listening, tell

PUBLISHED = NewsKind.PROJECT_PUBLISHED


async def test_webhooks_hear_what_their_person_may_read_and_asked_for(store: GraphStore) -> None:
    await found_network(store)
    await know(store, OTHER_CLERK, PROFESSOR)
    await plant(store, make_project("p", visibility="NETWORK", readers=("network",)))
    await know(store, VISITOR)
    await listening(store, "all", OTHER_CLERK)
    await listening(store, "this", PROFESSOR, PUBLISHED)
    await listening(store, "other", PROFESSOR, NewsKind.NEED_POSTED)
    await listening(store, "off", PROFESSOR, disabled_at="2026-11-01T00:00:00.000000Z")
    await listening(store, "outside", VISITOR)

    await announce(store, PUBLISHED, "Project:p", OTHER_CLERK)
    await tell(store)

    found = await store.query("test_deliveries", {})
    assert [(webhook, kind, entity) for webhook, kind, entity in found] == [
        ("all", PUBLISHED, "Project:p"),
        ("this", PUBLISHED, "Project:p"),
    ]


async def test_telling_takes_few_calls_however_many_hear(store: GraphStore) -> None:
    await found_network(store)
    await plant_compiled(store, "p")
    crowd = [person("municipality:150840550550", sub=f"clerk-{number}") for number in range(40)]
    await know(store, *crowd)
    costs = []
    # The first round makes the lease that the others find.
    for followers in ([], crowd[:1], crowd[1:]):
        for follower in followers:
            await plant(store, following(follower, "Project:p"))
        await announce(store, PUBLISHED, "Project:p")
        with tallied() as asked:
            assert await tell(store) == 1
        costs.append(asked.calls)

    # The embedded database reads level by level.
    assert costs[1] == costs[2] < {"neo4j": 30, "ladybug": 40}[store.backend]
    assert [len(await inbox(store, one)) for one in crowd[:2]] == [2, 1]
