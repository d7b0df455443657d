"""A made-up network of any size, the same for the same seed: ten hubs, 10,775 municipalities, projects and adoptions."""

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graph.errors import OutcomeUnknownError
from graph.port import GraphStore, Transaction
from graph.values import sort_key

MUNICIPALITIES = 10_775
TOPICS = 100
HUBS = 10
SERVED = 1_000
"""Municipalities with a hub; they are the ones that adopt."""
ADOPTIONS_PER_PROJECT = 4
BATCH = 2_000
_NEIGHBOURS = 20
_WRITE_S = 300.0
_FORM = 2
"""Changes with what is generated, so that a kept database is not taken for what it no longer is."""
_STAMP = "2026-01-01T00:00:00.000000Z"
_STATES = ("Niedersachsen", "Sachsen", "Sachsen-Anhalt", "Schleswig-Holstein")
_WORDS = (
    "Parkleitsystem", "Bürgerbeteiligung", "Mängelmelder", "Energieverbrauch", "Starkregen", "Coworking", "E-Akte",
    "Mitfahrgelegenheit", "Dorfladen", "Glasfaser", "Sensorik", "Ladesäulen", "Kita", "Bücherei", "Feuerwehr",
)  # fmt: skip

Rows = Iterator[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Network:
    """How much of everything, and from which seed."""

    projects: int
    seed: int = 1

    @property
    def mark(self) -> str:
        """What a database that holds this network, and no other, is marked with."""
        return f"{self.projects}-{self.seed}-{_FORM}"

    def _random(self, what: str) -> random.Random:
        return random.Random(f"{self.seed}:{what}")

    def nodes(self) -> Iterator[tuple[str, Rows]]:
        """(label, rows) in the order in which they are to be written."""
        yield (
            "Hub",
            (
                {
                    **_named(f"Hub {i}"),
                    "slug": f"hub-{i}",
                    "town": f"Ort {i}",
                    "state": _STATES[i % 4],
                    "status": "OPEN",
                }
                for i in range(HUBS)
            ),
        )
        yield (
            "Topic",
            (
                {
                    **_stamped(),
                    "slug": f"topic-{i}",
                    "name_de": f"Thema {i:03}",
                    "name_en": f"Topic {i:03}",
                    "name_sort": f"thema {i:03}",
                }
                for i in range(TOPICS)
            ),
        )
        yield "Municipality", self._municipalities()
        yield "Project", self._projects()
        yield "Adoption", self._adoptions()

    def _municipalities(self) -> Rows:
        rng = self._random("municipality")
        for i in range(MUNICIPALITIES):
            yield {
                **_named(f"Gemeinde {i}"), "ars": f"{i:012}", "kind": "GEMEINDE", "state": _STATES[i % 4],
                "population": rng.randrange(500, 90_000), "lat": 51.5, "lon": 10.5,
            }  # fmt: skip

    def _projects(self) -> Rows:
        rng = self._random("project")
        for i in range(self.projects):
            title = f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {rng.randrange(10**6)}"
            yield {
                **_stamped(), "id": project_id(i), "slug": f"project-{i}", "title": title, "title_sort": sort_key(title),
                "summary": "Eine Zusammenfassung in zwei Sätzen, so lang wie die der Wirklichkeit. " * 2 + title,
                "stage": "PUBLISHED", "status": "RUNNING", "visibility": "PUBLIC", "readers": ["public"],
                "started": "2021", "one_off_cost": 5_000, "opened": ["one_off_cost"], "origin": "IMPORTED",
            }  # fmt: skip

    def _adoptions(self) -> Rows:
        rng = self._random("adoption")
        for i in range(self.projects * ADOPTIONS_PER_PROJECT):
            yield {
                **_stamped(), "id": f"adoption-{i}", "status": "IN_USE", "since": f"20{rng.randrange(10, 26)}",
                "visibility": "PUBLIC", "readers": ["public"],
            }  # fmt: skip

    def relationships(self) -> Iterator[tuple[str, str, str, Rows]]:
        """(relationship, start label, end label, rows)."""
        count = self.projects
        involved = self._random("involved")
        yield (
            "SERVES",
            "Hub",
            "Municipality",
            ({"start": f"hub-{i % HUBS}", "end": f"{i:012}", "since": "2022"} for i in range(SERVED)),
        )
        yield "OWNS", "Hub", "Project", ({"start": f"hub-{i % HUBS}", "end": project_id(i)} for i in range(count))
        yield (
            "ADDRESSES",
            "Project",
            "Topic",
            (
                {"start": project_id(i % count), "end": f"topic-{(i * 7 + i // count) % TOPICS}"}
                for i in range(3 * count)
            ),
        )
        yield (
            "INVOLVES",
            "Project",
            "Municipality",
            (
                {"start": project_id(i % count), "end": f"{involved.randrange(MUNICIPALITIES):012}", "role": None}
                for i in range(6 * count)
            ),
        )
        adoptions = count * ADOPTIONS_PER_PROJECT
        made = self._random("made")
        yield (
            "MADE",
            "Municipality",
            "Adoption",
            ({"start": _adopter(made, (i * 3) % count), "end": f"adoption-{i}"} for i in range(adoptions)),
        )
        yield (
            "OF",
            "Adoption",
            "Project",
            ({"start": f"adoption-{i}", "end": project_id((i * 3) % count)} for i in range(adoptions)),
        )


def _adopter(rng: random.Random, project: int) -> str:
    """Three in four adopt what neighbours adopted, as in life; without them nobody would be like anybody."""
    neighbours = project % (SERVED // _NEIGHBOURS) * _NEIGHBOURS
    number = rng.randrange(SERVED) if rng.random() < 0.25 else neighbours + rng.randrange(_NEIGHBOURS)
    return f"{number:012}"


def project_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def _stamped() -> dict[str, Any]:
    return {"created_at": _STAMP, "updated_at": _STAMP, "version": 1}


def _named(name: str) -> dict[str, Any]:
    return {**_stamped(), "name": name, "name_sort": sort_key(name)}


def _batches(rows: Rows) -> Iterator[list[Mapping[str, Any]]]:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def write(store: GraphStore, network: Network) -> None:
    """Writes the network past the unit of work: measurements need volume, not an audit trail."""
    await store.apply_schema()
    for label, rows in network.nodes():
        for batch in _batches(rows):
            await _commit(store, partial(_put, label, batch))
    for relationship, start, end, rows in network.relationships():
        for batch in _batches(rows):
            await _commit(store, partial(_connect, relationship, start, end, batch))


async def _commit(store: GraphStore, work: Callable[[Transaction], Awaitable[None]]) -> None:
    try:
        await store.transact(work, timeout_s=_WRITE_S)
    except OutcomeUnknownError:
        # A server that is busy flushing; the same rows once more change nothing.
        await store.transact(work, timeout_s=_WRITE_S)


async def _put(label: str, batch: list[Mapping[str, Any]], transaction: Transaction) -> None:
    await transaction.put(label, batch)


async def _connect(
    relationship: str, start: str, end: str, batch: list[Mapping[str, Any]], transaction: Transaction
) -> None:
    await transaction.connect(relationship, start, end, batch)
