"""Apollo's compatibility tests of subgraphs (npm `@apollo/federation-subgraph-compatibility-tests`) on our own engine."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from graphql import parse, strip_ignored_characters

from tests.federation import products
from tests.fixtures.node import installed
from tests.fixtures.process import ROOT, START_S, free_port
from tests.network.plain import client

SUITE = Path(__file__).parents[1] / "federation" / "compatibility"


@pytest.fixture
def url() -> Iterator[str]:
    """The products subgraph as a process of its own, as the tests' router meets it."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.federation.products", str(port)], cwd=ROOT)
    try:
        for _ in range(START_S * 10):
            assert process.poll() is None
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=START_S)
                break
            except httpx.TransportError:
                # Waits on the process, not on the clock: an early end is seen at once.
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(START_S)


def test_every_published_test_passes(url: str, record_property: Callable[[str, object], None]) -> None:
    run = subprocess.run(
        ["node", "run.mjs", url], cwd=installed(SUITE), capture_output=True, text=True, timeout=180, check=False
    )

    found = re.search(r"(\d+) of (\d+) tests passed", run.stdout)
    assert found is not None, run.stderr
    record_property("passed", int(found[1]))
    record_property("cases", int(found[2]))
    if run.returncode:
        pytest.fail(run.stdout + run.stderr)
    passed = re.findall(r"^passed +(\S+(?: (?:single|multiple|composite|@key))?)", run.stdout, re.MULTILINE)
    assert found[0] == "23 of 23 tests passed"
    assert set(passed) == {
        *(
            "introspection",
            "@key single",
            "@key multiple",
            "@key composite",
            "repeatable @key",
            "@requires",
            "@provides",
        ),
        *("ftv1", "@link", "@shareable", "@tag", "@override", "@inaccessible", "@composeDirective", "@interfaceObject"),
    }
    # Both are of the tests' own schemas: a field that only products has, a field that it takes over.
    hints = set(re.findall(r"^hint (\w+)", run.stdout, re.MULTILINE))
    assert hints == {"INCONSISTENT_OBJECT_VALUE_TYPE_FIELD", "OVERRIDDEN_FIELD_CAN_BE_REMOVED"}


async def test_what_only_the_newer_tests_look_at() -> None:
    """Edition 2.2.2 of the tests, in their repository and not in the registry: `provides.test.ts` and `requires.test.ts`."""
    sdl = strip_ignored_characters(products.schema().as_str())
    assert 'createdBy:User@provides(fields:"totalProductsCreated")' in sdl
    assert 'averageProductsCreatedPerYear:Int@requires(fields:"totalProductsCreated yearsOfEmployment")' in sdl

    async with client(products.app()) as http:
        query = '{ product(id: "apollo-federation") { createdBy { email totalProductsCreated } } }'
        answer = (await http.post("/", json={"query": query})).json()
    user = answer["data"]["product"]["createdBy"]
    assert user["email"] == "support@apollographql.com"
    # Those of the users subgraph, of today and of before: the number has to be known here.
    assert user["totalProductsCreated"] not in (None, 4, 10)


def test_the_fixture_has_the_schema_of_the_tests() -> None:
    """As their `products.graphql`, but for descriptions and the machinery that a subgraph has beside."""
    theirs = installed(SUITE) / "node_modules/@apollo/federation-subgraph-compatibility-tests/products.graphql"

    def facts(sdl: str) -> set[str]:
        found = set()
        for definition in parse(sdl).definitions:
            name = getattr(getattr(definition, "name", None), "value", None)
            for field in getattr(definition, "fields", None) or ():
                directives = sorted(
                    (one.name.value, *(str(argument.value.value) for argument in one.arguments or ()))
                    for one in field.directives or ()
                )
                kind = strip_ignored_characters(field.loc.source.body[field.type.loc.start : field.type.loc.end])
                found.add(f"{name}.{field.name.value}: {kind} {directives}")
            if fields_of_type(definition):
                keys = sorted(
                    (one.name.value, *(str(argument.value.value) for argument in one.arguments or ()))
                    for one in getattr(definition, "directives", None) or ()
                )
                found.add(f"{name} {keys}")
        return found

    def fields_of_type(definition: object) -> bool:
        return bool(getattr(definition, "fields", None))

    ours = {fact for fact in facts(products.schema().as_str()) if not re.match(r"_|Query\._", fact)}
    assert facts(theirs.read_text()) == ours
