"""Access tokens over HTTP, through the whole application: who is let in, as whom, and what is told to who is not."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from auth.issuers import Issuer
from auth.tokens import AccessTokens
from graph.backends.ladybug.store import LadybugGraphStore
from network.app import create_app, open_ports
from network.configuration.settings import load
from network.edge import logs
from network.ports import Ports
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.issuer import AUDIENCE, DISCOVERY, JWKS, Fault, SigningIssuer, public, rsa
from tests.fixtures.token_attacks import ATTACKS
from tests.network.plain import client

NETZ = '{ project(id: "Project:netz") { slug } }'
GEHEIM = '{ project(id: "Project:geheim") { slug oneOffCost } }'
ENTITY = '{ _entities(representations: [{__typename: "Project", id: "Project:geheim"}]) { ... on Project { slug } } }'
NODE = '{ node(id: "Project:geheim") { id } }'
COUNT = "{ projects(first: 50) { totalCount } }"
WILSTER = {"realm_access": {"roles": ["lead-wilster"]}}
NOBODY: dict[str, Any] = {"realm_access": {"roles": []}}


@pytest.fixture(scope="module")
def issuer() -> Iterator[SigningIssuer]:
    served = SigningIssuer()
    yield served
    served.close()


class Served:
    """The application on the network of `world`, with issuers of the test's own."""

    def __init__(self, network: LadybugGraphStore, index: TantivySearchIndex, folder: Path) -> None:
        self._network, self._index = network, index
        self._settings = load({"HUBNETZ_DATA_DIR": str(folder)}, env_file=folder / "none")
        self._ports: list[Ports] = []

    def by(self, *issuers: SigningIssuer, **given: Any) -> Any:
        sources = [Issuer(issuer.settings(**given)) for issuer in issuers]
        self._ports.append(Ports(graph=self._network, search=self._index, authenticator=AccessTokens(sources)))
        return create_app(self._settings, self._ports[-1])

    async def close(self) -> None:
        for ports in self._ports:
            await ports.service.close()


@pytest_asyncio.fixture(scope="module")
async def served(
    network: LadybugGraphStore, index: TantivySearchIndex, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    made = Served(network, index, tmp_path_factory.mktemp("served"))
    yield made
    await made.close()


@pytest.fixture(scope="module")
def app(served: Served, issuer: SigningIssuer) -> Any:
    return served.by(issuer)


async def ask(app: Any, query: str, token: str | None = None, path: str = "/graphql") -> httpx.Response:
    headers = {} if token is None else {b"authorization": f"Bearer {token}".encode()}
    async with client(app) as http:
        return await http.post(path, json={"query": query}, headers=headers)


def is_refused(response: httpx.Response) -> bool:
    (error,) = response.json()["errors"]
    return (
        response.status_code == 401
        and response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        and response.headers["cache-control"] == "no-store"
        and error["extensions"] == {"code": "UNAUTHENTICATED"}
    )


@pytest.mark.parametrize(
    ("query", "path", "hidden", "shown"),
    [
        (GEHEIM, "/graphql", {"project": None}, {"project": {"slug": "geheim", "oneOffCost": 12_000}}),
        (GEHEIM, "/subgraphs/projects", {"project": None}, {"project": {"slug": "geheim", "oneOffCost": 12_000}}),
        (ENTITY, "/subgraphs/projects", {"_entities": [None]}, {"_entities": [{"slug": "geheim"}]}),
    ],
)
async def test_a_private_entry_is_for_its_own_house_whichever_the_way(
    app: Any, issuer: SigningIssuer, query: str, path: str, hidden: object, shown: object
) -> None:
    assert (await ask(app, query, path=path)).json() == {"data": hidden}
    assert (await ask(app, query, issuer.token(**NOBODY), path)).json() == {"data": hidden}
    assert (await ask(app, query, issuer.token(), path)).json() == {"data": hidden}
    # What a scope, a claim or a role calls itself grants nothing.
    boast = issuer.token(scope="network_admin hub_lead:wilster", memberships=["network_admin"], roles=["lead-wilster"])
    assert (await ask(app, query, boast, path)).json() == {"data": hidden}
    assert (await ask(app, query, issuer.token(**WILSTER), path)).json() == {"data": shown}


async def test_an_entry_of_the_network_is_for_every_membership_and_for_nobody_else(
    app: Any, issuer: SigningIssuer
) -> None:
    assert (await ask(app, NETZ)).json() == {"data": {"project": None}}
    assert (await ask(app, NETZ, issuer.token(**NOBODY))).json() == {"data": {"project": None}}
    for token in (issuer.token(), issuer.token(**WILSTER)):
        assert (await ask(app, NETZ, token)).json() == {"data": {"project": {"slug": "netz"}}}
    counts = [
        (await ask(app, COUNT, token)).json()["data"]["projects"]["totalCount"]
        for token in (None, issuer.token(**NOBODY), issuer.token(), issuer.token(**WILSTER))
    ]
    assert counts == [2, 2, 4, 4]


# A header cannot hold the one, and the other is a blank more behind `Bearer`, which RFC 6750 §2.1 allows; both are tried
# against the verifier itself.
OVER_HTTP = {name: attack for name, attack in ATTACKS.items() if name not in ("line break behind", "blank before")}


@pytest.mark.parametrize("name", OVER_HTTP)
async def test_one_thing_wrong_is_refused_and_never_answered_as_anonymous(
    app: Any, issuer: SigningIssuer, name: str
) -> None:
    before = issuer.requests.copy()
    response = await ask(app, COUNT, OVER_HTTP[name](issuer))
    assert is_refused(response), response.text
    assert "data" not in response.json()
    asked = issuer.requests - before
    assert set(asked) <= {DISCOVERY, JWKS}
    assert asked[JWKS] <= 1


@pytest.mark.parametrize("path", ["/subgraphs/directory", "/subgraphs/projects", "/subgraphs/discovery"])
async def test_every_subgraph_verifies_the_token_again_and_believes_no_header(
    app: Any, issuer: SigningIssuer, path: str
) -> None:
    assert is_refused(await ask(app, "{ __typename }", issuer.token(exp=1), path))
    forged = {"x-user": "admin", "x-forwarded-user": "admin", "x-hubnetz-memberships": "network_admin"}
    async with client(app) as http:
        answer = await http.post("/subgraphs/projects", json={"query": ENTITY}, headers=forged)
    assert answer.json() == {"data": {"_entities": [None]}}


async def test_a_thousand_random_key_ids_cause_two_fetches(served: Served) -> None:
    busy = SigningIssuer()
    try:
        app = served.by(busy)
        assert (await ask(app, NETZ, busy.token())).json()["data"]["project"]
        async with client(app) as http:
            for number in range(1_000):
                headers = {"authorization": f"Bearer {busy.token({'kid': f'random-{number}'})}"}
                assert (await http.get("/graphql?query={__typename}", headers=headers)).status_code == 401
        assert busy.requests == {DISCOVERY: 2, JWKS: 2}
    finally:
        busy.close()


async def test_a_rotated_key_counts_at_once_and_one_rotated_out_no_more(served: Served) -> None:
    rotating = SigningIssuer()
    try:
        app = served.by(rotating)
        old = rotating.token()
        assert (await ask(app, NETZ, old)).status_code == 200
        rotating.key = rsa("hubs-rotated")
        rotating.keys = [public(rotating.key)]
        new = rotating.token()
        answers = await asyncio.gather(*(ask(app, NETZ, new) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}
        assert is_refused(await ask(app, NETZ, old))
        assert rotating.requests[JWKS] == 2
    finally:
        rotating.close()


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.ERROR, Fault.HTML, Fault.REDIRECT])
async def test_with_its_issuer_away_known_keys_go_on_and_nothing_is_decided_without_any(
    served: Served, fault: Fault
) -> None:
    failing = SigningIssuer()
    try:
        known, fresh = served.by(failing), served.by(failing)
        assert (await ask(known, NETZ, failing.token())).json()["data"]["project"]
        failing.fail(fault)
        assert (await ask(known, NETZ, failing.token())).json()["data"]["project"]
        for app, header in ((fresh, {}), (known, {"kid": "unknown"})):
            unavailable = await ask(app, NETZ, failing.token(header))
            (error,) = unavailable.json()["errors"]
            assert unavailable.status_code == 503
            assert error["extensions"] == {"code": "UNAVAILABLE", "retryable": True}
            assert failing.url not in unavailable.text
        # Whoever brings no token does not notice.
        assert (await ask(fresh, COUNT)).status_code == 200
    finally:
        failing.close()


async def test_a_private_key_in_a_key_set_is_not_used(served: Served) -> None:
    leaking = SigningIssuer()
    try:
        leaking.keys = [leaking.key.as_dict(private=True), {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"}]
        assert is_refused(await ask(served.by(leaking), NETZ, leaking.token()))
    finally:
        leaking.close()


async def test_a_token_of_one_issuer_says_nothing_at_another(served: Served, issuer: SigningIssuer) -> None:
    tenant = SigningIssuer("tenant")
    try:
        app = served.by(issuer, tenant)
        assert (await ask(app, NETZ, tenant.token())).json()["data"]["project"]
        assert is_refused(await ask(app, NETZ, tenant.token(iss=issuer.url)))
        assert is_refused(await ask(app, NETZ, tenant.token({"kid": issuer.key.kid})))
        assert is_refused(await ask(served.by(issuer), NETZ, tenant.token()))
    finally:
        tenant.close()


async def test_a_token_without_the_scope_that_is_asked_for_is_forbidden(served: Served, issuer: SigningIssuer) -> None:
    app = served.by(issuer, scope="hubnetz")
    assert (await ask(app, NETZ, issuer.token())).json()["data"]["project"]
    forbidden = await ask(app, NETZ, issuer.token(scope="openid"))
    assert forbidden.status_code == 403
    assert forbidden.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="hubnetz"'
    assert forbidden.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_the_log_names_tokens_by_their_id_and_never_holds_one(app: Any, issuer: SigningIssuer) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(is_json=True, level="debug", stream=stream)
    tokens = [issuer.token(jti="good-1"), issuer.token(jti="late-1", exp=1), issuer.token(jti="a\r\nb", exp=1)]
    try:
        for token in tokens:
            await ask(app, NETZ, token)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["jti"] for line in lines if line["message"] == "request" and "jti" in line] == ["good-1"]
    refused = [line for line in lines if line["logger"] == "hubnetz.authentication"]
    assert [line["jti"] for line in refused] == ["late-1", None]
    assert all(line["request_id"] for line in refused)
    for token in tokens:
        assert all(part not in stream.getvalue() for part in token.split("."))
    assert "subject-1" not in stream.getvalue()


async def test_the_settings_plug_the_issuers_in(issuer: SigningIssuer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("swordfish")
    file = tmp_path / "issuers.toml"
    file.write_text(
        f'[[issuer]]\nissuer = "{issuer.url}"\nname = "Hubs"\naudience = "{AUDIENCE}"\nclient_id = "web"\n'
        'client_secret_file = "secret"\nalgorithms = ["RS256"]\n'
        '[[issuer.grant]]\nclaim = "realm_access.roles"\nequals = "lead-zeitz"\nmembership = "hub_lead:zeitz"\n'
    )
    environment = {"HUBNETZ_DATA_DIR": str(tmp_path / "var"), "HUBNETZ_ISSUERS": str(file)}
    settings = load(environment, env_file=tmp_path / "none")
    ports = await open_ports(settings)
    try:
        await ports.graph.apply_schema()
        app = create_app(settings, ports)
        assert (await ask(app, COUNT, issuer.token())).json() == {"data": {"projects": {"totalCount": 0}}}
        assert is_refused(await ask(app, COUNT, issuer.token(aud="another")))
    finally:
        await ports.close()
