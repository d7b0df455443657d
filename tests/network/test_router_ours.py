"""What subgraphs of others may do to ours: composition and the router refuse those that are told more than keys, or answer for us."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from network.subgraphs import schemas
from tests.fixtures.node import installed
from tests.fixtures.process import START_S
from tests.fixtures.routers import ROUTER, hive

ALL: Final = "key external requires provides override shareable interfaceObject inaccessible authenticated"
LINK: Final = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [%s])\n'
IMPORTED: Final = LINK % ", ".join(f'"@{name}"' for name in ALL.split())
ALIASED: Final = LINK % '"@key", "@external", {name: "@requires", as: "@needs"}, {name: "@override", as: "@calm"}'
BARE: Final = LINK % '"@key"'
OWN: Final = '@key(fields: "ars") { ars: String! yours: Int }'

REFUSED: Final = {
    "requires": (
        "FOREIGN_DIRECTIVE",
        IMPORTED
        + 'type Project @key(fields: "id") { id: ID! whatFailed: String @external rating: Int @requires(fields: "whatFailed") }',
    ),
    "requires under another name": (
        "FOREIGN_DIRECTIVE",
        ALIASED
        + 'type Project @key(fields: "id") { id: ID! whatFailed: String @external rating: Int @needs(fields: "whatFailed") }',
    ),
    "requires by its whole name": (
        "FOREIGN_DIRECTIVE",
        BARE
        + 'type Project @key(fields: "id") { id: ID! whatFailed: String @federation__external'
        + ' rating: Int @federation__requires(fields: "whatFailed") }',
    ),
    "requires of a person's address": (
        "FOREIGN_DIRECTIVE",
        IMPORTED
        + 'type Expert @key(fields: "id") { id: ID! email: String @external rating: Int @requires(fields: "email") }',
    ),
    "key of a private field": (
        "FOREIGN_KEY",
        IMPORTED + 'type Project @key(fields: "id whatFailed") { id: ID! whatFailed: String @external rating: Int }',
    ),
    "key of a shared field": (
        "FOREIGN_KEY",
        IMPORTED + 'type Municipality @key(fields: "ars, name") { ars: String! name: String! @external rating: Int }',
    ),
    "two keys": (
        "FOREIGN_KEY",
        IMPORTED + 'type Municipality @key(fields: "ars") @key(fields: "ags") { ars: String! ags: String yours: Int }',
    ),
    "override": (
        "FOREIGN_DIRECTIVE",
        IMPORTED + 'type Hub @key(fields: "id") { id: ID! website: String @override(from: "directory") }',
    ),
    "override under another name": (
        "FOREIGN_DIRECTIVE",
        ALIASED + 'type Hub @key(fields: "id") { id: ID! website: String @calm(from: "directory") }',
    ),
    "override by its whole name": (
        "FOREIGN_DIRECTIVE",
        BARE + 'type Hub @key(fields: "id") { id: ID! website: String @federation__override(from: "directory") }',
    ),
    "override of a root field": (
        "FOREIGN_DIRECTIVE",
        IMPORTED
        + 'type Query { topic(slug: String!): Topic @override(from: "directory") } type Topic @key(fields: "id") { id: ID! }',
    ),
    "shareable": (
        "FOREIGN_FIELD",
        IMPORTED + 'type Municipality @key(fields: "ars") { ars: String! name: String! @shareable }',
    ),
    "shareable, the whole type": (
        "FOREIGN_FIELD",
        IMPORTED + 'type Municipality @key(fields: "ars") @shareable { ars: String! name: String! }',
    ),
    "without Federation 2": ("FOREIGN_FIELD", 'type Municipality @key(fields: "ars") { ars: String! name: String! }'),
    "provides": (
        "FOREIGN_DIRECTIVE",
        IMPORTED
        + 'type Query { town: Municipality @provides(fields: "name") }'
        + ' type Municipality @key(fields: "ars") { ars: String! name: String! @external }',
    ),
    "an enum of ours": (
        "FOREIGN_TYPE",
        IMPORTED + f"type Municipality {OWN} extend type Municipality {{ s: Origin }} enum Origin {{ BUILT }}",
    ),
    "an input of ours": (
        "FOREIGN_TYPE",
        IMPORTED + "type Query { mine(filter: ProjectFilter): Int } input ProjectFilter { house: ID }",
    ),
    "an object for an interface of ours": (
        "FOREIGN_DIRECTIVE",
        IMPORTED + 'type Node @key(fields: "id") @interfaceObject { id: ID! yours: Int }',
    ),
    "hidden key": (
        "FOREIGN_DIRECTIVE",
        IMPORTED + 'type Municipality @key(fields: "ars") { ars: String! @inaccessible yours: Int }',
    ),
    "closed type": ("FOREIGN_DIRECTIVE", IMPORTED + f"type Municipality @authenticated {OWN}"),
}
TAKEN: Final = {
    "a field of their own": IMPORTED + f"type Municipality {OWN}",
    "a key that is external": IMPORTED + 'type Municipality @key(fields: "ars") { ars: String! @external yours: Int }',
    "extending as in Federation 1": IMPORTED
    + 'extend type Municipality @key(fields: "ags") { ags: String @external yours: Int }',
    "a link": IMPORTED
    + 'type Query { area: Area } type Area { project: Project } type Project @key(fields: "slug", resolvable: false) { slug: String! }',
    "types of their own, shared and hidden": IMPORTED
    + 'type Query { area: Area @shareable } type Area @key(fields: "a b") { a: ID! b: Int @shareable c: Int @inaccessible }',
    "scalars of ours": IMPORTED + "type Query { opened: DateTime } scalar DateTime",
    "a mutation": IMPORTED + "type Query { a: Int } type Mutation { reserve: Int }",
}
READING: Final = """
import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
const { checked } = await import(process.argv[1]);
const { ours, attempts } = JSON.parse(readFileSync(0, 'utf-8'));
const services = (given) => Object.entries(given).map(([name, sdl]) => ({ name, url: `http://127.0.0.1/${name}`, typeDefs: parse(sdl) }));
const told = {};
for (const [name, sdl] of Object.entries(attempts)) {
  const { supergraphSdl, errors } = composeServices([...services(ours), ...services({ yours: sdl })]);
  told[name] = { composer: (errors ?? []).map(({ message }) => message), said: '', supergraph: supergraphSdl ?? '' };
  try { if (supergraphSdl) checked(supergraphSdl); } catch (error) { told[name].said = error.message; }
}
console.log(JSON.stringify(told));
"""


def ours() -> dict[str, str]:
    return {name: schema.as_str() for name, schema in schemas().items()}


@pytest.fixture(scope="module")
def read() -> Mapping[str, Mapping[str, Any]]:
    """What the composer says of each beside ours, and what is said of the supergraph that it makes."""
    attempts = {name: sdl for name, (_, sdl) in REFUSED.items()} | TAKEN
    run = subprocess.run(
        ["node", "--input-type=module", "-e", READING, str(ROUTER / "supergraph.mjs")],
        cwd=installed(ROUTER),
        input=json.dumps({"ours": ours(), "attempts": attempts}),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


@pytest.mark.parametrize("name", REFUSED)
def test_a_supergraph_in_which_others_take_what_is_ours_is_refused(
    read: Mapping[str, Mapping[str, Any]], name: str
) -> None:
    code, _ = REFUSED[name]

    # The composer itself has nothing against it, which is why somebody else has to look.
    assert not read[name]["composer"]
    said = [line.partition(": ")[0] for line in read[name]["said"].splitlines()]
    assert code in said
    assert all(one.startswith("FOREIGN_") for one in said)


@pytest.mark.parametrize("name", TAKEN)
def test_adding_to_ours_and_linking_to_it_is_taken(read: Mapping[str, Mapping[str, Any]], name: str) -> None:
    assert (read[name]["composer"], read[name]["said"]) == ([], "")


def composed(folder: Path, yours: str, name: str = "yours") -> subprocess.CompletedProcess[str]:
    listed = {}
    for one, sdl in (ours() | {name: yours}).items():
        (folder / f"{one}.graphql").write_text(sdl, encoding="utf-8")
        listed[one] = {"url": f"http://127.0.0.1/{one}", "schema": f"{one}.graphql"}
    (folder / "subgraphs.json").write_text(json.dumps(listed), encoding="utf-8")
    return subprocess.run(
        ["node", "compose.mjs", str(folder / "subgraphs.json")],
        cwd=installed(ROUTER),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


# No subgraph says of itself that it is ours, whatever its name comes near to.
@pytest.mark.parametrize("name", ["yours", "Directory", "directory2", "DIRECTORY"])
def test_composing_says_who_takes_what_and_writes_nothing(tmp_path: Path, name: str) -> None:
    run = composed(tmp_path, REFUSED["override"][1], name)

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"FOREIGN_DIRECTIVE: {name}: @override on Hub.website")


def test_a_router_does_not_start_on_what_another_composer_lets_pass(
    tmp_path: Path, read: Mapping[str, Mapping[str, Any]]
) -> None:
    file = tmp_path / "supergraph.graphql"
    file.write_text(read["override"]["supergraph"], encoding="utf-8")

    with pytest.raises(AssertionError, match="FOREIGN_DIRECTIVE"), hive(file):
        pass
