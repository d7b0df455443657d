"""The bare limit: the best hand-written statements for the same data, straight through the driver."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import ladybug
import neo4j

_FOLDER = Path(__file__).with_name("limits")


class Limit(Protocol):
    """One database, asked without Hubnetz."""

    def variants(self, name: str) -> list[str]:
        """The ways in which `name` is written; the fastest counts as the limit."""
        ...

    async def ask(self, name: str, variant: str, parameters: Mapping[str, Any]) -> Any: ...


class Neo4jLimit:
    def __init__(self, url: str) -> None:
        self._driver = neo4j.AsyncGraphDatabase.driver(
            url, auth=None, telemetry_disabled=True, notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF
        )
        self._texts = {path.stem: path.read_text() for path in sorted(_FOLDER.glob("*.cypher"))}

    def variants(self, name: str) -> list[str]:
        return [stem.split(".")[1] for stem in self._texts if stem.startswith(f"{name.lower()}.")]

    async def ask(self, name: str, variant: str, parameters: Mapping[str, Any]) -> Any:
        text = self._texts[f"{name.lower()}.{variant}"]
        async with self._driver.session(database="neo4j", default_access_mode="READ", fetch_size=-1) as session:
            result = await session.run(text, dict(parameters))
            record = await result.single(strict=True)
            return record[0]


class LadybugLimit:
    """One connection beside those of the store, in the same process; one statement a level, assembled by hand."""

    def __init__(self, database: ladybug.Database) -> None:
        self._connection = ladybug.Connection(database)
        self._queries: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "Q1": self._q1, "Q2": self._q2, "Q3": self._q3, "Q4": self._q4, "Q5": self._q5,
        }  # fmt: skip

    def variants(self, name: str) -> list[str]:
        return ["levels"] if name in self._queries else []

    async def ask(self, name: str, variant: str, parameters: Mapping[str, Any]) -> Any:
        return await asyncio.to_thread(self._queries[name], parameters)

    def _all(self, text: str, **parameters: Any) -> list[list[Any]]:
        result = self._connection.execute(text, parameters)
        assert isinstance(result, ladybug.QueryResult)
        rows: list[list[Any]] = result.get_all()
        result.close()
        return rows

    def _q1(self, given: Mapping[str, Any]) -> Any:
        (project,) = self._all(
            "MATCH (p:Project {slug: $slug}) RETURN p.id, p.slug, p.title, p.summary, p.status, p.started", **given
        )
        key = project[0]
        hub = self._all("MATCH (p:Project {id: $id})<-[:OWNS]-(h:Hub) RETURN h.slug, h.name", id=key)
        topics = self._all(
            "MATCH (p:Project {id: $id})-[:ADDRESSES]->(t:Topic) RETURN t.slug, t.name_de ORDER BY t.name_sort", id=key
        )
        municipalities = self._all(
            "MATCH (p:Project {id: $id})-[:INVOLVES]->(m:Municipality) "
            "RETURN m.ars, m.name, m.state, m.population ORDER BY m.name_sort, m.ars LIMIT 5",
            id=key,
        )
        return [project, hub, topics, municipalities]

    def _q2(self, given: Mapping[str, Any]) -> Any:
        projects = self._all(
            "MATCH (h:Hub {slug: $hub})-[:OWNS]->(p:Project) RETURN p.id, p.slug, p.title, p.summary, p.status, "
            "p.started, p.updated_at, p.one_off_cost, h.name ORDER BY p.title_sort, p.id LIMIT $limit",
            **given,
        )
        topics: dict[str, list[str]] = {}
        for key, name in self._all(
            "UNWIND $ids AS id MATCH (p:Project {id: id})-[:ADDRESSES]->(t:Topic) RETURN p.id, t.name_de ORDER BY t.name_sort",
            ids=[row[0] for row in projects],
        ):
            topics.setdefault(key, []).append(name)
        return [[*row, topics.get(row[0], [])] for row in projects]

    def _q3(self, given: Mapping[str, Any]) -> Any:
        municipalities = self._all(
            "MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality) "
            "RETURN h.name, m.ars, m.name, m.population ORDER BY m.population DESC, m.ars LIMIT 20",
            **given,
        )
        adoptions: dict[str, list[Any]] = {}
        for row in self._all(
            "UNWIND $keys AS k MATCH (m:Municipality {ars: k})-[:MADE]->(a:Adoption) "
            "RETURN m.ars, a.id, a.status, a.since ORDER BY a.since DESC, a.id",
            keys=[row[1] for row in municipalities],
        ):
            of = adoptions.setdefault(row[0], [])
            if len(of) < 5:
                of.append(row[1:])
        shown = [row[0] for of in adoptions.values() for row in of]
        projects = self._all(
            "UNWIND $ids AS id MATCH (a:Adoption {id: id})-[:OF]->(p:Project) "
            "OPTIONAL MATCH (p)<-[:OWNS]-(h:Hub) RETURN a.id, p.title, h.name",
            ids=shown,
        )
        by_adoption = {row[0]: row[1:] for row in projects}
        return [
            [*row, [[*adoption, by_adoption[adoption[0]]] for adoption in adoptions.get(row[1], [])]]
            for row in municipalities
        ]

    def _q4(self, given: Mapping[str, Any]) -> Any:
        return self._all(
            "MATCH (m:Municipality {ars: $ars})-[:MADE]->(:Adoption)-[:OF]->(p:Project) WITH m, collect(DISTINCT p.id) AS ids "
            "UNWIND ids AS id MATCH (:Project {id: id})<-[:OF]-(:Adoption)<-[:MADE]-(o:Municipality) "
            "WITH o, size(ids) AS own, count(*) AS shared WHERE shared >= 2 AND o.ars <> $ars "
            "WITH o, own, shared, COUNT { MATCH (o)-[:MADE]->(:Adoption) } AS theirs "
            "RETURN o.ars, o.name, shared, shared * 1.0 / (own + theirs - shared) AS similarity "
            "ORDER BY similarity DESC, o.ars LIMIT 10",
            **given,
        )

    def _q5(self, given: Mapping[str, Any]) -> Any:
        return self._all(
            "UNWIND $ids AS id MATCH (p:Project {id: id}) OPTIONAL MATCH (p)<-[:OWNS]-(h:Hub) RETURN p.id, p.title, h.name",
            **given,
        )
