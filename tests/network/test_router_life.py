"""Start, reload and end of the router, and the documents that its operator trusts: `deploy/router` over a subgraph of somebody else."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.foreign import Asked, Foreign, Reply
from tests.fixtures.node import installed
from tests.fixtures.process import START_S, Running
from tests.fixtures.routers import ROUTER, compose, hive
from tests.network.routed import Routed, codes

PARKING = 'query Parking { parking(name: "Markt") { free } }'


def manifest(*texts: str) -> str:
    operations = [
        {"id": hashlib.sha256(text.encode()).hexdigest(), "name": f"o{number}", "type": "query", "body": text}
        for number, text in enumerate(texts)
    ]
    return json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("life")
    (found / "trusted.json").write_text(manifest(PARKING), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def _router(folder: Path) -> Iterator[Routed]:
    with Foreign().serving() as foreign:
        supergraph = compose({"parking": foreign.url}, folder)
        with hive(supergraph, INTROSPECTION="open", CORS_ORIGINS="https://town.example") as router:
            yield Routed(router, foreign)


@pytest.fixture
def routed(_router: Routed) -> Routed:
    _router.foreign.forget()
    return _router


def until(is_so: Callable[[], bool]) -> None:
    """Waits for a state that the router reaches by itself."""
    give_up = time.monotonic() + START_S
    while not is_so():
        assert time.monotonic() < give_up
        threading.Event().wait(0.2)


def refused(**env: str) -> str:
    """What a router says that does not start."""
    run = subprocess.run(
        ["node", "node_modules/.bin/hive-gateway", "supergraph", "--config-path", "gateway.config.mjs", "-p", "0"],
        cwd=installed(ROUTER),
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert run.returncode != 0
    return run.stdout + run.stderr


def test_settings_that_cannot_be_meant_are_told_at_once() -> None:
    said = refused(MAX_DEPTH="deep", INTROSPECTION="maybe", CORS_ORIGINS="*", SUBGRAPH_TIMEOUT_MS="0")

    for name in ("MAX_DEPTH", "INTROSPECTION", "CORS_ORIGINS", "SUBGRAPH_TIMEOUT_MS"):
        assert f"{name}: expected" in said


OBEYED = """
type Query @extraSchemaDefinitionDirective(
  directives: { transport: [{ subgraph: "directory", kind: "http", location: "http://127.0.0.1:1/" }] }
) { a: Int }
enum join__Graph { DIRECTORY }
"""


@pytest.mark.parametrize("content", [None, "type Query { a: Int }", OBEYED])
def test_without_a_supergraph_it_does_not_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert str(file) in refused(SUPERGRAPH=str(file))


def test_a_manifest_that_is_wrong_does_not_start(folder: Path, routed: Routed) -> None:
    wrong = folder / "wrong.json"
    wrong.write_text(manifest(PARKING).replace("Markt", "Bahnhof"), encoding="utf-8")

    assert "is not the SHA-256 of its body" in refused(
        SUPERGRAPH=str(folder / "supergraph.graphql"), DOCUMENTS=str(wrong)
    )


def test_introspection_may_be_opened_and_stays_bounded(routed: Routed) -> None:
    types = routed.ask("{ __schema { types { name } } }")["data"]["__schema"]["types"]
    endless = "{ __schema " + "{ types { fields { type " * 7 + "{ name" + " } } }" * 7 + " } }"

    assert {"name": "ParkingArea"} in types
    assert not {"_Service", "_Any", "_Entity"} & {one["name"] for one in types}
    assert codes(routed.ask(endless)) == ["LIMIT_EXCEEDED"]


def test_a_name_that_nobody_has_is_told_of_those_who_are_trusted(routed: Routed, trusting: Routed) -> None:
    """A misspelt name would take the callers' tokens from a subgraph of ours, and all its answers with them."""
    warned, alone = ("".join(one.router.said()) for one in (routed, trusting))

    assert "TOKEN_SUBGRAPHS names subgraphs that are not in the supergraph" in warned
    assert all(name in warned for name in ("directory", "projects", "discovery"))
    assert "TOKEN_SUBGRAPHS" not in alone


def test_pages_of_others_may_ask_where_they_are_listed(routed: Routed) -> None:
    def allowed(origin: str) -> str | None:
        headers = {"origin": origin, "access-control-request-method": "POST"}
        answered = httpx.options(f"{routed.router.url}/graphql", headers=headers).headers
        return str(answered["access-control-allow-origin"]) if "access-control-allow-origin" in answered else None

    assert allowed("https://town.example") == "https://town.example"
    assert allowed("https://evil.example") != "https://evil.example"


def test_a_new_supergraph_is_in_force_without_a_restart(folder: Path, tmp_path: Path, routed: Routed) -> None:
    query = '{ __type(name: "ParkingArea") { fields { name } } }'

    def is_new() -> bool:
        # Asked again and again: the router looks at its file when somebody asks.
        return {"name": "closesAt"} in routed.ask(query)["data"]["__type"]["fields"]

    assert not is_new()
    routed.foreign.sdl += "extend type ParkingArea { closesAt: String }"
    # Put in its place in one step, as by whoever deploys: a file that is watched would be lost.
    shutil.move(compose({"parking": routed.foreign.url}, tmp_path), folder / "supergraph.graphql")
    until(is_new)
    assert "Supergraph in force" in "".join(routed.router.said())


DIRECTING = """
extend schema @link(url: "https://town.example/x/v1.0", import: ["@transport"])
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: %s)
extend schema %s(name: "@transport")
directive @transport(subgraph: String, kind: String, location: String) on OBJECT
extend type ParkingArea @transport(subgraph: "directory", kind: "http", location: "http://127.0.0.1:1/")
"""


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ('["@key", "@composeDirective"]', "@composeDirective"),
        ('["@key", {name: "@composeDirective", as: "@harmless"}]', "@harmless"),
    ],
)
def test_nobody_brings_directives_that_the_router_obeys(tmp_path: Path, imported: str, name: str) -> None:
    with Foreign().serving() as foreign:
        foreign.sdl = foreign.sdl.partition("\n")[2] + DIRECTING % (imported, name)

        with pytest.raises(AssertionError, match=r"composeDirective|@transport"):
            compose({"parking": foreign.url}, tmp_path)


READING = """
import { writeFileSync } from 'node:fs';
const [module, path] = process.argv.slice(1);
const { supergraphFrom } = await import(module);
const told = [];
const read = supergraphFrom(path);
const log = { info: (_, text) => told.push(text), error: (_, text) => told.push(text) };
const first = await read({ log });
for (const wrong of ['type Query {', 'type Query { a: Int }', '', '\\0', 'type Query {']) {
  writeFileSync(path, wrong);
  if ((await read({ log })) !== first) throw new Error(`took ${wrong}`);
}
writeFileSync(path, first);
await read({ log });
console.log(JSON.stringify(told));
"""


def test_a_supergraph_that_goes_wrong_changes_nothing(folder: Path, tmp_path: Path, routed: Routed) -> None:
    file = shutil.copy(folder / "supergraph.graphql", tmp_path / "supergraph.graphql")
    run = subprocess.run(
        ["node", "--input-type=module", "-e", READING, str(ROUTER / "supergraph.mjs"), str(file)],
        cwd=installed(ROUTER),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert set(json.loads(run.stdout)) == {"Supergraph in force", "The supergraph stays as it was"}


def test_what_is_under_way_ends_before_the_router_does(folder: Path) -> None:
    arrived, done = threading.Event(), threading.Event()

    def held(_: Asked, answer: dict[str, Any]) -> Reply:
        arrived.set()
        done.wait(START_S)
        return Reply(json.dumps(answer).encode())

    with Foreign().serving() as foreign, ThreadPoolExecutor(1) as pool:
        own = folder / "own"
        own.mkdir()
        with hive(compose({"parking": foreign.url}, own)) as router:
            foreign.manner = held
            asked = pool.submit(Routed(router, foreign).ask, PARKING)
            assert arrived.wait(START_S)
            router.process.send_signal(signal.SIGTERM)
            until(lambda: not takes_connections(router))
            done.set()

            assert asked.result(START_S) == {"data": {"parking": {"free": 7}}}
            assert router.process.wait(START_S) == 0


def takes_connections(router: Running) -> bool:
    try:
        httpx.get(f"{router.url}/healthcheck", timeout=START_S)
    except httpx.TransportError:
        return False
    return True


@pytest.fixture(scope="module")
def trusting(folder: Path) -> Iterator[Routed]:
    own = folder / "trusting"
    own.mkdir()
    with contextlib.ExitStack() as opened:
        foreign = opened.enter_context(Foreign().serving())
        supergraph = compose({"parking": foreign.url}, own)
        router = opened.enter_context(
            hive(
                supergraph,
                DOCUMENTS=str(folder / "trusted.json"),
                OPERATION_TIMEOUT_MS="5000",
                TOKEN_SUBGRAPHS="parking",
            )
        )
        yield Routed(router, foreign)


def test_where_documents_are_trusted_no_other_is_run(trusting: Routed) -> None:
    url = f"{trusting.router.url}/graphql"
    sha256 = hashlib.sha256(PARKING.encode()).hexdigest()
    answer = {"data": {"parking": {"free": 7}}}

    def post(**body: Any) -> dict[str, Any]:
        return dict(httpx.post(url, json=body, timeout=START_S).json())

    assert post(query=PARKING) == answer
    assert post(documentId=f"sha256:{sha256}") == answer
    assert post(extensions={"persistedQuery": {"version": 1, "sha256Hash": sha256}}) == answer
    assert codes(post(query="{ __typename }")) == ["QUERY_NOT_IN_SAFELIST"]
    assert codes(post(query=PARKING + " ")) == ["QUERY_NOT_IN_SAFELIST"]
    assert codes(post(documentId=f"sha256:{'a' * 64}")) == ["PERSISTED_QUERY_NOT_IN_LIST"]
    assert codes(post(query="{ __typename }", documentId=f"sha256:{sha256}")) == ["BAD_USER_INPUT"]
    odd: Any
    for odd in (5, {}, "", "__proto__", None):
        assert set(codes(post(documentId=odd))) <= {"PERSISTED_QUERY_NOT_IN_LIST", "BAD_USER_INPUT"}


def test_a_manifest_that_changes_is_noticed(folder: Path, trusting: Routed) -> None:
    (folder / "trusted.json").write_text(manifest(PARKING, "{ __typename }"), encoding="utf-8")

    until(lambda: trusting.ask("{ __typename }") == {"data": {"__typename": "Query"}})
    assert trusting.ask(PARKING) == {"data": {"parking": {"free": 7}}}


def test_an_operation_has_a_time_of_its_own(trusting: Routed) -> None:
    done = threading.Event()

    def held(_: Asked, answer: dict[str, Any]) -> Reply:
        done.wait(START_S)
        return Reply(json.dumps(answer).encode())

    trusting.foreign.manner = held
    try:
        answer = trusting.ask(PARKING)
    finally:
        done.set()
        trusting.foreign.forget()

    assert answer["data"] == {"parking": None}
    assert codes(answer) == ["UNAVAILABLE"]
