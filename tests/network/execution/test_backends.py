"""The same operations on a real database and on the literal store: one answer."""

import random
from pathlib import Path

from graph.backends.ladybug.store import LadybugGraphStore
from network.context import Context
from network.execution import execute
from tests.fixtures.builders import plant
from tests.network.execution import sample
from tests.network.execution.asking import MEMBER, SCHEMA
from tests.network.execution.twist import deep, twisted


async def test_ladybug_answers_as_the_literal_store(tmp_path: Path) -> None:
    store, literal = await LadybugGraphStore.open(tmp_path / "graph"), sample.store()
    try:
        await store.apply_schema()
        await plant(store, *sample.things())
        for seed in range(25):
            dice = random.Random(seed)
            document, variables = twisted(deep(SCHEMA, dice), dice, sample.TEXTS)
            answers = [
                await execute(SCHEMA, document, context=Context(store=asked, caller=MEMBER), variables=variables)
                for asked in (store, literal)
            ]
            assert answers[0].data == answers[1].data
            # Below a nulled root it depends on timing which of its errors are told.
            if answers[0].data is not None:
                told = [sorted(str(error.formatted) for error in answer.errors or []) for answer in answers]
                assert told[0] == told[1]
    finally:
        await store.close()
