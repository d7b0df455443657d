"""The development issuer: a real sign-in in miniature, tokens that the service checks as anybody's, and nothing in production."""

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio
from joserfc import jwk, jwt

import seed_data
from graph.backends.ladybug.store import LadybugGraphStore
from network.app import create_app
from network.configuration.settings import Settings, load
from network.development.accounts import accounts
from network.development.grants import Authorization, DevelopmentGrants, InvalidGrantError
from network.development.issuer import DevelopmentIssuer
from network.ports import Ports
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.issuer import SigningIssuer, compact, encode

URL = "http://127.0.0.1:8000"
ISSUER = f"{URL}/dev-issuer"
CALLBACK = f"{URL}/sign-in/development/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
NETZ = '{ project(id: "Project:netz") { slug } }'
GEHEIM = '{ project(id: "Project:geheim") { slug } }'
REQUEST = {
    "response_type": "code",
    "client_id": "hubnetz-web",
    "redirect_uri": CALLBACK,
    "scope": "openid hubnetz",
    "state": "state-1",
    "nonce": "nonce-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def settings_of(folder: Path, **given: str) -> Settings:
    named = {f"HUBNETZ_{name}": value for name, value in {"DATA_DIR": str(folder), **given}.items()}
    return load(named, env_file=folder / "none")


@pytest_asyncio.fixture(scope="module")
async def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("development"))


@pytest_asyncio.fixture(scope="module")
async def ports(network: LadybugGraphStore, index: TantivySearchIndex) -> AsyncIterator[Ports]:
    yield (made := Ports(graph=network, search=index))
    await made.service.close()


@pytest.fixture
def issuer(settings: Settings) -> DevelopmentIssuer:
    return DevelopmentIssuer(settings)


@pytest_asyncio.fixture
async def http(settings: Settings, ports: Ports) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(settings, ports))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as opened:
        yield opened


def changed(given: dict[str, str], **changes: str | None) -> dict[str, str]:
    return {name: value for name, value in (given | changes).items() if value is not None}


async def code_of(http: httpx.AsyncClient, account: str = "hub_lead:zeitz", **changes: str | None) -> str:
    response = await http.post("/dev-issuer/authorize", data=changed(REQUEST, **changes) | {"account": account})
    assert response.status_code == 303, response.text
    return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]


async def exchange(http: httpx.AsyncClient, issuer: DevelopmentIssuer, **changes: str | None) -> httpx.Response:
    given = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    secret = issuer.keys.client_secret
    return await http.post(
        "/dev-issuer/token", data=changed(given, **changes), auth=("hubnetz-web", secret), follow_redirects=False
    )


async def ask(http: httpx.AsyncClient, query: str, token: str) -> Any:
    response = await http.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"})
    return response.json()["data"]["project"]


async def test_a_person_signs_in_by_the_page_and_asks_as_that_person(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer
) -> None:
    discovered = (await http.get("/dev-issuer/.well-known/openid-configuration")).json()
    assert discovered["issuer"] == ISSUER
    page = await http.get(discovered["authorization_endpoint"], params=REQUEST)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    assert hidden == REQUEST
    chosen = await http.post(discovered["authorization_endpoint"], data=hidden | {"account": "hub_lead:wilster"})
    answer = dict(parse_qsl(urlsplit(chosen.headers["location"]).query))
    assert (answer["iss"], answer["state"]) == (ISSUER, "state-1")
    tokens = (await exchange(http, issuer, code=answer["code"])).json()
    header = {"authorization": f"Bearer {tokens['access_token']}"}
    userinfo = (await http.get(discovered["userinfo_endpoint"], headers=header)).json()
    assert userinfo["sub"] == "beispiel-hub_lead-wilster"
    assert userinfo["memberships"] == ["hub_lead:wilster"]
    keys = jwk.KeySet.import_key_set((await http.get("/dev-issuer/jwks")).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, "hubnetz-web", "nonce-1")
    refreshed = await exchange(http, issuer, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    for token in (tokens["access_token"], refreshed.json()["access_token"]):
        assert await ask(http, GEHEIM, token) == {"slug": "geheim"}
    # An ID token is not a way in.
    header = {"authorization": f"Bearer {tokens['id_token']}"}
    assert (await http.post("/graphql", json={"query": NETZ}, headers=header)).status_code == 401


async def test_the_page_offers_samples_only_says_what_it_is_for_and_runs_nothing(http: httpx.AsyncClient) -> None:
    response = await http.get("/dev-issuer/authorize", params=REQUEST | {"state": '"><script>alert(1)</script>'})
    assert response.status_code == 200
    assert "<script" not in response.text
    assert "Entwicklung" in response.text
    assert '<html lang="de">' in response.text
    assert response.headers["cache-control"] == "no-store"
    assert "unsafe" not in response.headers["content-security-policy"]
    names = re.findall(r'<button[^>]* value="[^"]+"[^>]*>([^<]+)</button>', response.text)
    assert len(names) == len([account for account in accounts().values() if not account.is_machine])
    assert all(name.startswith("Beispiel ") for name in names)


async def test_every_page_says_that_this_is_development(http: httpx.AsyncClient, issuer: DevelopmentIssuer) -> None:
    for path in ("/", "/explorer", "/nowhere", "/dev-issuer/authorize", "/dev-issuer/end-session"):
        page = await http.get(path, headers={"accept": "text/html"})
        assert "Anmelden geht hier nur mit Beispielkonten" in page.text, path


def test_accounts_are_samples_of_every_role_at_houses_of_the_seed() -> None:
    hubs = [path.stem for path in (Path(seed_data.__file__).parent / "hubs").glob("*.yaml")]
    assert len(hubs) == 10
    wanted = {f"{role}:{hub}" for role in ("hub_lead", "hub_member", "reviewer") for hub in hubs}
    assert wanted | {"network_admin", "none"} <= accounts().keys()
    kinds = {str(membership.kind) for account in accounts().values() for membership in account.memberships}
    assert kinds >= {"municipality", "university", "organisation"}
    seeded = "\n".join(
        path.read_text("utf-8")
        for path in Path(seed_data.__file__).parent.rglob("*.yaml")
        if path.parent.name != "hubs"
    )
    for account in accounts().values():
        assert account.email.endswith("@example.org")
        for membership in account.memberships:
            if membership.kind in ("municipality", "university", "organisation") and not account.is_made_up:
                assert membership.key in seeded
                assert account.is_machine or account.name.partition(", ")[2] in seeded


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "hubnetz"}, "invalid_scope"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"request_uri": "http://127.0.0.1/x"}, "request_not_supported"),
        ({"account": "hub_lead:nowhere"}, "access_denied"),
        ({"account": "machine-zeitz"}, "access_denied"),
        ({"account": None}, "access_denied"),
    ],
)
async def test_a_wrong_request_goes_back_with_its_error_and_its_issuer(
    http: httpx.AsyncClient, changes: dict[str, str | None], error: str
) -> None:
    given = changed(REQUEST | {"account": "hub_lead:zeitz"}, **changes)
    response = await http.post("/dev-issuer/authorize", data=given)
    assert response.status_code == 303
    assert response.headers["location"].startswith(f"{CALLBACK}?")
    answer = dict(parse_qsl(urlsplit(response.headers["location"]).query))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "state-1", ISSUER)
    assert "code" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"client_id": "machine-zeitz"},
        {"redirect_uri": "https://evil.example"},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"redirect_uri": f"{CALLBACK}?a=b"},
        {"redirect_uri": CALLBACK.replace("127.0.0.1", "localhost")},
        {"redirect_uri": None},
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_known(
    http: httpx.AsyncClient, changes: dict[str, str | None]
) -> None:
    for response in (
        await http.get("/dev-issuer/authorize", params=changed(REQUEST, **changes)),
        await http.post("/dev-issuer/authorize", data=changed(REQUEST | {"account": "network_admin"}, **changes)),
    ):
        assert response.status_code == 400
        assert "location" not in response.headers


async def test_a_parameter_twice_is_refused(http: httpx.AsyncClient) -> None:
    query = f"{httpx.QueryParams(REQUEST)}&redirect_uri=https://evil.example"
    assert (await http.get(f"/dev-issuer/authorize?{query}")).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "unknown"},
        {"code": None},
        {"code_verifier": "w" * 43},
        {"code_verifier": None},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": f"{URL}/"},
        {"redirect_uri": None},
    ],
)
async def test_a_code_is_for_whoever_asked_for_it(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer, changes: dict[str, str | None]
) -> None:
    response = await exchange(http, issuer, **{"code": await code_of(http), **changes})
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert response.headers["cache-control"] == "no-store"


async def test_a_code_works_once_and_used_twice_it_ends_what_came_of_it(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer
) -> None:
    code = await code_of(http)
    first = (await exchange(http, issuer, code=code)).json()
    assert (await exchange(http, issuer, code=code)).json()["error"] == "invalid_grant"
    refreshed = await exchange(http, issuer, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


async def test_a_refresh_token_is_replaced_and_used_twice_ends_its_family(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer
) -> None:
    first = (await exchange(http, issuer, code=await code_of(http))).json()
    both = await asyncio.gather(
        *(exchange(http, issuer, grant_type="refresh_token", refresh_token=first["refresh_token"]) for _ in range(2))
    )
    assert sorted(response.status_code for response in both) == [200, 400]
    (second,) = (response.json() for response in both if response.status_code == 200)
    assert second["refresh_token"] != first["refresh_token"]
    third = await exchange(http, issuer, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert third.json()["error"] == "invalid_grant"


def test_codes_and_refresh_tokens_end_with_time_and_with_the_session() -> None:
    now = [0.0]
    grants = DevelopmentGrants(lambda: now[0])

    def authorization() -> Authorization:
        return Authorization(accounts()["none"], "hubnetz-web", CALLBACK, "openid", None, CHALLENGE, 0)

    given = {"client_id": "hubnetz-web", "redirect_uri": CALLBACK, "verifier": VERIFIER}
    late, early = grants.code(authorization()), grants.code(authorization())
    with pytest.raises(InvalidGrantError):
        grants.redeem_code(grants.code(authorization()), **(given | {"client_id": "machine-zeitz"}))
    now[0] = 59.0
    assert grants.redeem_code(early, **given).account.key == "none"
    now[0] = 60.0
    with pytest.raises(InvalidGrantError):
        grants.redeem_code(late, **given)
    ended = authorization()
    token = grants.refresh_token(ended)
    grants.end(ended.session)
    with pytest.raises(InvalidGrantError):
        grants.redeem_refresh_token(token, client_id="hubnetz-web")


async def test_signing_out_ends_the_session_and_goes_back_to_a_known_address_only(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer
) -> None:
    tokens = (await exchange(http, issuer, code=await code_of(http))).json()
    given = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{URL}/", "state": "s"}
    away = await http.get(
        "/dev-issuer/end-session", params=given | {"post_logout_redirect_uri": "https://evil.example"}
    )
    assert away.status_code == 400
    assert "location" not in away.headers
    response = await http.get("/dev-issuer/end-session", params=given)
    assert (response.status_code, response.headers["location"]) == (303, f"{URL}/?state=s")
    refreshed = await exchange(http, issuer, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("hint", ["", "a.b.c", "access token", "forged"])
async def test_without_a_sound_hint_nobody_is_signed_out(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer, hint: str
) -> None:
    tokens = (await exchange(http, issuer, code=await code_of(http))).json()
    forged = f"{tokens['id_token'].rpartition('.')[0]}.{encode(bytes(64))}"
    given = {"access token": tokens["access_token"], "forged": forged}.get(hint, hint)
    response = await http.get("/dev-issuer/end-session", params={"id_token_hint": given})
    assert "Nichts zum Abmelden" in response.text
    refreshed = await exchange(http, issuer, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200


async def test_a_machine_signs_in_with_its_secret_and_acts_for_its_house(
    http: httpx.AsyncClient, issuer: DevelopmentIssuer
) -> None:
    secret = issuer.keys.client_secret
    form = {"grant_type": "client_credentials"}
    basic = await http.post("/dev-issuer/token", data=form, auth=("machine-zeitz", secret))
    posted = await http.post(
        "/dev-issuer/token", data=form | {"client_id": "machine-zeitz", "client_secret": secret, "scope": "hubnetz"}
    )
    for response in (basic, posted):
        assert set(response.json()) == {"access_token", "token_type", "expires_in", "scope"}
        assert await ask(http, NETZ, response.json()["access_token"]) == {"slug": "netz"}
        assert await ask(http, GEHEIM, response.json()["access_token"]) is None
        header = {"authorization": f"Bearer {response.json()['access_token']}"}
        userinfo = await http.get("/dev-issuer/userinfo", headers=header)
        assert userinfo.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="openid"'


@pytest.mark.parametrize(
    ("client_id", "secret", "form", "error", "status"),
    [
        ("machine-zeitz", "wrong", {}, "invalid_client", 401),
        ("machine-zeitz", "", {}, "invalid_client", 401),
        ("unknown", None, {}, "invalid_client", 401),
        ("hub_lead:zeitz", None, {}, "invalid_client", 401),
        ("machine-zeitz", None, {"client_id": "machine-eider"}, "invalid_request", 400),
        ("machine-zeitz", None, {"client_secret": "x"}, "invalid_request", 400),
        ("machine-zeitz", None, {"scope": "network_admin"}, "invalid_scope", 400),
        ("machine-zeitz", None, {"grant_type": "authorization_code"}, "unauthorized_client", 400),
        ("hubnetz-web", None, {}, "unauthorized_client", 400),
        ("hubnetz-web", None, {"grant_type": "password"}, "unsupported_grant_type", 400),
        ("hubnetz-web", None, {"grant_type": "refresh_token"}, "invalid_grant", 400),
    ],
)
async def test_a_wrong_token_request_is_told_in_the_words_of_oauth(
    http: httpx.AsyncClient,
    issuer: DevelopmentIssuer,
    client_id: str,
    secret: str | None,
    form: dict[str, str],
    error: str,
    status: int,
) -> None:
    given = issuer.keys.client_secret if secret is None else secret
    user = client_id.replace(":", "%3A")
    response = await http.post(
        "/dev-issuer/token", data={"grant_type": "client_credentials"} | form, auth=(user, given)
    )
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert ("www-authenticate" in response.headers) is (status == 401)


@pytest.mark.parametrize("header", ["Basic !", "Basic " + "bm8=", "Bearer x"])
async def test_a_client_that_does_not_name_itself_is_refused(http: httpx.AsyncClient, header: str) -> None:
    form = {"grant_type": "client_credentials"}
    response = await http.post("/dev-issuer/token", data=form, headers={"authorization": header})
    assert response.status_code == 401
    assert (await http.post("/dev-issuer/token", json=form)).json()["error"] == "invalid_request"
    assert (await http.get("/dev-issuer/token")).status_code == 405


async def test_a_token_of_another_key_is_refused(http: httpx.AsyncClient, issuer: DevelopmentIssuer) -> None:
    token = issuer.access_token(accounts()["network_admin"], client_id="c", scope="")
    assert await ask(http, GEHEIM, token) == {"slug": "geheim"}
    claims = jwt.decode(token, issuer.keys.key, algorithms=["ES256"])
    stranger = jwk.ECKey.generate_key("P-256")
    forged = compact(claims.header, claims.claims, stranger, "ES256")
    for path in ("/graphql", "/dev-issuer/userinfo"):
        header = {"authorization": f"Bearer {forged}"}
        assert (await http.post(path, json={"query": NETZ}, headers=header)).status_code == 401


async def test_a_foreign_issuer_beside_it_says_nothing_here(http: httpx.AsyncClient) -> None:
    foreign = SigningIssuer()
    try:
        header = {"authorization": f"Bearer {foreign.token()}"}
        assert (await http.post("/graphql", json={"query": NETZ}, headers=header)).status_code == 401
        assert not foreign.requests
    finally:
        foreign.close()
