"""Beside a subgraph of somebody else, as a router is set up unless told otherwise: it learns keys, and callers lose nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.network.routed import Routed, beside_ours, codes

ZEITZ = "150840590590"
TOWN = f"municipality:{ZEITZ}"
ACCOUNTS = ("", "none", "hub_lead:zeitz", "hub_lead:hennstedt", TOWN, "network_admin")
DRAFT = """mutation ($input: CreateProjectDraftInput!) {
  createProjectDraft(input: $input) { ... on CreateProjectDraftSuccess { project { id slug } } }
}"""
PRIVATE = "Woran es hakt, weiß nur das Haus."


@pytest.fixture(scope="module")
def routed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routed]:
    with beside_ours(tmp_path_factory.mktemp("strangers"), SUBGRAPH_TIMEOUT_MS="5000") as found:
        yield found


@pytest.fixture(scope="module")
def tokens(routed: Routed) -> dict[str, str]:
    assert routed.parts is not None
    return {name: routed.parts.token(name) if name else "" for name in ACCOUNTS}


@pytest.fixture(scope="module")
def draft(routed: Routed, tokens: dict[str, str]) -> dict[str, Any]:
    """What only the town and the network see."""
    given = {
        "title": "Geheimer Entwurf",
        "summary": PRIVATE,
        "status": "IDEA",
        "house": f"Municipality:{ZEITZ}",
        "contact": {"function": "Amt für Digitales", "email": "digital@zeitz.example"},
    }
    answer = routed.ask(DRAFT, token=tokens[TOWN], input=given)
    assert "errors" not in answer, answer
    return dict(answer["data"]["createProjectDraft"]["project"])


@pytest.mark.parametrize("account", ACCOUNTS)
def test_each_caller_sees_what_it_sees_without_a_router_and_the_stranger_learns_keys(
    routed: Routed, tokens: dict[str, str], draft: dict[str, Any], account: str
) -> None:
    routed.foreign.forget()
    ours = f"""
      viewer {{ subject }}
      project(slug: "{draft["slug"]}") {{ title summary owner {{ ... on Municipality {{ ars name %s }} }} }}
      municipality(ars: "{ZEITZ}") {{ ars name population %s }}
    """
    parking = "parking { name free }"
    who = {
        "x-forwarded-for": "198.51.100.7",
        "apollographql-client-name": "board of the town",
        "cookie": "__Host-session=abc",
    } | ({"authorization": f"Bearer {tokens[account]}"} if account else {})
    through = routed.post(f"{{ {ours % (parking, parking)} }}", headers=who).json()
    without = routed.directly(f"{{ {ours % ('', '')} }}", token=tokens[account])

    found = through["data"]
    assert found["municipality"].pop("parking") == {"name": f"Am Markt {ZEITZ}", "free": 7}
    if found["project"]:
        assert found["project"]["owner"].pop("parking") == {"name": f"Am Markt {ZEITZ}", "free": 7}
    assert found == without["data"]
    assert codes(through) == codes(without)
    assert (found["project"] is not None) is (account in (TOWN, "network_admin"))

    assert routed.foreign.asked
    for asked in routed.foreign.asked:
        assert not {"authorization", "cookie", "x-forwarded-for", "apollographql-client-name"} & set(asked.headers)
        sent = json.dumps(asked.body, ensure_ascii=False)
        assert not [told for told in (PRIVATE, "Entwurf", draft["id"], draft["slug"], "198.51.100.7") if told in sent]
        references = asked.body["variables"]["representations"]
        assert all(one == {"__typename": "Municipality", "ars": ZEITZ} for one in references)
