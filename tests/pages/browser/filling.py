"""What the sample accounts enter over the API, so that every page has something to show and every form something to be about."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx

from auth.principal import Membership, MembershipKind, Principal
from auth.sessions import hashed
from graph.commands.completing import ask_to_complete
from graph.commands.holding import hold
from graph.commands.members import AcceptInvitation, InviteMember, accept_invitation, invite_member
from graph.model import NodeKey
from graph.writing.unit_of_work import Unit, UnitOfWork
from network.app import open_ports
from network.configuration.settings import load
from network.development.accounts import accounts
from network.development.issuer import COMMAND_LINE, DevelopmentIssuer
from tests.fixtures.builders import involves, make_project, plant, relate
from tests.fixtures.inviting import secret_of
from tests.fixtures.process import START_S, Server, hubnetz
from tests.fixtures.units import SYSTEM

LEAD, TOWN, AMT, UNIVERSITY = (
    "hub_lead:zeitz",
    "municipality:150840590590",
    "municipality:010515169",
    "university:05gqaka33",
)
HUB_ID, TOWN_ID, AMT_ID, UNIVERSITY_ID = (
    "Hub:zeitz",
    "Municipality:150840590590",
    "Municipality:010515169",
    "University:05gqaka33",
)
TOPIC: Final = "verwaltung"
CLAIMED: Final = "Project:lastenraeder"
SERVICE_ID: Final = "Service:99115005000000"
SERVICE, OTHER_SERVICE = "99115005000000", "99046002000000"
_SERVICES: Final = (
    f"leika_id,name,ozg_topic\n{SERVICE},Wohnsitz anmelden,Bürger\n{OTHER_SERVICE},Hund anmelden,Bürger\n"
)
_AHEAD: Final = "ahead.json"
_INVITING: Final = Principal("https://id.example", "lead", frozenset({Membership.parse(LEAD)}))
PROBLEMS: Final = """... on Problem { message } ... on Conflict { currentVersion allowedMoves }
    ... on InvalidInput { problems { path message } }"""


class People:
    """Sample accounts at programs of their own, in front of one served Hubnetz."""

    def __init__(self, server: Server) -> None:
        self._url = server.url
        given = {"HUBNETZ_DATA_DIR": str(server.data_dir), "HUBNETZ_PORT": str(server.port)}
        issuer = DevelopmentIssuer(load(given, env_file=server.data_dir / "none"))
        self._tokens = {
            key: issuer.access_token(accounts()[key], client_id=COMMAND_LINE, scope="openid hubnetz")
            for key in (LEAD, TOWN, AMT, UNIVERSITY)
        }

    def ask(self, who: str, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {self._tokens[who]}"}
        answer = httpx.post(
            f"{self._url}/graphql",
            json={"query": query, "variables": variables},
            headers=headers,
            timeout=START_S,
            trust_env=False,
        ).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def do(self, who: str, mutation: str, shows: str, **given: Any) -> Any:
        """What the success of a mutation shows."""
        kind = mutation[0].upper() + mutation[1:]
        text = f"""mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{
            __typename ... on {kind}Success {{ {shows} }} {PROBLEMS} }} }}"""
        answer = self.ask(who, text, input=given)[mutation]
        assert answer["__typename"] == f"{kind}Success", answer
        return answer

    def draft(self, who: str, house: str, title: str, **details: Any) -> dict[str, str]:
        made = self.do(
            who,
            "createProjectDraft",
            "project { id slug }",
            title=title,
            summary="Drei Sätze sagen, worum es geht. Dies ist der zweite. Der dritte sagt, was es gebracht hat.",
            status="RUNNING",
            house=house,
            contact={"function": "Leitung Digitales", "email": "digitales@rathaus.example", "phone": "+49 3441 1"},
            details={"topics": [TOPIC], "visibility": "PUBLIC"} | details,
        )["project"]
        return {"id": made["id"], "slug": made["slug"]}

    def published(self, who: str, house: str, title: str, **details: Any) -> dict[str, str]:
        project = self.draft(who, house, title, **details)["id"]
        self.do(who, "submitProject", "project { stage }", project=project, reviewer=HUB_ID)
        # With its publication an entry gets the address that it keeps.
        made = self.do(LEAD, "publishProject", "project { slug }", project=project)["project"]
        return {"id": project, "slug": made["slug"]}

    def task(self, kind: str) -> str:
        """Key of the first task of this kind that waits for the lead of the hub."""
        waiting = self.ask(LEAD, "{ viewer { tasks { id kind } } }")["viewer"]["tasks"]
        return key_of(next(one["id"] for one in waiting if one["kind"] == kind))


async def _ahead(folder: Path) -> dict[str, str]:
    """What no request can enter: somebody who came by an invitation, a link that was e-mailed, a question a week later."""
    ports = await open_ports(load({"HUBNETZ_DATA_DIR": str(folder)}, env_file=folder / "none"))
    try:
        await ports.graph.apply_schema()
        unit_of_work = UnitOfWork(ports.graph)
        secrets = []
        for name in ("kim", "robin"):
            command = InviteMember(
                house=NodeKey.parse(HUB_ID), role=MembershipKind.HUB_MEMBER, email=f"{name}@hub.example"
            )
            invited = await invite_member(unit_of_work, command, actor=_INVITING)
            secrets.append(await secret_of(ports.graph, invited["id"], now=await ports.graph.now()))
        link = AcceptInvitation(link=hashed(secrets[0]))
        await accept_invitation(unit_of_work, link, actor=Principal("https://id.example", "kim"))
        entry = make_project("offene-fragen", title="Sprechstunde auf dem Markt", version=1)
        claimed = make_project(key_of(CLAIMED), title="Lastenräder für den Bauhof", version=1)
        hub, town = NodeKey.parse(HUB_ID), NodeKey.parse(TOWN_ID)
        await plant(ports.graph, entry, relate("OWNS", hub, entry))
        await plant(ports.graph, claimed, involves(claimed, town), relate("REVIEWED_BY", claimed, hub))

        async def ask(unit: Unit) -> str:
            return await ask_to_complete(unit, await hold(unit, entry.id), "writeup")

        return {"link": secrets[1], "completed": await unit_of_work.run(ask, actor=SYSTEM)}
    finally:
        await ports.close()


def prepare(folder: Path) -> None:
    """Enters it before anybody serves the folder; `fill` goes on from there."""
    # In a thread of its own: that of a browser has a loop already.
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(asyncio.run, _ahead(folder)).result()
    (folder / _AHEAD).write_text(json.dumps(made), encoding="utf-8")


def key_of(id_: str) -> str:
    return id_.partition(":")[2]


def fill(server: Server) -> dict[str, str]:
    """Enters it, and gives the names that addresses may have in braces, with what stands for them."""
    register = server.data_dir / "services.csv"
    register.write_text(_SERVICES, encoding="utf-8")
    imported = hubnetz(server.data_dir, "import", "services", str(register), PORT=str(server.port))
    assert imported.returncode == 0, imported.stderr
    people = People(server)
    online = {"url": "https://rathaus.example/wohnsitz", "since": "2025"}
    people.do(TOWN, "recordOnlineService", "clientMutationId", municipality=TOWN_ID, service=SERVICE_ID, **online)
    ours = people.published(
        LEAD,
        HUB_ID,
        "Quittenkataster der Saaleauen",
        writeup="## Ausgangslage\n\nDie Bäume standen in **keiner** Karte.\n\n- Wege\n- Bäume\n",
        costBand="UNDER_25_000",
        oneOffCost=12_000,
        yearlyCost=900,
        whatFailed="Die erste Karte war auf Telefonen unlesbar.",
        legalBasis="§ 1 Baumschutzsatzung",
        services=[SERVICE],
    )
    theirs = people.published(TOWN, TOWN_ID, "Winterdienst mit Glättesensoren")
    return {
        **json.loads((server.data_dir / _AHEAD).read_text("utf-8")),
        "published": ours["slug"],
        "theirs": theirs["slug"],
        **_entered(people),
        **_reused(people, ours["id"], theirs["id"]),
        **_talked(people, ours["id"]),
        **_asked_of_the_hub(people, ours["id"]),
        **_posted(people),
        **_kept(people),
    }


def _entered(people: People) -> dict[str, str]:
    """Entries on their way: one at home, one that waits for the hub's word."""
    draft = people.draft(LEAD, HUB_ID, "Sprechstunde im Bürgerbus", partners=[{"house": TOWN_ID, "role": "Standort"}])
    submitted = people.draft(TOWN, TOWN_ID, "Schadensmelder für Spielplätze")
    people.do(TOWN, "submitProject", "project { stage }", project=submitted["id"], reviewer=HUB_ID)
    return {"draft": draft["slug"], "submitted": submitted["slug"]}


def _reused(people: People, ours: str, theirs: str) -> dict[str, str]:
    """An Amt reuses what is ours, and asks us to confirm another reuse; we reuse what is theirs."""

    def record(who: str, house: str, project: str) -> str:
        made = people.do(
            who, "recordAdoption", "adoption { id }", project=project, house=house, status="IN_USE", since="2026-03"
        )
        return str(made["adoption"]["id"])

    confirmed = record(AMT, AMT_ID, ours)
    people.do(LEAD, "confirmAdoption", "adoption { id }", adoption=confirmed)
    report = {"text": "In drei Wochen eingeführt.", "wouldDoAgain": True, "whatFailed": "Die Ferien waren zu kurz."}
    people.do(AMT, "writeExperienceReport", "clientMutationId", adoption=confirmed, **report)
    waiting = record(TOWN, TOWN_ID, ours)
    own = record(LEAD, HUB_ID, theirs)
    people.do(TOWN, "confirmAdoption", "adoption { id }", adoption=own)
    return {"waiting": key_of(waiting), "adoption": key_of(own)}


def _talked(people: People, ours: str) -> dict[str, str]:
    """Questions of theirs and of ours, each with an answer."""

    def ask(who: str, house: str, about: str, text: str) -> str:
        made = people.do(who, "askQuestion", "question { id }", about=about, text=text, house=house)
        return str(made["question"]["id"])

    def answer(who: str, house: str, question: str, text: str) -> str:
        made = people.do(who, "answerQuestion", "answer { id }", question=question, text=text, house=house)
        return str(made["answer"]["id"])

    asked = ask(AMT, AMT_ID, ours, "Welche Karte haben Sie genommen?")
    own = ask(LEAD, HUB_ID, f"Topic:{TOPIC}", "Wer hat eine Vorlage für die Dienstvereinbarung?")
    return {
        "question": key_of(asked),
        "own_question": key_of(own),
        "own_answer": key_of(answer(LEAD, HUB_ID, asked, "Die des Landes.")),
        "answer": key_of(answer(AMT, AMT_ID, own, "Wir haben eine, rufen Sie an.")),
    }


def _asked_of_the_hub(people: People, ours: str) -> dict[str, str]:
    """One task of each kind that is decided on a page of its own."""
    people.draft(UNIVERSITY, UNIVERSITY_ID, "Begleitforschung Dorfladen", partners=[{"house": HUB_ID, "role": "Labor"}])
    note = {"note": "Wir machen seit 2024 mit."}
    people.do(UNIVERSITY, "joinProject", "task { id }", project=ours, house=UNIVERSITY_ID, **note)
    callback = {"name": "Vorzimmer Amt Eider", "phone": "+49 4836 1", "text": "Bitte rufen Sie uns an."}
    people.do(AMT, "requestCallback", "clientMutationId", entry=ours, **callback)
    people.do(TOWN, "claimProject", "task { id }", project=CLAIMED, house=TOWN_ID)
    return {
        "partnership": people.task("CONFIRM_PARTNERSHIP"),
        "partner": people.task("DECIDE_PARTNER"),
        "callback": people.task("CALL_BACK"),
        "claim": people.task("DECIDE_CLAIM"),
    }


def _posted(people: People) -> dict[str, str]:
    """What the lead posts, follows, remembers, and whom she invites."""
    need = {"kind": "SEEKS", "text": "Für **drei** Parkplätze.", "topics": [TOPIC], "visibility": "PUBLIC"}
    posted = people.do(LEAD, "postNeed", "need { id }", house=HUB_ID, title="Sensoren gesucht", **need)["need"]["id"]
    people.do(AMT, "postNeed", "need { id }", house=AMT_ID, title="Sensoren abzugeben", **need | {"kind": "OFFERS"})
    people.do(LEAD, "follow", "clientMutationId", target="Hub:zeitz")
    saved = people.do(LEAD, "saveSearch", "savedSearch", name="Parken", query="parken")["savedSearch"]
    invited = {"house": TOWN_ID, "role": "MUNICIPALITY", "email": "amt@rathaus.example"}
    invitation = people.do(LEAD, "inviteMember", "invitation", **invited)["invitation"]
    day = {"startsAt": "2050-05-04", "startTime": "10:00", "endTime": "12:00"}
    changes = {"title": "Sprechstunde der Hubs", **day, "place": "Zeitz", "hosts": [HUB_ID], "topics": [TOPIC]}
    coming = people.do(LEAD, "saveEvent", "event { id }", changes=changes)["event"]["id"]
    return {"need": key_of(posted), "search": saved, "event": key_of(coming), "invitation": invitation}


def _kept(people: People) -> dict[str, str]:
    """What is the lead's own alone: a feed address, a program that hears of news, her entry among the experts."""
    feed = people.do(LEAD, "createFeedAddress", "feedAddress", name="Gesuche", form="TABLE", page="/needs")
    heard = people.do(LEAD, "registerWebhook", "webhook", url="https://fachverfahren.example/hubnetz")
    details = {
        "email": accounts()[LEAD].email,
        "purpose": "Damit man fragen kann.",
        "visibility": "NETWORK",
        "sources": [{"publisher": "die Person selbst"}],
    }
    herself = people.do(
        LEAD, "registerExpert", "expert { id }", house=HUB_ID, name="Kim Muster", isPerson=True, details=details
    )
    members = people.ask(LEAD, f'{{ members(house: "{HUB_ID}") {{ id }} }}')["members"]
    return {
        "feed": feed["feedAddress"],
        "webhook": heard["webhook"],
        "listing": herself["expert"]["id"],
        "expert": key_of(herself["expert"]["id"]),
        "member": next(one["id"] for one in members if one["id"]),
    }
