"""Written operations of what is hidden from some, by every way that leads there: each goes to those who see it and to those who do not."""

from collections.abc import Mapping
from typing import Any, Final

from tests.federation.corpus.town import HUB, TOPIC, TOWN, UNIVERSITY, WORD

_Given = Mapping[str, Any]
_ANYBODY: Final = ("anonymous", "none")
_ALL: Final = ("anonymous", "none", "member", "admin")

_INSIDE: Final = "oneOffCost yearlyCost ownShare lessonsLearned whatFailed costBand contact { email }"
_EVERYTHING: Final = f"""query ($id: ID!) {{ project(id: $id) {{
    id title stage visibility {_INSIDE}
    owner {{ __typename name ... on University {{ domain contact {{ email }} }} }}
    houses {{ edges {{ role confirmedAt node {{ name ... on Municipality {{ population contact {{ email phone }} }} }} }} }}
    questions {{ totalCount edges {{ node {{ text house {{ name }} answers {{ text accepted house {{ name }} }} }} }} }}
    adoptions {{ totalCount edges {{ node {{ status cost house {{ name }} reports {{ text whatFailed }} }} }} }}
    documents {{ title kind }} results {{ title kind }} reviewComments {{ text field }}
    tasks {{ kind houses {{ name }} }} }}
  zeitz: hub(slug: "zeitz") {{ name }} }}"""

ANSWERED: Final[dict[str, tuple[tuple[str, ...], str, _Given]]] = {
    **{
        f"everything-{name}": (("anonymous", "none", "member", "university", "admin"), _EVERYTHING, {"id": f"@{name}"})
        for name in ("public", "network", "private", "draft", "changes")
    },
    "hidden-by-slug": (
        _ALL,
        f"""query ($draft: String!, $private: String!, $public: String!) {{
            draft: project(slug: $draft) {{ title {_INSIDE} }} private: project(slug: $private) {{ title {_INSIDE} }}
            public: project(slug: $public) {{ title {_INSIDE} owner {{ name }} }} }}""",
        {"draft": "@draft-slug", "private": "@private-slug", "public": "@public-slug"},
    ),
    "hidden-by-node": (
        _ALL,
        """query ($a: ID!, $b: ID!, $c: ID!, $d: ID!, $e: ID!) {
            a: node(id: $a) { __typename id } b: node(id: $b) { __typename id } c: node(id: $c) { __typename id }
            d: node(id: $d) { __typename ... on Expert { name email } } e: node(id: $e) { id ... on Project { title } } }""",
        {"a": "@need", "b": "@answer", "c": "@report", "d": "@person", "e": "@public"},
    ),
    "hidden-in-search": (
        _ALL,
        f"""{{ search(query: "{WORD}", facets: [TOPIC, STATUS, HOUSE]) {{ totalCount isTotalExact
            facets {{ name values {{ value count }} }}
            edges {{ score title {{ html }} snippets {{ source html }} node {{ title whatFailed owner {{ name }} }} }} }} }}""",
        {},
    ),
    "hidden-in-lists": (
        _ALL,
        f"""{{ projects(filter: {{ house: "{UNIVERSITY}" }}) {{ totalCount edges {{ node {{ title oneOffCost hub {{ name }} }} }} }}
            needs {{ totalCount edges {{ node {{ title house {{ name }} }} }} }}
            experts(filter: {{ house: "{TOWN}" }}) {{ totalCount edges {{ node {{ name email houses {{ name }} }} }} }} }}""",
        {},
    ),
    "hidden-behind-a-topic": (
        _ALL,
        f"""{{ node(id: "Topic:{TOPIC}") {{ ... on Topic {{ nameDe
            projects(first: 20) {{ totalCount edges {{ node {{ title }} }} }} needs {{ totalCount edges {{ node {{ title text }} }} }}
            questions {{ totalCount edges {{ node {{ text house {{ name }} }} }} }}
            experts {{ totalCount edges {{ node {{ name email }} }} }} }} }} }}""",
        {},
    ),
    "hidden-behind-a-house": (
        _ALL,
        """query ($ars: String!) { municipality(ars: $ars) { name contact { function email phone }
            needs { totalCount edges { node { title visibility } } }
            involvedIn { totalCount edges { role node { title stage } } }
            experts { totalCount edges { node { name email contactVisibility } } }
            onlineServices { edges { url since node { name projects { totalCount edges { node { title } } } } } }
            similar { shared municipality { name } } } }""",
        {"ars": TOWN.partition(":")[2]},
    ),
    "hidden-behind-an-adoption": (
        _ALL,
        """query ($open: ID!, $closed: ID!) {
            open: node(id: $open) { ... on Adoption { status cost project { title } house { name } reports { text } } }
            closed: node(id: $closed) { ... on Adoption { status project { title } } } }""",
        {"open": "@adoption", "closed": "@unconfirmed"},
    ),
    "history-is-not-for-all": (
        _ANYBODY,
        f"""{{ history(entity: "{HUB}") {{ edges {{ node {{ action }} }} }} members(house: "{TOWN}") {{ name email }}
            invitations(house: "{TOWN}") {{ email }} viewer {{ memberships unreadCount }} hub(slug: "zeitz") {{ name }} }}""",
        {},
    ),
    "history-of-a-project": (
        ("university", "admin"),
        """query ($id: ID!) { history(entity: $id, first: 5) { edges { node { action version fields { field after }
            links { relationship node } } } pageInfo { hasNextPage } } project(id: $id) { owner { name } } }""",
        {"id": "@public"},
    ),
}
"""Callers, document and variables by name."""
