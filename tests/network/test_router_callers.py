"""Who asks through the router sees what it sees without one, writes once, and never gets an answer that is another's."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from joserfc import jwt

from network.development import keys
from tests.fixtures.foreign import Asked, Reply
from tests.fixtures.process import START_S
from tests.network.routed import GRAPHQL, Routed, beside_ours, codes

ACCOUNTS = ("", "none", "hub_lead:zeitz", "hub_lead:hennstedt", "municipality:150840590590", "network_admin")
ZEITZ = "150840590590"
OUTSIDER = "127.0.0.2"
# The address of the tests is the router's. It is a proxy that is believed, too, since it passes on where a client comes from.
CLOSED = {"INTROSPECTION": "closed", "ROUTERS": "127.0.0.1", "TRUSTED_PROXIES": "127.0.0.1"}
LOGGED = {"LOG_LEVEL": "info", "LOG_FORMAT": "json", "RATE_MUTATIONS": "10"}
DRAFT = """mutation ($input: CreateProjectDraftInput!) {
  createProjectDraft(input: $input) {
    ... on CreateProjectDraftSuccess {
      clientMutationId
      project {
        id slug title stage
        owner { __typename ... on Municipality { ars name population parking { name } } }
        similar(first: 3) { project { title } }
      }
    }
    ... on InvalidInput { message }
    ... on Forbidden { message }
  }
}"""


@pytest.fixture(scope="module")
def _router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routed]:
    trusting = {"SUBGRAPH_TIMEOUT_MS": "5000", "TOKEN_SUBGRAPHS": "*"}
    with beside_ours(tmp_path_factory.mktemp("callers"), CLOSED | LOGGED, **trusting) as routed:
        yield routed


@pytest.fixture(scope="module")
def tokens(_router: Routed) -> dict[str, str]:
    assert _router.parts is not None
    return {name: _router.parts.token(name) if name else "" for name in ACCOUNTS}


@pytest.fixture
def routed(_router: Routed) -> Routed:
    _router.foreign.forget()
    return _router


def draft(title: str, key: str | None = None) -> dict[str, Any]:
    return {
        "title": title,
        "summary": "Ein Entwurf, den außer der Stadt und ihrem Hub niemand sieht.",
        "status": "IDEA",
        "house": f"Municipality:{ZEITZ}",
        "contact": {"function": "Amt für Digitales", "email": "digital@zeitz.example"},
        "clientMutationId": key,
    }


def write_draft(routed: Routed, token: str, title: str, key: str | None = None) -> dict[str, Any]:
    answer = routed.ask(DRAFT, token=token, input=draft(title, key))
    assert "errors" not in answer, answer
    found = answer["data"]["createProjectDraft"]
    assert found.get("project"), answer
    return dict(found["project"])


@pytest.fixture(scope="module")
def secret(_router: Routed, tokens: dict[str, str]) -> dict[str, Any]:
    """A draft of the town of Zeitz, which the foreign subgraph refers to."""
    return write_draft(_router, tokens[f"municipality:{ZEITZ}"], "Geheimer Entwurf der Stadt Zeitz")


def titles(routed: Routed, token: str) -> list[str]:
    query = (
        f'{{ projects(filter: {{ house: "Municipality:{ZEITZ}" }}, first: 100) {{ edges {{ node {{ title }} }} }} }}'
    )
    answer = routed.directly(query, token=token)
    return [edge["node"]["title"] for edge in answer["data"]["projects"]["edges"]]


def test_a_mutation_answers_with_what_lives_in_four_subgraphs(secret: dict[str, Any]) -> None:
    assert secret["stage"] == "DRAFT"
    assert secret["owner"]["name"] == "Zeitz, Stadt"
    assert secret["owner"]["population"] == 27_976
    assert secret["owner"]["parking"] == {"name": f"Am Markt {ZEITZ}"}
    assert isinstance(secret["similar"], list)


def test_what_was_written_through_the_router_is_there_once(
    routed: Routed, tokens: dict[str, str], secret: dict[str, Any]
) -> None:
    token = tokens[f"municipality:{ZEITZ}"]
    first = write_draft(routed, token, "Einmal geschrieben", "once-1")
    again = write_draft(routed, token, "Einmal geschrieben", "once-1")

    assert again["id"] == first["id"]
    assert titles(routed, token).count("Einmal geschrieben") == 1
    assert secret["title"] in titles(routed, token)
    assert secret["title"] not in titles(routed, tokens["hub_lead:hennstedt"])


def test_mutations_run_one_after_the_other(routed: Routed, tokens: dict[str, str]) -> None:
    running: list[str] = []
    most: list[int] = []

    def watched(asked: Asked, answer: dict[str, Any]) -> Reply:
        running.append(asked.query)
        most.append(len(running))
        # Long enough for a second one to arrive, if the router sent it.
        threading.Event().wait(0.1)
        running.pop()
        return Reply(json.dumps(answer).encode())

    routed.foreign.manner = watched
    query = """mutation ($input: CreateProjectDraftInput!) {
      a: reserve(name: "1") { name }
      b: createProjectDraft(input: $input) { __typename }
      c: reserve(name: "2") { name }
      d: reserve(name: "3") { name of { slug } }
    }"""
    token = tokens[f"municipality:{ZEITZ}"]
    answer = routed.ask(query, token=token, input=draft("In der Mitte"))

    assert list(answer["data"]) == ["a", "b", "c", "d"]
    assert answer["data"]["b"] == {"__typename": "CreateProjectDraftSuccess"}
    assert routed.foreign.reserved == ["1", "2", "3"]
    assert set(most) == {1}
    assert titles(routed, token).count("In der Mitte") == 1


def test_a_mutation_that_is_not_answered_in_time_is_not_sent_again(routed: Routed) -> None:
    done = threading.Event()

    def slow(_: Asked, answer: dict[str, Any]) -> Reply:
        done.wait(START_S)
        return Reply(json.dumps(answer).encode())

    routed.foreign.manner = slow
    query = 'mutation ($key: String) { reserve(name: "late", clientMutationId: $key) { free } }'
    try:
        with ThreadPoolExecutor(2) as pool:
            named, unnamed = pool.map(lambda key: routed.ask(query, key=key), ("key-1", None))
    finally:
        done.set()

    assert named["data"] == unnamed["data"] == {"reserve": None}
    again = {"code": "OUTCOME_UNKNOWN", "retryable": True, "idempotencyKey": "key-1"}
    assert [one["extensions"] for one in named["errors"]] == [again]
    assert [one["extensions"] for one in unnamed["errors"]] == [{"code": "OUTCOME_UNKNOWN"}]
    assert routed.foreign.reserved == ["late", "late"]


def test_a_mutation_whose_connection_breaks_is_not_sent_again(routed: Routed) -> None:
    routed.foreign.manner = lambda _asked, _answer: Reply(b"", 200, {"content-type": "application/json"})
    answer = routed.ask('mutation { reserve(name: "broken") { free } }')

    assert codes(answer) == ["OUTCOME_UNKNOWN"]
    assert routed.foreign.reserved == ["broken"]


WALK = (
    "{ viewer { subject memberships unreadCount } }",
    """{ projects(first: 50) { totalCount edges { node {
      slug title stage whatFailed lessonsLearned oneOffCost ownShare
      owner { __typename ... on Hub { slug } ... on Municipality { ars } } similar(first: 2) { project { slug } }
    } } } }""",
    "{ hubs(first: 10) { edges { node { slug name } } } }",
    "{ experts(first: 20) { totalCount edges { node { id name email phone } } } }",
    '{ search(query: "entwurf zeitz", first: 20) { totalCount edges { node { slug title } } } }',
    f"""{{ municipality(ars: "{ZEITZ}") {{
      name similar(first: 3) {{ municipality {{ ars name }} }}
      involvedIn(first: 20) {{ totalCount edges {{ node {{ slug title whatFailed }} }} }}
    }} }}""",
    "{ needs(first: 20) { totalCount edges { node { id title matches(first: 2) { __typename } } } } }",
    '{ invitations(house: "Hub:zeitz") { __typename } }',
    '{ members(house: "Hub:zeitz") { __typename } }',
)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_everybody_sees_through_the_router_what_it_sees_without(
    routed: Routed, tokens: dict[str, str], secret: dict[str, Any], account: str
) -> None:
    for query in (
        *WALK,
        f'{{ node(id: "{secret["id"]}") {{ __typename ... on Project {{ title similar {{ similarity }} }} }} }}',
    ):
        through, without = (ask(query, token=tokens[account]) for ask in (routed.ask, routed.directly))
        assert through["data"] == without["data"], query
        assert codes(through) == codes(without), query


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_reference_of_somebody_else_opens_nothing(
    routed: Routed, tokens: dict[str, str], secret: dict[str, Any], account: str
) -> None:
    routed.foreign.project = secret["slug"]
    query = f'{{ municipality(ars: "{ZEITZ}") {{ parking {{ of {{ title stage }} }} }} }}'
    through = routed.ask(query, token=tokens[account])["data"]["municipality"]["parking"]["of"]
    slug = f'{{ project(slug: "{secret["slug"]}") {{ title stage }} }}'

    assert through == routed.directly(slug, token=tokens[account])["data"]["project"]
    if account in ("", "none", "hub_lead:hennstedt"):
        assert through is None
    if account == f"municipality:{ZEITZ}":
        assert through == {"title": secret["title"], "stage": "DRAFT"}


def re_signed(routed: Routed, token: str, **changed: Any) -> str:
    """The same token, signed by the same key, with other claims."""
    assert routed.parts is not None
    key = keys.keys(routed.parts.gateway.data_dir).key
    found = jwt.decode(token, key)
    header = {name: found.header[name] for name in ("alg", "kid", "typ")}
    return jwt.encode(header, found.claims | changed, key)


def attacks(routed: Routed, token: str) -> dict[str, str]:
    head, claims, signature = token.split(".")
    past = int(time.time()) - 7_200
    return {
        "expired": re_signed(routed, token, iat=past, exp=past + 600),
        "of another issuer": re_signed(routed, token, iss="https://elsewhere.example"),
        "for another audience": re_signed(routed, token, aud="https://elsewhere.example"),
        "with another signature": f"{head}.{claims}.{signature[::-1]}",
        "without a signature": f"{head}.{claims}.",
        "no token": "nonsense",
    }


def test_a_token_is_verified_behind_the_router(routed: Routed, tokens: dict[str, str]) -> None:
    good = tokens["hub_lead:zeitz"]
    assert routed.ask("{ viewer { subject } }", token=re_signed(routed, good))["data"]["viewer"]

    for name, token in attacks(routed, good).items():
        answer = routed.post("{ viewer { subject } hubs { totalCount } }", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401, name
        assert set(codes(answer.json())) == {"UNAUTHENTICATED"}, name
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert not any((answer.json()["data"] or {}).values()), name
        # Somebody else's subgraph answers as it likes; what is behind a reference of its own is ours again.
        routed.foreign.project = "26-meer-zukunft-seen"
        beside = routed.ask('{ parking(name: "a") { free of { title } } }', token=token)
        assert beside["data"]["parking"] == {"free": 7, "of": None}, name
        assert codes(beside) == ["UNAUTHENTICATED"], name


def test_two_callers_at_the_same_time_get_each_its_own_answer(routed: Routed) -> None:
    together = threading.Barrier(4, timeout=START_S)

    def waiting(_: Asked, answer: dict[str, Any]) -> Reply:
        # Passes only where each of them was asked for on its own, while the others were under way.
        together.wait()
        return Reply(json.dumps(answer).encode())

    routed.foreign.manner = waiting
    callers = ["one", "two", "", "one"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda token: routed.ask("{ whoAsks }", token=token), callers))

    told = [f"Bearer {token}" if token else "nobody" for token in callers]
    assert [answer["data"]["whoAsks"] for answer in found] == told
    assert len({asked.headers["x-request-id"] for asked in routed.foreign.asked}) == 4


def test_many_callers_at_the_same_time_get_each_its_own_answer(
    routed: Routed, tokens: dict[str, str], secret: dict[str, Any]
) -> None:
    query = f'{{ viewer {{ subject }} node(id: "{secret["id"]}") {{ id }} hubs(first: 2) {{ edges {{ node {{ slug }} }} }} }}'
    alone = {account: routed.directly(query, token=token) for account, token in tokens.items()}
    asked = [*ACCOUNTS] * 8
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda account: routed.ask(query, token=tokens[account]), asked))

    assert [answer["data"] for answer in found] == [alone[account]["data"] for account in asked]
    assert len({json.dumps(answer["data"]) for answer in found}) > 3


def outsider(method: str, url: str, **given: Any) -> httpx.Response:
    """From an address that is no router's."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=OUTSIDER), timeout=START_S) as http:
        return http.request(method, url, **given)


@pytest.mark.parametrize("forged", [{}, {"x-forwarded-for": "127.0.0.1"}, {"x-forwarded-for": "127.0.0.1, 127.0.0.1"}])
def test_subgraphs_are_closed_to_all_but_the_router(routed: Routed, forged: dict[str, str]) -> None:
    assert routed.parts is not None
    entities = '{ _entities(representations: [{__typename: "Hub", slug: "zeitz"}]) { __typename } }'
    for url in routed.parts.urls.values():
        for query in ("{ _service { sdl } }", entities, "{ __schema { queryType { name } } }"):
            answer = outsider("POST", url, json={"query": query}, headers=forged)
            assert codes(answer.json()) in (["FORBIDDEN"], ["GRAPHQL_VALIDATION_FAILED"]), query
            assert "data" not in answer.json()
    crossing = f'{{ municipality(ars: "{ZEITZ}") {{ name similar(first: 1) {{ __typename }} parking {{ free }} }} }}'
    through = outsider("POST", f"{routed.router.url}/graphql", json={"query": crossing}, headers=GRAPHQL | forged)

    # The router is still one where it says on whose behalf it asks.
    assert through.json()["data"]["municipality"]["parking"] == {"free": 7}
    assert "errors" not in through.json()
    assert routed.foreign.asked[-1].headers["x-forwarded-for"].endswith(OUTSIDER)


def test_an_id_is_the_same_in_router_subgraphs_and_answer(routed: Routed) -> None:
    assert routed.parts is not None
    answer = routed.post(f'{{ municipality(ars: "{ZEITZ}") {{ name parking {{ free }} }} }}')
    made = answer.headers["x-request-id"]
    lines = [json.loads(line) for said in routed.parts.gateway.said() for line in said.splitlines() if made in line]

    assert [asked.headers["x-request-id"] for asked in routed.foreign.asked] == [made]
    assert {line["route"] for line in lines} == {"/subgraphs/directory"}
    assert {line["request_id"] for line in lines} == {made}


def test_more_often_than_allowed_is_said_with_the_time_to_wait(routed: Routed, tokens: dict[str, str]) -> None:
    once = 'mutation { unfollow(input: { target: "Hub:zeitz" }) { __typename } }'
    headers = {"authorization": f"Bearer {tokens['none']}"}
    # Ten at once, and then one in six seconds.
    answers = (routed.post(once, headers=headers) for _ in range(40))
    refused = next(answer for answer in answers if answer.status_code != 200)

    assert refused.status_code == 429
    assert codes(refused.json()) == ["RATE_LIMITED"]
    assert int(refused.headers["retry-after"]) == refused.json()["errors"][0]["extensions"]["retryAfter"]


def test_what_a_client_may_ask_the_subgraphs_take_from_the_router(routed: Routed) -> None:
    """The router's own documents rename and join fields: they keep the limits that the client's document kept."""
    aliases = " ".join(f'a{n}: hub(slug: "zeitz") {{ slug }}' for n in range(15))
    roots = " ".join(["hubs(first: 1) { totalCount }"] * 20)
    for query in (
        f"{{ {aliases} }}",
        f"{{ {roots} }}",
        f"{{ {aliases} topics {{ totalCount }} needs {{ totalCount }} }}",
    ):
        through, without = routed.ask(query), routed.directly(query)
        assert "errors" not in without, query
        assert through == without, query
