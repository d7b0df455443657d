"""Trusted documents, from outside: by their hash, instead of any text, and what is told to whoever sends another."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.limits import Limits
from network.operations import manifest
from network.operations.manifest import ManifestError, TrustedDocument, hash_of
from network.operations.trusted import CHECK_S, Admission, TrustedDocuments
from tests.network.plain import client, make_app

TEXT = "query Hello($n: String) {\n  hello(name: $n)\n}\n"
ID = hashlib.sha256(TEXT.encode()).hexdigest()
CHANGING = "mutation Count { count }"
UNKNOWN = "0" * 64


def document(text: str, name: str = "Hello", kind: str = "query") -> TrustedDocument:
    return TrustedDocument(hash_of(text), name, kind, text)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    manifest.write(path, [document(TEXT), document(CHANGING, "Count", "mutation")])
    return path


def app(file: Path | None, *, is_only: bool = True, **given: Any) -> Any:
    admission = Admission(TrustedDocuments(file), is_only)
    return make_app(admission=admission, **given)


async def post(service: Any, body: dict[str, Any], token: str | None = None, accept: str = "") -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    headers |= {"accept": accept} if accept else {}
    async with client(service) as http:
        return await http.post("/graphql", json=body, headers=headers)


def code(response: httpx.Response) -> str:
    assert "data" not in response.json()
    (error,) = response.json()["errors"]
    return str(error["extensions"]["code"])


def apollo(identifier: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": identifier}}}


@pytest.mark.parametrize("body", [{"documentId": f"sha256:{ID}"}, {"documentId": ID}, apollo(ID)])
@pytest.mark.parametrize("is_only", [True, False])
async def test_a_document_runs_by_its_hash(file: Path, body: dict[str, Any], is_only: bool) -> None:
    response = await post(app(file, is_only=is_only), {**body, "variables": {"n": "Ähre"}, "operationName": "Hello"})
    assert response.json() == {"data": {"hello": "Hallo Ähre"}}


async def test_a_document_runs_by_its_hash_over_get(file: Path) -> None:
    async with client(app(file)) as http:
        one = await http.get("/graphql", params={"documentId": f"sha256:{ID}"})
        other = await http.get("/graphql", params={"extensions": json.dumps(apollo(ID)["extensions"])})
        changing = await http.get("/graphql", params={"documentId": hash_of(CHANGING)})
    assert one.json() == other.json() == {"data": {"hello": "Hallo Zeitz"}}
    assert (changing.status_code, changing.headers["allow"]) == (405, "POST")


async def test_the_text_of_a_trusted_document_is_trusted(file: Path) -> None:
    assert (await post(app(file), {"query": TEXT})).json() == {"data": {"hello": "Hallo Zeitz"}}
    assert (await post(app(file), {"query": TEXT, **apollo(ID)})).json() == {"data": {"hello": "Hallo Zeitz"}}


@pytest.mark.parametrize("text", ["{ hello }", TEXT.rstrip("\n"), TEXT + " ", "{ not graphql", "{ secret }"])
@pytest.mark.parametrize("token", [None, "zeitz-lead", "reviewer+zeitz", "hub_member+zeitz", "organisation+dataport"])
async def test_any_other_text_is_refused_and_not_even_read(file: Path, text: str, token: str | None) -> None:
    response = await post(app(file), {"query": text}, token)
    assert (response.status_code, code(response)) == (200, "QUERY_NOT_IN_SAFELIST")
    assert "published" in response.json()["errors"][0]["message"]


async def test_a_refusal_is_400_to_those_who_know_the_newer_form(file: Path) -> None:
    for body in ({"query": "{ hello }"}, {"documentId": UNKNOWN}):
        response = await post(app(file), body, accept="application/graphql-response+json")
        assert response.status_code == 400


@pytest.mark.parametrize("token", ["hub_lead+zeitz", "network_admin"])
async def test_who_may_try_things_out_sends_any_text(file: Path, token: str) -> None:
    response = await post(app(file), {"query": "{ who }"}, token)
    assert response.json() == {"data": {"who": "Principal"}}


async def test_a_router_sends_any_text() -> None:
    admission = Admission(TrustedDocuments(), is_only=True, is_router=lambda _: True)
    assert (await post(make_app(admission=admission), {"query": "{ hello }"})).json()["data"]
    admission = Admission(TrustedDocuments(), is_only=True, is_router=lambda _: False)
    assert code(await post(make_app(admission=admission), {"query": "{ hello }"})) == "QUERY_NOT_IN_SAFELIST"


@pytest.mark.parametrize("identifier", [UNKNOWN, "md5:abc", "x-own:1", ID.upper(), "sha256:", f"sha256:sha256:{ID}"])
@pytest.mark.parametrize("token", [None, "network_admin"])
async def test_an_unknown_hash_is_an_error_and_learns_nothing(file: Path, identifier: str, token: str | None) -> None:
    service = app(file)
    assert code(await post(service, {"documentId": identifier}, token)) == "PERSISTED_QUERY_NOT_IN_LIST"
    # What automatic persisted queries would do next registers nothing either.
    await post(service, {"query": "{ hello }", **apollo(hash_of("{ hello }"))}, token)
    assert code(await post(service, apollo(hash_of("{ hello }")), token)) == "PERSISTED_QUERY_NOT_IN_LIST"


async def test_without_a_manifest_clients_hear_that_there_are_no_hashes() -> None:
    response = await post(app(None, is_only=False), apollo(ID))
    assert code(response) == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert response.json()["errors"][0]["message"] == "PersistedQueryNotSupported"


HOSTILE: list[dict[str, Any]] = [
    {"documentId": 5},
    {"documentId": ""},
    {"documentId": [ID]},
    {"documentId": None},
    {"extensions": {"persistedQuery": ID}},
    {"extensions": {"persistedQuery": {"sha256Hash": ID}}},
    {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": ID}}},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": None}}},
    {"documentId": UNKNOWN, **apollo(ID)},
    {"query": "{ hello }", "documentId": ID},
    {"query": "{ hello }", **apollo(ID)},
    {"query": "", "documentId": ID},
    {"query": 5, "documentId": ID},
]


@pytest.mark.parametrize("body", HOSTILE)
async def test_what_cannot_be_meant_is_400(file: Path, body: dict[str, Any]) -> None:
    response = await post(app(file), body, "network_admin")
    assert (response.status_code, code(response)) == (400, "BAD_USER_INPUT")


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([ID, f"sha256:{ID}", UNKNOWN, "", TEXT, "{ who }"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["persistedQuery", "version", "sha256Hash", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(body=st.dictionaries(st.sampled_from(["query", "documentId", "extensions", "operationName"]), anything))
async def test_whatever_is_sent_only_trusted_documents_run(file: Path, body: dict[str, Any]) -> None:
    answer = (await post(app(file), body)).json()
    assert answer.get("data", {"hello": "Hallo Zeitz"}) == {"hello": "Hallo Zeitz"}
    assert all(error["extensions"]["code"] != "INTERNAL" for error in answer.get("errors", ()))


WIDE = "query Wide($n: Int) { projects(first: $n) { edges { node { topics { name } } } } }"
DEEP = "{ tree { child { child { child { name } } } } }"


@pytest.mark.parametrize("body", [{"documentId": hash_of(DEEP)}, {"query": DEEP}])
async def test_what_operators_published_may_cost_what_it_costs(file: Path, body: dict[str, Any]) -> None:
    manifest.write(file, [document(DEEP, "Deep")])
    service = app(file, limits=Limits(max_cost=2))
    assert (await post(service, body)).json() == {"data": {"tree": {"child": None}}}
    assert code(await post(service, {"query": DEEP + " "}, "network_admin")) == "LIMIT_EXCEEDED"


async def test_pages_of_trusted_documents_have_their_bound(file: Path) -> None:
    manifest.write(file, [document(WIDE, "Wide")])
    answer = await post(app(file), {"documentId": hash_of(WIDE), "variables": {"n": 101}})
    assert code(answer) == "LIMIT_EXCEEDED"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_change_of_the_manifest_is_noticed(file: Path) -> None:
    clock = Clock()
    documents = TrustedDocuments(file, clock=clock)
    assert await documents.get(ID) == TEXT
    manifest.write(file, [document(CHANGING, "Count", "mutation")])
    assert await documents.get(ID) == TEXT

    clock.now += CHECK_S
    await documents.get(ID)
    await documents.settled()
    assert await documents.get(ID) is None
    assert await documents.get(hash_of(CHANGING)) == CHANGING


def spoil(file: Path, content: str | None) -> None:
    """Puts something else into the file; with None it is gone."""
    if content is None:
        file.unlink()
    else:
        file.write_text(content, "utf-8")


@pytest.mark.parametrize("content", ["", "[]", "{}", None])
async def test_a_manifest_that_goes_wrong_changes_nothing(file: Path, content: str | None) -> None:
    clock = Clock()
    documents = TrustedDocuments(file, clock=clock)
    assert await documents.get(ID) == TEXT
    spoil(file, content)

    clock.now += CHECK_S
    await documents.get(ID)
    await documents.settled()
    assert await documents.get(ID) == TEXT
    assert documents.problem is not None

    manifest.write(file, [document(CHANGING, "Count", "mutation")])
    documents.check()
    assert await documents.get(ID) is None
    assert documents.problem is None


async def test_of_a_manifest_that_is_wrong_from_the_start_nothing_is_trusted(file: Path) -> None:
    spoil(file, "{")
    service = app(file)
    assert code(await post(service, {"documentId": ID})) == "PERSISTED_QUERY_NOT_IN_LIST"
    assert code(await post(service, {"query": TEXT})) == "QUERY_NOT_IN_SAFELIST"


def entry(**changed: Any) -> dict[str, Any]:
    return {"id": ID, "name": "Hello", "type": "query", "body": TEXT} | changed


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        ({}, "a list of operations"),
        ([5], "operation 1: expected id, name, type and body"),
        ([entry(), entry(name=None)], "operation 2: expected id, name, type and body"),
        ([entry(type="subscription")], "query or mutation"),
        ([entry(body="{ who }")], "not the SHA-256 of the body"),
        ([entry(id=ID.upper())], "not the SHA-256 of the body"),
        ([entry(body="\ud800")], "no Unicode text"),
    ],
)
def test_a_manifest_says_what_is_wrong_with_it(tmp_path: Path, operations: Any, said: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"format": manifest.FORMAT, "version": 1, "operations": operations}), "utf-8")
    with pytest.raises(ManifestError, match=said):
        manifest.read(path)


@given(st.dictionaries(st.text(max_size=8), st.text(min_size=1, max_size=40), max_size=5))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]) -> None:
    documents = {hash_of(text): document(text, name) for name, text in texts.items()}
    path = tmp_path_factory.mktemp("manifests") / "manifest.json"
    manifest.write(path, documents.values())
    assert manifest.read(path) == documents
    assert [left.name for left in path.parent.iterdir()] == ["manifest.json"]
