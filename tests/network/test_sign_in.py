"""Signing in by a browser, through the whole application: pages, cookies, sessions, signing out, an issuer that is away."""

import html
import re
from pathlib import Path

import httpx
import pytest

from tests.fixtures.issuer import DISCOVERY, JWKS, Fault
from tests.fixtures.production import MAIL
from tests.fixtures.provider import SigningProvider
from tests.network.signing_in import KEY, PUBLIC_URL, VIEWER, Browser, Service, issuers_file


def cookie_lines(response: httpx.Response) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in response.headers.get_list("set-cookie")}


async def test_a_person_signs_in_by_links_and_forms_and_asks_as_that_person(
    browser: Browser, provider: SigningProvider
) -> None:
    start = await browser.get("/")
    assert '<a href="/sign-in">' in start.text
    choice = await browser.get("/sign-in")
    assert '<a href="/sign-in/hubs">Anmeldung hubs</a>' in choice.text
    assert "<script" not in choice.text
    assert await browser.memberships() is None

    await browser.sign_in(provider)
    assert (await browser.ask()).json()["data"]["viewer"] == {"subject": "subject-1", "memberships": ["hub_lead:zeitz"]}
    shown = await browser.get("/")
    assert "Hub-Leitung zeitz" in shown.text
    assert "subject-1" not in shown.text
    assert '<a href="/my">' in shown.text
    for name in ("tasks", "inbox"):
        assert f"query {name.title()}" in html.unescape((await browser.get(f"/explorer?query={name}")).text)
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["vary"] == "Cookie"


async def test_nothing_of_a_token_reaches_the_browser(browser: Browser, provider: SigningProvider) -> None:
    answer = provider.authorize(await browser.begin())
    response = await browser.come_back(answer)
    pages = [response, await browser.get("/"), await browser.get("/sign-in"), await browser.ask()]
    for page in pages:
        assert "eyJ" not in page.text + str(page.headers)


async def test_the_development_issuer_is_signed_in_at_in_the_same_way(tmp_path: Path) -> None:
    async with Service(tmp_path, DATA_DIR=str(tmp_path / "var")) as service, Browser(service.app()) as browser:
        for account, told in (("hub_lead:wilster", "Hub-Leitung wilster"), ("none", "ohne Mitgliedschaft")):
            page = await browser.get(await browser.begin("development"))
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
            chosen = await browser.post("/dev-issuer/authorize", data=hidden | {"account": account})
            back = await browser.get(chosen.headers["location"])
            assert (back.status_code, back.headers["location"]) == (303, "/")
            assert told in (await browser.get("/")).text
        out = await browser.sign_out()
        action = re.findall(r'action="([^"]+)" method="post"', out.text)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', out.text))
        ended = await browser.post(action[0], data=fields)
        assert (ended.status_code, ended.headers["location"]) == (303, f"{PUBLIC_URL}/")


async def test_the_cookie_of_a_session_is_bound_to_its_host_except_on_this_machine(
    provider: SigningProvider, tmp_path: Path, browser: Browser
) -> None:
    plain = await browser.come_back(provider.authorize(await browser.begin()))
    line = cookie_lines(plain)["session"]
    assert re.fullmatch(r"session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax", line)

    url, folder = "https://hubnetz.example", tmp_path / "production"
    folder.mkdir()
    given = {"PUBLIC_URL": url, **MAIL, "SECRET_KEYS": KEY, "DATA_DIR": str(folder / "var")}
    file = str(issuers_file(folder, hubs=provider))
    async with Service(folder, ISSUERS=file, **given) as service, Browser(service.app(), url) as secure:
        begun = await secure.get("/sign-in/hubs")
        assert re.match(r"__Host-sign-in-[0-9a-f]{16}=", begun.headers["set-cookie"])
        response = await secure.come_back(provider.authorize(begun.headers["location"]))
        line = cookie_lines(response)["__Host-session"]
        assert re.fullmatch(r"__Host-session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", line)
        assert await secure.memberships() == ["hub_lead:zeitz"]
        # Another host of the domain can set this name, and it says nothing.
        value = line.partition("=")[2].partition(";")[0]
        secure.cookies.clear()
        secure.cookies.set("session", value)
        assert await secure.memberships() is None


async def test_tabs_that_sign_in_side_by_side_both_end_where_they_began(
    browser: Browser, provider: SigningProvider
) -> None:
    first, second = [
        provider.authorize((await browser.get("/sign-in/hubs", params={"to": path})).headers["location"])
        for path in ("/needs", "/compare?id=a&id=b")
    ]
    assert (await browser.come_back(second)).headers["location"] == "/compare?id=a&id=b"
    assert await browser.memberships() == ["hub_lead:zeitz"]
    assert (await browser.come_back(first)).headers["location"] == "/needs"
    assert await browser.memberships() == ["hub_lead:zeitz"]
    assert list(browser.cookies) == ["session"]


async def test_attempts_given_up_do_not_pile_up_in_a_browser(browser: Browser, provider: SigningProvider) -> None:
    # Another service of the machine may have one called alike, with anything in it.
    browser.cookies.set("sign-in-of-others", 'x"y', domain="127.0.0.1")
    answers = [provider.authorize(await browser.begin()) for _ in range(9)]
    assert sum(name.startswith("sign-in-") for name in browser.cookies) == 5
    given_up = await browser.come_back(answers[0])
    assert given_up.status_code == 400
    assert "gilt nicht mehr" in given_up.text
    # The failure of one takes nothing from the others.
    for answer in answers[-3:]:
        assert (await browser.come_back(answer)).status_code == 303


async def test_an_attempt_that_failed_leaves_nothing_in_the_browser(
    browser: Browser, provider: SigningProvider
) -> None:
    answer = provider.authorize(await browser.begin(), code="unknown")
    assert (await browser.come_back(answer)).status_code == 400
    assert not list(browser.cookies)


async def test_who_comes_by_another_name_of_this_machine_is_sent_to_the_one_that_the_issuer_knows(
    service: Service,
) -> None:
    async with Browser(service.app(), "http://localhost:8000") as browser:
        response = await browser.get("/sign-in/hubs")
        assert response.headers["location"] == f"{PUBLIC_URL}/sign-in/hubs"
        assert "set-cookie" not in response.headers


async def test_signing_out_ends_the_session_here_and_leads_on_to_the_issuer(
    browser: Browser, provider: SigningProvider
) -> None:
    await browser.sign_in(provider)
    session = browser.cookies["session"]
    response = await browser.sign_out()
    assert f'action="{provider.url}/end-session" method="post"' in response.text
    assert 'name="id_token_hint" value="eyJ' in response.text
    assert f'name="post_logout_redirect_uri" value="{PUBLIC_URL}/"' in response.text
    assert provider.url.partition("/realms")[0] in response.headers["content-security-policy"]
    assert "session" not in browser.cookies
    browser.cookies.set("session", session)
    assert (await browser.ask()).status_code == 401


@pytest.mark.parametrize("how", ["no token", "another token", "GET", "another origin"])
async def test_nobody_else_signs_a_person_out(browser: Browser, provider: SigningProvider, how: str) -> None:
    await browser.sign_in(provider)
    token, origin = await browser.form_token(), {"origin": PUBLIC_URL}
    if how == "GET":
        refused = await browser.get("/sign-out", params={"form_token": token})
        assert refused.status_code in (404, 405)
    else:
        form = {"no token": {}, "another token": {"form_token": token[::-1]}}.get(how, {"form_token": token})
        headers = {"origin": "https://evil.example"} if how == "another origin" else origin
        refused = await browser.post("/sign-out", data={"x": "y"} | form, headers=headers)
        assert refused.status_code == 403
    assert await browser.memberships() == ["hub_lead:zeitz"]


FOREIGN = "https://andere.hubnetz.example"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": FOREIGN},
        {"origin": f"{PUBLIC_URL}.evil.example"},
        {"origin": PUBLIC_URL.replace("http", "https")},
        {"origin": PUBLIC_URL, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": FOREIGN},
    ],
)
async def test_a_page_of_somebody_else_does_nothing_with_a_session(
    browser: Browser, provider: SigningProvider, headers: dict[str, str]
) -> None:
    await browser.sign_in(provider)
    response = await browser.post("/graphql", json=VIEWER, headers=headers)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/plain; charset=application/json", "multipart/form-data; boundary=x", "application/jsonx", ""],
)
async def test_a_session_posts_json_or_a_form_and_nothing_that_any_page_can_send(
    browser: Browser, provider: SigningProvider, content_type: str
) -> None:
    await browser.sign_in(provider)
    body, headers = '{"query": "{ viewer { subject } }"}', {"origin": PUBLIC_URL, "content-type": content_type}
    assert (await browser.post("/graphql", content=body, headers=headers)).status_code == 403
    # A form with its token passes the door; what is behind it may still want JSON.
    form = {"form_token": await browser.form_token(), "query": "{ viewer { subject } }"}
    assert (await browser.post("/graphql", data=form, headers={"origin": PUBLIC_URL})).status_code == 415
    for origin in ({"origin": PUBLIC_URL}, {"sec-fetch-site": "same-origin"}):
        assert (await browser.post("/graphql", json=VIEWER, headers=origin)).status_code == 200


async def test_a_token_and_a_session_together_are_refused(browser: Browser, provider: SigningProvider) -> None:
    token = {"authorization": f"Bearer {provider.token()}"}
    assert (await browser.ask(None, **token)).status_code == 200
    await browser.sign_in(provider)
    response = await browser.ask(None, **token)
    assert response.status_code == 400
    assert "data" not in response.json()


async def test_a_session_that_is_over_is_told_to_programs_and_forgotten_by_pages(
    browser: Browser, provider: SigningProvider
) -> None:
    for value in ("a" * 43, "A" * 43):
        browser.cookies.set("session", value, domain="127.0.0.1")
        response = await browser.ask()
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert "Max-Age=0" in cookie_lines(response)["session"]
        browser.cookies.set("session", value, domain="127.0.0.1")
        page = await browser.get("/")
        assert page.status_code == 200
        assert "Max-Age=0" in cookie_lines(page)["session"]
    # Another service of this machine may have a cookie of that name.
    browser.cookies.clear()
    browser.cookies.set("session", "not-ours", domain="127.0.0.1")
    assert (await browser.ask()).json() == {"data": {"viewer": None}}
    await browser.sign_in(provider)


@pytest.mark.parametrize("path", ["/static/hubnetz.css", "/livez", "/schema.graphql"])
async def test_what_is_everybodys_is_served_to_sessions_that_nobody_can_look_up(
    service: Service, browser: Browser, provider: SigningProvider, path: str
) -> None:
    await browser.sign_in(provider)
    await service.graph.close()

    response = await browser.get(path, headers={"accept": "*/*"})

    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert (await browser.ask()).status_code == 503
    assert (await browser.get("/readyz")).json()["status"] == "unavailable"


async def test_two_sessions_are_refused_and_never_nobody(browser: Browser, provider: SigningProvider) -> None:
    await browser.sign_in(provider)
    mine = browser.cookies["session"]
    browser.cookies.clear()
    two = {"cookie": f"session={mine}; session={'b' * 43}"}

    for response in (
        await browser.ask(None, **two),
        await browser.get("/", headers=two),
        await browser.get("/sign-in", headers=two),
    ):
        assert response.status_code == 400, response.text
        assert response.headers["set-cookie"].startswith("session=; Path=/;")
        assert "Max-Age=0" in response.headers["set-cookie"]
        assert "expected one session, got 2. Delete the cookies" in response.text
        assert mine not in response.text


async def test_one_session_sent_twice_or_beside_what_is_none_is_one(
    browser: Browser, provider: SigningProvider
) -> None:
    await browser.sign_in(provider)
    mine = browser.cookies["session"]
    browser.cookies.clear()

    for others in (f"session={mine}", "session=short", "session=", "__Host-session=" + "b" * 43):
        answer = await browser.ask(cookie=f"session={mine}; {others}")
        assert answer.json()["data"]["viewer"]["memberships"] == ["hub_lead:zeitz"]


@pytest.mark.parametrize("path", ["/livez", "/link/" + "a" * 43])
async def test_two_sessions_keep_nobody_from_what_is_for_everybody(browser: Browser, path: str) -> None:
    two = {"cookie": f"session={'a' * 43}; session={'b' * 43}"}

    assert (await browser.get(path, headers=two)).status_code == (await browser.get(path)).status_code


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.ERROR, Fault.HTML])
async def test_with_the_issuer_away_sessions_go_on_and_new_ones_are_told_why_not(
    service: Service, browser: Browser, provider: SigningProvider, fault: Fault
) -> None:
    await browser.sign_in(provider)
    provider.fail(fault, DISCOVERY, JWKS, "/token")
    assert await browser.memberships() == ["hub_lead:zeitz"]
    assert "Hub-Leitung zeitz" in (await browser.get("/")).text
    async with Browser(service.app()) as other:
        page = await other.get("/sign-in/hubs")
        assert page.status_code == 503
        assert "Der Anmeldedienst antwortet nicht" in page.text
        assert "Anmeldung hubs" in page.text
        assert page.headers["retry-after"] == "30"
        assert provider.url not in page.text
        assert (await other.get("/sign-in")).status_code == 200
    # Signing out here does not need the issuer.
    assert (await browser.sign_out()).status_code in (200, 303)
    assert await browser.memberships() is None


async def test_with_the_issuer_away_at_the_way_back_nobody_is_signed_in(
    browser: Browser, provider: SigningProvider
) -> None:
    answer = provider.authorize(await browser.begin())
    provider.fail(Fault.ERROR, "/token")
    response = await browser.come_back(answer)
    assert response.status_code == 503
    assert "session" not in browser.cookies


async def test_without_issuers_the_page_says_so(tmp_path: Path) -> None:
    given = {"PUBLIC_URL": "https://hubnetz.example", **MAIL, "SECRET_KEYS": KEY, "DATA_DIR": str(tmp_path / "var")}
    async with Service(tmp_path, **given) as service, Browser(service.app(), "https://hubnetz.example") as browser:
        assert "noch kein Anmeldedienst" in (await browser.get("/sign-in")).text
        assert "/sign-in" not in (await browser.get("/")).text


async def test_unknown_issuers_and_looks_ahead_begin_nothing(browser: Browser) -> None:
    for path in ("/sign-in/nowhere", "/sign-in/nowhere/callback", "/sign-in/hubs/callback/more"):
        assert (await browser.get(path)).status_code == 404
    slash = await browser.get("/sign-in/hubs/")
    assert (slash.status_code, slash.headers["location"]) == (308, "/sign-in/hubs")
    assert "set-cookie" not in slash.headers
    response = await browser.head("/sign-in/hubs")
    assert response.status_code == 405
    assert "set-cookie" not in response.headers


async def test_sessions_are_known_after_a_restart_and_to_every_process(
    service: Service, browser: Browser, provider: SigningProvider
) -> None:
    await browser.sign_in(provider)
    async with Browser(service.app()) as other:
        other.cookies = browser.cookies
        assert await other.memberships() == ["hub_lead:zeitz"]
