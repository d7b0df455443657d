"""What the corpus reads beside the seed: entries of every visibility and stage, made by the sample accounts over GraphQL.

Whoever tells what somebody may not see needs something that is there and hidden. Ids are new with each start, so operations name
what they mean by the keys of `Town.facts`.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from tests.fixtures.process import START_S, hubnetz
from tests.fixtures.routers import Subgraphs

ACCOUNTS: Final = {
    "none": "none",
    "lead": "hub_lead:zeitz",
    "member": "hub_member:zeitz",
    "other": "hub_lead:wilster",
    "town": "municipality:150840590590",
    "amt": "municipality:010515169",
    "university": "university:05gqaka33",
    "admin": "network_admin",
}
"""Callers by the names that the corpus has for them, beside `anonymous`."""
UNIVERSITY, TOWN, AMT = "University:05gqaka33", "Municipality:150840590590", "Municipality:010515169"
HUB, TOPIC, SERVICE = "Hub:zeitz", "mobilitaet", "99115005000000"
WORD: Final = "Lindenkataster"
"""Stands in the title of every project made here: whoever searches for it finds what is theirs."""
HIDDEN: Final = (
    *("draft", "submitted", "changes", "private", "network"),
    *("person", "internal-expert", "need", "question", "answer", "unconfirmed", "report", "tender", "comment", "task"),
)
"""Entries that nobody without a membership may read."""
_PROJECTS: Final = 6
_PATIENCE_S: Final = 60
_SERVICES: Final = f"leika_id,name,ozg_topic\n{SERVICE},Wohnsitz anmelden,Umzug\n99050035000000,Wohnung melden,Bauen\n"
_PROBLEMS: Final = "... on Problem { message } ... on InvalidInput { problems { path message } }"


@dataclass
class Town:
    """Who asks, and what there is to ask for.

    Args:
        facts: Global ids (and some slugs) by the name that operations use.
    """

    gateway: str
    tokens: dict[str, str]
    facts: dict[str, str] = field(default_factory=dict)

    def headers(self, caller: str) -> dict[str, str]:
        return {} if caller == "anonymous" else {"authorization": f"Bearer {self.tokens[caller]}"}

    def ask(self, caller: str, text: str, /, **variables: Any) -> Any:
        response = httpx.post(
            self.gateway, json={"query": text, "variables": variables}, headers=self.headers(caller), timeout=START_S
        )
        body = response.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def do(self, caller: str, mutation: str, shows: str, /, **given: Any) -> Any:
        """What the success of a mutation shows."""
        kind = mutation[0].upper() + mutation[1:]
        text = f"""mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{
            __typename ... on {kind}Success {{ {shows} }} {_PROBLEMS} }} }}"""
        answer = self.ask(caller, text, input=given)[mutation]
        assert answer["__typename"] == f"{kind}Success", answer
        return answer

    def made(self, name: str, caller: str, mutation: str, entity: str, /, **given: Any) -> str:
        """The id of what a mutation made, noted under `name`."""
        self.facts[name] = str(self.do(caller, mutation, f"{entity} {{ id }}", **given)[entity]["id"])
        return self.facts[name]


def settle(parts: Subgraphs, folder: Path) -> Town:
    """The network as the corpus finds it; waits until all that follows from it (index, inbox) is there, too."""
    services = folder / "services.csv"
    services.write_text(_SERVICES, encoding="utf-8")
    imported = hubnetz(parts.gateway.data_dir, "import", "services", str(services), **parts.graph)
    assert imported.returncode == 0, imported.stdout + imported.stderr
    tokens = {name: parts.token(account) for name, account in ACCOUNTS.items()}
    town = Town(f"{parts.gateway.url}/graphql", tokens)
    _of_people(town)
    _projects(town)
    _around_them(town)
    _houses(town)
    _reuse(town)
    _found(town)
    if parts.graph:
        parts.reindex()
    _await(town)
    return town


def _projects(town: Town) -> None:
    """One of each visibility that is published, and one of each stage before that."""
    for visibility in ("PUBLIC", "NETWORK", "PRIVATE"):
        project = _project(town, visibility.lower(), visibility)
        town.do("town", "confirmPartnership", "project { id }", project=project, house=TOWN)
        town.do("university", "submitProject", "project { id }", project=project, reviewer=HUB)
        town.do("lead", "publishProject", "project { id }", project=project)
    _project(town, "draft", "PUBLIC")
    submitted = _project(town, "submitted", "PUBLIC")
    town.do("university", "submitProject", "project { id }", project=submitted, reviewer=HUB)
    changes = _project(town, "changes", "NETWORK")
    town.do("university", "submitProject", "project { id }", project=changes, reviewer=HUB)
    remarks = [{"text": "Was hat nicht geklappt?", "field": "whatFailed"}, {"text": "Bitte kürzen."}]
    town.do("lead", "requestChanges", "project { id }", project=changes, remarks=remarks)
    for origin in ("public", "private"):
        derived = {"project": town.facts["network"], "origin": town.facts[origin]}
        town.do("university", "linkDerivedFrom", "project { id }", **derived)


def _project(town: Town, name: str, visibility: str) -> str:
    details = {
        "visibility": visibility,
        "contactVisibility": "NETWORK",
        "writeup": "## Bäume zählen\n\nJede Linde steht in einer Karte.",
        "topics": [TOPIC],
        "services": [SERVICE],
        "partners": [{"house": TOWN, "role": "Anwenderin"}],
        "costBand": "UNDER_25_000",
        "oneOffCost": 18_000,
        "yearlyCost": 900,
        "ownShare": 4_500,
        "lessonsLearned": "Früh mit dem Bauhof reden.",
        "whatFailed": "Die erste Karte war auf Telefonen unlesbar.",
        "licence": "EUPL-1.2",
        "started": "2025-03",
    }
    project = town.made(
        name,
        "university",
        "createProjectDraft",
        "project",
        title=f"{WORD} {name}",
        summary="Linden finden. Jeder Baum steht in einer Karte. Die Schulen pflegen sie.",
        status="PILOT",
        house=UNIVERSITY,
        contact={"function": "Transferstelle", "email": "transfer@hochschule.example"},
        details=details,
    )
    text = "query ($id: ID!) { project(id: $id) { slug } }"
    town.facts[f"{name}-slug"] = str(town.ask("university", text, id=project)["project"]["slug"])
    return project


def _around_them(town: Town) -> None:
    public = town.facts["public"]
    town.made("result", "university", "addResult", "result", project=public, kind="DATA", title="Standorte der Linden")
    town.made(
        "tender",
        "university",
        "addDocument",
        "document",
        project=public,
        kind="TENDER",
        title="Vergabe",
        visibility="NETWORK",
    )
    town.made("question", "town", "askQuestion", "question", about=public, text="Wie genau?", house=TOWN)
    answer = {"question": town.facts["question"], "text": "Auf zwei Meter.", "house": UNIVERSITY}
    town.made("answer", "university", "answerQuestion", "answer", **answer)
    town.do("town", "acceptAnswer", "question { id }", answer=town.facts["answer"])
    open_question = {"about": f"Topic:{TOPIC}", "text": "Wer zählt Räder?", "visibility": "PUBLIC"}
    town.made("public-question", "amt", "askQuestion", "question", house=AMT, **open_question)


def _reuse(town: Town) -> None:
    given = {"house": AMT, "status": "IN_USE", "since": "2026-01", "cost": 700}
    adoption = town.made("adoption", "amt", "recordAdoption", "adoption", project=town.facts["public"], **given)
    town.do("university", "confirmAdoption", "adoption { id }", adoption=adoption)
    report = {"adoption": adoption, "text": "In drei Wochen eingeführt.", "whatFailed": "Die Schulferien."}
    town.made("report", "amt", "writeExperienceReport", "report", wouldDoAgain=True, **report)
    town.made("unconfirmed", "amt", "recordAdoption", "adoption", project=town.facts["network"], **given)
    seeks = {"house": TOWN, "kind": "SEEKS", "topics": [TOPIC], "services": [SERVICE]}
    town.made("need", "town", "postNeed", "need", title="Zähler für Bäume", **seeks)
    offers = {"house": AMT, "kind": "OFFERS", "topics": [TOPIC], "visibility": "PUBLIC"}
    town.made("public-need", "amt", "postNeed", "need", title="Karten von Linden", **offers)


def _houses(town: Town) -> None:
    contact = {"function": "Hauptamt", "email": "hauptamt@stadt.example", "phone": "034410000"}
    town.do("town", "saveHouseContact", "house { id }", house=TOWN, contact=contact, visibility="NETWORK")
    online = {"municipality": TOWN, "service": SERVICE, "url": "https://stadt.example/wohnsitz", "since": "2025-04"}
    town.do("town", "recordOnlineService", "municipality { id }", **online)
    person = {
        "role": "Baumpflege",
        "email": "kim@hochschule.example",
        "purpose": "Auskunft zu Linden",
        "topics": [TOPIC],
    }
    expert = {"house": UNIVERSITY, "name": "Kim Beispiel", "isPerson": True}
    sources = [{"publisher": "Die Person selbst"}]
    town.made("person", "university", "registerExpert", "expert", **expert, details=person | {"sources": sources})
    for name, visibility in (("expert", "PUBLIC"), ("internal-expert", "NETWORK")):
        role = {"role": "Leitung", "email": "gruen@stadt.example", "visibility": visibility, "topics": [TOPIC]}
        details = role | {"contactVisibility": "NETWORK"}
        given = {"house": TOWN, "name": f"Grünflächenamt {name}", "isPerson": False}
        town.made(name, "town", "registerExpert", "expert", **given, details=details)
    event = {"title": "Lindentag", "kind": "Workshop", "startsAt": "2027-03-04", "place": "Zeitz", "hosts": [HUB]}
    hours = {"startTime": "10:00", "endTime": "12:00"}
    town.made("event", "lead", "saveEvent", "event", changes=event | hours | {"topics": [TOPIC]})
    funding = {
        "name": "Smarte Bäume 2027",
        "funder": "Ministerium",
        "amountMax": 200_000,
        "deadline": "2027-06-30",
        "url": "https://foerderung.example",
    }
    town.made("funding", "admin", "saveFundingProgramme", "programme", changes=funding)


def _of_people(town: Town) -> None:
    """What lies in somebody's own hands. Nothing of it comes back later: a search finds nothing, a webhook hears nothing."""
    town.do("lead", "follow", "viewer { subject }", target=f"Topic:{TOPIC}")
    town.do("lead", "saveSearch", "viewer { subject }", name="Nichts", query="qqqxxxqqq", filter={})
    town.do("lead", "registerWebhook", "webhook", url="https://system.example/hubnetz", kinds=["EVENT_CANCELLED"])
    feed = {"name": "Was neu ist", "form": "NEWS", "page": "/projects"}
    town.do("lead", "createFeedAddress", "viewer { subject }", **feed)
    invited = {"house": TOWN, "role": "MUNICIPALITY", "email": "ordnungsamt@stadt.example"}
    town.do("lead", "inviteMember", "invitation", **invited)


def _found(town: Town) -> None:
    """Entries that come of others."""
    comments = "query ($id: ID!) { project(id: $id) { reviewComments { id } } }"
    found = town.ask("university", comments, id=town.facts["changes"])["project"]["reviewComments"]
    town.facts["comment"] = str(found[0]["id"])
    tasks = town.ask("lead", "{ viewer { tasks { id kind } } }")["viewer"]["tasks"]
    town.facts["task"] = next(str(task["id"]) for task in tasks if task["kind"] == "REVIEW_PROJECT")


def _await(town: Town) -> None:
    """Until the last of the news is in an inbox and the index has the last project: news are told in order."""
    inbox = "{ viewer { notifications(first: 50) { edges { node { kind } } } } }"
    find = "query ($text: String!) { search(query: $text) { totalCount } }"
    give_up = time.monotonic() + _PATIENCE_S

    def has_all() -> bool:
        edges = town.ask("lead", inbox)["viewer"]["notifications"]["edges"]
        heard = [edge["node"]["kind"] for edge in edges].count("NEED_POSTED")
        return (heard, town.ask("admin", find, text=WORD)["search"]["totalCount"]) == (2, _PROJECTS)

    while not has_all():
        assert time.monotonic() < give_up, (town.ask("lead", inbox), town.ask("admin", find, text=WORD))
