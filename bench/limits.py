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
    """One connection beside those of the store, in the same process; one statement a level, put together by hand.

    Levels begin at the keys of nodes, the fastest way that we know there (graph/backends/ladybug/render.py).
    """

    def __init__(self, database: ladybug.Database) -> None:
        self._connection = ladybug.Connection(database, num_threads=1)
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
        rows: list[list[Any]] = result.get_all()  # type: ignore[assignment]  # lists, unless rows_as_dict was called
        result.close()
        return rows

    def _q1(self, given: Mapping[str, Any]) -> Any:
        ((key, *project),) = self._all(
            "MATCH (p:Project) WHERE p.slug = $slug RETURN p.id, p.slug, p.title, p.summary, p.status, p.started",
            **given,
        )
        hub = self._all("MATCH (p:Project {id: $key})<-[:OWNS]-(h:Hub) RETURN h.slug, h.name", key=key)
        topics = self._all(
            "MATCH (p:Project {id: $key})-[:ADDRESSES]->(t:Topic) RETURN t.slug, t.name_de ORDER BY t.name_sort",
            key=key,
        )
        municipalities = self._all(
            "MATCH (p:Project {id: $key})-[:INVOLVES]->(m:Municipality) "
            "RETURN m.ars, m.name, m.state, m.population ORDER BY m.name_sort, m.ars LIMIT 5",
            key=key,
        )
        return [project, hub, topics, municipalities]

    def _q2(self, given: Mapping[str, Any]) -> Any:
        projects = self._all(
            "MATCH (h:Hub {slug: $hub})-[:OWNS]->(p:Project) RETURN p.id, p.slug, p.title, p.summary, p.status, "
            "p.started, p.updated_at, p.one_off_cost, h.name ORDER BY p.title_sort, p.id LIMIT 100",
            hub=given["hub"],
        )
        topics: dict[str, list[tuple[str, str]]] = {}
        for key, *topic in self._all(
            "UNWIND $keys AS k MATCH (p:Project {id: k}) OPTIONAL MATCH (p)-[:ADDRESSES]->(t:Topic) "
            "RETURN k, t.name_sort, t.name_de",
            keys=[row[0] for row in projects],
        ):
            topics.setdefault(key, []).append((topic[0], topic[1]))
        return [[*row, [name for _, name in sorted(topics[row[0]])]] for row in projects]

    def _q3(self, given: Mapping[str, Any]) -> Any:
        municipalities = self._all(
            "MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality) RETURN m.ars, m.name, m.population, h.name "
            "ORDER BY m.population DESC, m.ars LIMIT 20",
            **given,
        )
        adoptions: dict[str, list[list[Any]]] = {}
        for municipality, *adoption in self._all(
            "UNWIND $keys AS k MATCH (m:Municipality {ars: k}) OPTIONAL MATCH (m)-[:MADE]->(a:Adoption) "
            "WITH k, a.since AS since, a.id AS i, a.status AS status "
            f"ORDER BY since DESC, i LIMIT {2**63 - 1} WITH k, collect({{i: i, status: status, since: since}}) AS found "
            "UNWIND list_slice(found, 1, 5) AS x RETURN k, x.i, x.status, x.since",
            keys=[row[0] for row in municipalities],
        ):
            adoptions.setdefault(municipality, []).append(adoption)
        projects = {
            row[0]: row[1:]
            for row in self._all(
                "UNWIND $keys AS k MATCH (a:Adoption {id: k}) OPTIONAL MATCH (a)-[:OF]->(p:Project)<-[:OWNS]-(h:Hub) "
                "RETURN k, p.title, h.name",
                keys=[adoption[0] for of in adoptions.values() for adoption in of if adoption[0]],
            )
        }
        shown = {key: [[*adoption, *projects.get(adoption[0], ())] for adoption in of] for key, of in adoptions.items()}
        # The hub's name once, as in the other ways.
        return [municipalities[0][3], [[*row[:3], shown.get(row[0], [])] for row in municipalities]]

    def _q4(self, given: Mapping[str, Any]) -> Any:
        ((own,),) = self._all("MATCH (m:Municipality {ars: $ars}) RETURN offset(id(m))", **given)
        projects = {project for _, project in self._projects([own])}
        shared: dict[int, int] = {}
        for _, peer in self._municipalities(sorted(projects)):
            shared[peer] = shared.get(peer, 0) + 1
        peers = [peer for peer, count in shared.items() if count >= 2 and peer != own]
        names = {
            offset: (ars, name)
            for offset, ars, name in self._all(
                "MATCH (m:Municipality) WHERE offset(id(m)) IN $ids RETURN offset(id(m)), m.ars, m.name", ids=peers
            )
        }
        candidates = sorted(peers, key=lambda peer: (-shared[peer], names[peer][0]))[:200]
        theirs: dict[int, int] = {}
        for peer, _ in self._projects(candidates):
            theirs[peer] = theirs.get(peer, 0) + 1
        rows = [
            (*names[peer], shared[peer], shared[peer] / (len(projects) + theirs[peer] - shared[peer]))
            for peer in candidates
        ]
        return sorted(rows, key=lambda row: (-row[3], row[0]))[:10]

    def _projects(self, municipalities: list[int]) -> set[tuple[int, int]]:
        """(municipality, project) of what they adopted or are involved in."""
        return self._pairs(
            municipalities,
            "MATCH (m:Municipality)-[:MADE]->(:Adoption)-[:OF]->(p:Project) WHERE offset(id(m)) IN $ids "
            "RETURN offset(id(m)), offset(id(p))",
            "MATCH (m:Municipality)<-[:INVOLVES]-(p:Project) WHERE offset(id(m)) IN $ids "
            "RETURN offset(id(m)), offset(id(p))",
        )

    def _municipalities(self, projects: list[int]) -> set[tuple[int, int]]:
        """(project, municipality) of those that adopted them or are involved in them."""
        return self._pairs(
            projects,
            "MATCH (p:Project)<-[:OF]-(:Adoption)<-[:MADE]-(m:Municipality) WHERE offset(id(p)) IN $ids "
            "RETURN offset(id(p)), offset(id(m))",
            "MATCH (p:Project)-[:INVOLVES]->(m:Municipality) WHERE offset(id(p)) IN $ids "
            "RETURN offset(id(p)), offset(id(m))",
        )

    def _pairs(self, ids: list[int], *texts: str) -> set[tuple[int, int]]:
        return {(near, far) for text in texts for near, far in self._all(text, ids=ids)} if ids else set()

    def _q5(self, given: Mapping[str, Any]) -> Any:
        return self._all(
            "UNWIND $ids AS id MATCH (p:Project {id: id}) OPTIONAL MATCH (p)<-[:OWNS]-(h:Hub) RETURN p.id, p.title, h.name",
            **given,
        )
