"""Subgraphs that are down, slow, of another version, or lie: their own fields fail with a code, and nothing else does."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fixtures.foreign import Asked, Manner, Reply
from tests.network.routed import Routed, beside_ours, codes

ZEITZ = "150840590590"
CROSSING = f"""{{
  municipality(ars: "{ZEITZ}") {{ ars name population parking {{ name free }} capacity }}
  hubs(first: 1) {{ totalCount }}
}}"""
OURS = {"ars": ZEITZ, "name": "Zeitz, Stadt", "population": 27_976}
LIST = "{ municipalities(first: 3) { edges { node { ars name parking { name } } } } }"
PROMISED = """
extend type ParkingArea { closesAt: String }
extend type Query { parkingNear(ars: String!): [ParkingArea!] }
"""


@pytest.fixture(scope="module")
def _router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routed]:
    folder = tmp_path_factory.mktemp("subgraphs")
    # Long enough for a busy machine: honest answers take milliseconds.
    with beside_ours(folder, promised=PROMISED, SUBGRAPH_TIMEOUT_MS="5000", MAX_ANSWER_BYTES="1000000") as routed:
        yield routed


@pytest.fixture
def routed(_router: Routed) -> Routed:
    _router.foreign.forget()
    return _router


def says(answer: Any, status: int = 200, **headers: str) -> Manner:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    sent = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _asked, _honest: Reply(body, status, sent)


def entities(change: Callable[[list[Any]], Any]) -> Manner:
    def manner(_: Asked, answer: dict[str, Any]) -> Reply:
        found = answer["data"]["_entities"]
        return Reply(json.dumps({"data": {"_entities": change(found)}}).encode())

    return manner


def each(**lies: Any) -> Manner:
    return entities(lambda found: [one | lies for one in found])


def error(message: str, status: int = 200, **extensions: Any) -> Manner:
    return says({"data": None, "errors": [{"message": message, "extensions": extensions}]}, status)


def parking_failed(answer: dict[str, Any], code: str) -> None:
    """Of `CROSSING` all that is ours is there, nothing of the other's, and an error at each of its fields."""
    assert answer["data"] == {
        "municipality": OURS | {"parking": None, "capacity": None},
        "hubs": {"totalCount": 10},
    }
    assert codes(answer) == [code, code]
    assert [one["path"] for one in answer["errors"]] == [["municipality", "parking"], ["municipality", "capacity"]]


def test_all_four_answer_one_query(routed: Routed) -> None:
    routed.foreign.project = "26-meer-zukunft-seen"
    answer = routed.ask(f'{{ municipality(ars: "{ZEITZ}") {{ name parking {{ free of {{ title slug }} }} }} }}')

    project = {"title": "26 meer.zukunft.seen.", "slug": "26-meer-zukunft-seen"}
    assert answer == {"data": {"municipality": {"name": "Zeitz, Stadt", "parking": {"free": 7, "of": project}}}}


def test_one_that_is_down_leaves_all_else_as_it_is(routed: Routed) -> None:
    answer = routed.ask('{ station(town: "Zeitz") { trains } hubs { totalCount } parking(name: "a") { free } }')

    assert answer["data"] == {"station": None, "hubs": {"totalCount": 10}, "parking": {"free": 7}}
    assert answer["errors"] == [
        {
            "message": "station does not answer at the moment. Try again.",
            "path": ["station"],
            "extensions": {"code": "UNAVAILABLE", "retryable": True},
        }
    ]


def test_one_that_is_slow_is_not_waited_for(routed: Routed) -> None:
    done = threading.Event()

    def slow(_: Asked, answer: dict[str, Any]) -> Reply:
        done.wait(60)
        return Reply(json.dumps(answer).encode())

    routed.foreign.manner = slow
    try:
        answer = routed.ask(CROSSING)
    finally:
        done.set()

    parking_failed(answer, "UNAVAILABLE")
    assert len(routed.foreign.asked) == 1


@pytest.mark.parametrize(
    "manner",
    [
        says(b"<html>secret inside", content_type="text/html"),
        says(b"<html>secret inside", 500, content_type="text/html"),
        says(b""),
        says(b"", 204),
        *map(says, (None, 5, [], "x", {}, {"data": 5}, {"data": []}, {"data": None})),
        *(says({"data": {}, "errors": one}) for one in ("x", [None], {"message": "x"})),
        says(b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        says({"data": {"_entities": [{}]}, "padding": "x" * 10_000_000}),
        says(b'data: {"data": {"x": 1}}\n\n', content_type="text/event-stream"),
        says(b"--x\r\n\r\n{}\r\n--x--", content_type="multipart/mixed; boundary=x"),
        says(b"", 307, location="/elsewhere"),
        says(b"", 302, location="http://127.0.0.1:1/"),
        says(b"\x1f\x8b broken", content_encoding="gzip"),
    ],
)
def test_what_is_no_answer_fails_its_own_fields(routed: Routed, manner: Manner) -> None:
    routed.foreign.manner = manner
    answer = routed.ask(CROSSING)

    parking_failed(answer, "UNAVAILABLE")
    assert "secret" not in json.dumps(answer)
    # Nothing followed where it pointed to, and nothing was asked twice.
    assert len(routed.foreign.asked) == 1


@pytest.mark.parametrize(
    "lie",
    [
        lambda found: [],
        lambda found: found[:-1],
        lambda found: found * 3,
        lambda found: None,
        lambda found: {"0": found[0]},
        lambda found: [5 for _ in found],
        lambda found: [[one] for one in found],
        lambda found: [one | {"__typename": "Hub"} for one in found],
        lambda found: [one | {"__typename": 5} for one in found],
    ],
)
def test_other_entities_than_were_asked_for_are_none(routed: Routed, lie: Callable[[list[Any]], Any]) -> None:
    routed.foreign.manner = entities(lie)

    parking_failed(routed.ask(CROSSING), "UNAVAILABLE")


@pytest.mark.parametrize("lie", [lambda found: found[::-1], lambda found: [one | {"ars": "1"} for one in found]])
def test_entities_of_another_key_move_nothing_of_ours(routed: Routed, lie: Callable[[list[Any]], Any]) -> None:
    honest = routed.ask(LIST)["data"]["municipalities"]["edges"]
    routed.foreign.manner = entities(lie)
    answer = routed.ask(LIST)["data"]["municipalities"]["edges"]

    assert [edge["node"]["ars"] for edge in answer] == [edge["node"]["ars"] for edge in honest]
    assert [edge["node"]["name"] for edge in answer] == [edge["node"]["name"] for edge in honest]


def test_nobody_writes_over_what_belongs_to_another(routed: Routed) -> None:
    routed.foreign.manner = each(name="Elsewhere", population=1, id="Municipality:1", hubs=None)

    answer = routed.ask(CROSSING)

    assert answer["data"]["municipality"] == OURS | {
        "parking": {"name": f"Am Markt {ZEITZ}", "free": 7},
        "capacity": 40,
    }


def test_a_reference_says_nothing_but_its_key(routed: Routed) -> None:
    of = {"slug": "26-meer-zukunft-seen", "title": "Elsewhere", "whatFailed": "x", "__typename": "Project"}
    routed.foreign.manner = each(parking={"name": "x", "free": 1, "of": of})

    answer = routed.ask(f'{{ municipality(ars: "{ZEITZ}") {{ parking {{ of {{ title whatFailed }} }} }} }}')

    assert answer["data"]["municipality"]["parking"]["of"] == {"title": "26 meer.zukunft.seen.", "whatFailed": None}


@pytest.mark.parametrize("slug", ["nowhere", "", "x" * 10_000, "\x00", "' OR 1=1 //"])
def test_a_reference_to_nothing_is_null(routed: Routed, slug: str) -> None:
    routed.foreign.project = slug
    answer = routed.ask(f'{{ municipality(ars: "{ZEITZ}") {{ name parking {{ free of {{ title }} }} }} }}')

    assert answer["data"]["municipality"]["name"] == "Zeitz, Stadt"
    assert answer["data"]["municipality"]["parking"] == {"free": 7, "of": None}


@pytest.mark.parametrize(
    "lies",
    [
        {"capacity": "many", "parking": "x"},
        {"capacity": [1], "parking": [1, 2]},
        {"capacity": {"a": 1}, "parking": {"free": 3}},
        {"capacity": 1e300, "parking": 5},
    ],
)
def test_a_value_of_a_wrong_type_is_not_shown(routed: Routed, lies: dict[str, Any]) -> None:
    routed.foreign.manner = each(**lies)
    answer = routed.ask(CROSSING)

    assert answer["data"]["municipality"] == OURS | {"parking": None, "capacity": None}
    assert set(codes(answer)) <= {"INTERNAL"}
    for one in answer["errors"]:
        assert one["message"] == "Internal error. Please report it with the request id."
        assert one["path"][:2] == ["municipality", "parking"] or one["path"] == ["municipality", "capacity"]


def test_a_subgraph_does_not_speak_for_the_router(routed: Routed) -> None:
    http = {"status": 599, "headers": {"set-cookie": "a=b", "x-request-id": "mine"}}
    told = {"message": "x", "extensions": {"code": "MINE", "http": http}}
    routed.foreign.manner = says({"data": None, "errors": [told], "extensions": {"http": http}}, set_cookie="a=b")
    response = routed.post(CROSSING)

    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert response.headers["x-request-id"] != "mine"
    parking_failed(response.json(), "MINE")
    assert response.json()["errors"][0]["extensions"] == {"code": "MINE"}


@pytest.mark.parametrize(
    "given", [{"message": 5}, {"path": "x", "message": "y", "locations": 1}, {"extensions": []}, {}, 5]
)
def test_errors_out_of_shape_are_errors_all_the_same(routed: Routed, given: Any) -> None:
    routed.foreign.manner = says({"data": None, "errors": [given]})
    response = routed.post(CROSSING)

    parking_failed(response.json(), "INTERNAL")
    assert response.json()["errors"][0]["extensions"]["requestId"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("manner", "seconds"),
    [
        (says(b"<html>", 429, retry_after="17"), 17),
        (says(b"<html>", 429), 1),
        (says(b"<html>", 429, retry_after="soon"), 1),
        (error("Too many", 429, code="RATE_LIMITED", retryAfter=9), 9),
    ],
)
def test_too_many_requests_say_when_to_come_again(routed: Routed, manner: Manner, seconds: int) -> None:
    routed.foreign.manner = manner
    answer = routed.ask(CROSSING)
    alone = routed.post('{ parking(name: "a") { free } }')

    parking_failed(answer, "RATE_LIMITED")
    assert {one["extensions"]["retryAfter"] for one in answer["errors"]} == {seconds}
    assert (alone.status_code, alone.headers["retry-after"]) == (429, str(seconds))


def test_a_supergraph_newer_than_a_subgraph_says_so(routed: Routed) -> None:
    query = '{ parking(name: "a") { name closesAt } hubs(first: 1) { totalCount } }'
    answer = routed.ask(query)

    assert answer["data"] == {"parking": None, "hubs": {"totalCount": 10}}
    assert codes(answer) == ["UNAVAILABLE"]
    assert "another version" in answer["errors"][0]["message"]
    # What both know still answers.
    assert routed.ask('{ parking(name: "a") { name } }') == {"data": {"parking": {"name": "a"}}}


@pytest.mark.parametrize(
    "manner",
    [
        error("Cannot query field 'free' on type 'ParkingArea'.", 400, code="GRAPHQL_VALIDATION_FAILED"),
        error("Syntax Error: Unexpected '?'.", 400, code="GRAPHQL_PARSE_FAILED"),
        error("Unknown argument 'ars'", 400),
    ],
)
def test_what_the_router_asked_wrongly_is_not_laid_to_the_client(routed: Routed, manner: Manner) -> None:
    routed.foreign.manner = manner

    parking_failed(routed.ask(CROSSING), "UNAVAILABLE")


def test_a_supergraph_older_than_a_subgraph_does_not_know_what_is_new(routed: Routed) -> None:
    answer = routed.ask('{ parking(name: "a") { name opensAt } }')

    assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]
    assert routed.foreign.asked == []


def test_names_of_answers_are_the_clients_own(routed: Routed) -> None:
    query = f"""{{
      municipality(ars: "{ZEITZ}") {{ ars: capacity constructor: name parking: parking {{ hasOwnProperty: free }} }}
      toString: municipality(ars: "{ZEITZ}") {{ ars __proto: parking {{ valueOf: free }} }}
      _entities: hubs(first: 1) {{ data: totalCount }}
    }}"""

    assert routed.ask(query) == {
        "data": {
            "municipality": {"ars": 40, "constructor": "Zeitz, Stadt", "parking": {"hasOwnProperty": 7}},
            "toString": {"ars": ZEITZ, "__proto": {"valueOf": 7}},
            "_entities": {"data": 10},
        }
    }


@pytest.mark.parametrize(
    "query",
    [
        f'{{ municipality(ars: "{ZEITZ}") {{ __proto__: parking {{ free }} }} }}',
        f'{{ __proto__: municipality(ars: "{ZEITZ}") {{ name }} }}',
        "{ ...a } fragment a on Query { ... { __proto__: __typename } }",
    ],
)
def test_an_alias_that_would_lose_what_it_names_is_refused(routed: Routed, query: str) -> None:
    answer = routed.ask(query)

    assert codes(answer) == ["GRAPHQL_VALIDATION_FAILED"]
    assert "__proto__" in answer["errors"][0]["message"]
    assert "data" not in answer
    assert routed.foreign.asked == []


@pytest.mark.parametrize("status", [200, 401])
def test_who_is_not_told_who_asks_cannot_have_them_sign_in_again(routed: Routed, status: int) -> None:
    routed.foreign.manner = error("Your token is not accepted.", status, code="UNAUTHENTICATED")
    alone = routed.post('{ parking(name: "a") { name } }')
    beside = routed.ask(CROSSING)

    assert alone.status_code == 200
    assert "www-authenticate" not in alone.headers
    assert codes(alone.json()) == ["FORBIDDEN"]
    assert alone.json()["errors"][0]["message"] == "Your token is not accepted."
    assert beside["data"]["municipality"] == OURS | {"parking": None, "capacity": None}
    assert set(codes(beside)) == {"FORBIDDEN"}
