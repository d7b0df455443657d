"""Who reuses what, what they say of it, what they ask, and who follows."""

from datetime import timedelta
from typing import Final

from graph.accounts.people import seen
from graph.commands.adoptions import (
    ConfirmAdoption,
    RecordAdoption,
    WriteExperienceReport,
    ask_to_reconfirm,
    confirm_adoption,
    record_adoption,
    write_experience_report,
)
from graph.commands.callbacks import RequestCallback, request_callback
from graph.commands.claims import ClaimProject, claim_project
from graph.commands.following import Follow, follow
from graph.commands.joining import JoinProject, join_project
from graph.commands.mail_settings import SaveMailSettings, save_mail_settings
from graph.commands.questions import (
    AcceptAnswer,
    AnswerQuestion,
    AskQuestion,
    accept_answer,
    answer_question,
    ask_question,
)
from graph.commands.saved_searches import SaveSearch, save_search
from graph.model import NodeKey
from graph.values import PartialDate, instant
from graph.vocabulary import AdoptionStatus, Digest, Visibility
from graph.writing.unit import Unit
from network.development.accounts import accounts
from network.development.examples import cast
from network.development.examples.play import EXAMPLES, Play, named

_ADAPTED: Final = {
    "parking": "Die Karte steht auf der eigenen Website.",
    "bicycles": "Gemietet wird auch an der Pforte des Rathauses.",
    "charging": "Die Ladesäulen stehen auf der Karte der eigenen Website.",
    "case": "Zwei Sensoren für Bodenfeuchte sind dazugekommen.",
}
"""What houses made of a project."""


async def past(play: Play, projects: dict[str, NodeKey]) -> None:
    """What was adopted, and confirmed, before anybody followed."""
    parking, bicycles, charging, case = (projects[name] for name in ("parking", "bicycles", "charging", "case"))
    await _use_that_ended(play, parking)
    # Confirmed almost a year ago, so that its house is asked by now whether it goes on.
    oldest = await _adopt(play, "parking", parking, by=cast.OF_VILLAGE, house=cast.VILLAGE, days_ago=355)
    await _confirm(play, "parking", oldest, by=cast.OF_TOWN, days_ago=354)
    await _report(play, oldest)
    await _ask_to_reconfirm(play, oldest)
    for name, project, owner, by, house, days_ago in (
        ("bicycles", bicycles, cast.OF_VILLAGE, cast.OF_TOWN, cast.TOWN, 120),
        ("charging", charging, cast.OF_WORKS, cast.OF_TOWN, cast.TOWN, 90),
        ("charging", charging, cast.OF_WORKS, cast.OF_VILLAGE, cast.VILLAGE, 80),
        ("case", case, cast.LEAD, cast.OF_TOWN, cast.TOWN, 70),
        ("case", case, cast.LEAD, cast.OF_VILLAGE, cast.VILLAGE, 60),
    ):
        adoption = await _adopt(play, name, project, by=by, house=house, days_ago=days_ago)
        await _confirm(play, f"{name} by {house}", adoption, by=owner, days_ago=days_ago - 1)


async def arrive(play: Play) -> None:
    """Lets everybody sign in once, so that they can be told of what follows.

    They are sent no mail of tasks, nor digests at houses that exist: the log of a first start would be full of them. Houses
    get theirs, with the links by which one decides without an account. The people of made-up houses are listed as members.
    """
    today = instant(play.now)
    for key in cast.people():
        await seen(play.store, cast.principal(play.issuer, key), now=today)
    for key in cast.members():
        account = accounts()[key]
        chosen = SaveMailSettings(gets_task_mail=False, digest=Digest.NEVER)
        if account.is_made_up:
            chosen = SaveMailSettings(gets_task_mail=False, name=account.name, is_listed=True)
        await play.do(save_mail_settings, chosen, by=key, name="mail settings", days_ago=2)


async def present(play: Play, projects: dict[str, NodeKey]) -> None:
    """What happened of late, and waits."""
    parking, charging = projects["parking"], projects["charging"]
    for account in cast.members():
        await play.do(follow, Follow(target=parking), by=account, name="follow parking", days_ago=1.5)
    for account in (cast.LEAD, *(f"hub_lead:{slug}" for slug in cast.real_hubs()), cast.OF_TOWN):
        search = SaveSearch(name=f"{cast.MARK}Sensoren", query="Sensoren", filter={"topic": ["sensorik"]})
        await play.do(save_search, search, by=account, name="save a search", days_ago=1.5)
    for name, project, days_ago in (("parking", parking, 1.2), ("charging", charging, 1.0)):
        pilot = AdoptionStatus.PILOT
        await _adopt(play, name, project, by=cast.OF_UNIVERSITY, house=cast.UNIVERSITY, days_ago=days_ago, status=pilot)
    interested = AdoptionStatus.INTERESTED
    await _adopt(play, "parking", parking, by=cast.LEAD, house=cast.HUB, days_ago=1.1, status=interested)
    await _questions(play, parking)
    claim = ClaimProject(
        project=projects["orphan"].value,
        house=cast.VILLAGE,
        note=f"{cast.MARK}Wir haben ihn eingeführt und pflegen ihn.",
    )
    await play.do(claim_project, claim, by=cast.OF_VILLAGE, name="claim orphan", days_ago=0.8)
    join = JoinProject(
        project=charging.value, house=cast.UNIVERSITY, role="Auswertung", note=f"{cast.MARK}Wir werten die Daten aus."
    )
    await play.do(join_project, join, by=cast.OF_UNIVERSITY, name="join charging", days_ago=0.7)
    call = RequestCallback(
        entry=parking,
        name=f"{cast.MARK}Bauamt Musterdorf",
        text=f"{cast.MADE_UP} Wie tief liegen die Sensoren?",
        phone="+49 30 23125 001",
    )
    await play.do(request_callback, call, by=cast.OF_VILLAGE, name="call back", days_ago=0.6)


async def _use_that_ended(play: Play, parking: NodeKey) -> None:
    """What somebody tried, had confirmed, and gave up for a reason that everybody reads."""
    began, over = 380, 140
    adoption = await _adopt(play, "parking", parking, by=cast.OF_WORKS, house=cast.WORKS, days_ago=began)
    await _confirm(play, "parking of the works", adoption, by=cast.OF_TOWN, days_ago=began - 1)
    retired = RecordAdoption(
        project=parking.value,
        house=cast.WORKS,
        status=AdoptionStatus.RETIRED,
        ended=PartialDate(play.day(-over)[:7]),
        reason_ended=f"{cast.MARK}Der Kundenparkplatz wurde verkauft; für den neuen lohnen sich Sensoren nicht. {cast.MADE_UP}",
        opened=("reason_ended",),
    )
    await play.do(record_adoption, retired, by=cast.OF_WORKS, name="parking is over", days_ago=over)


async def _adopt(
    play: Play,
    name: str,
    project: NodeKey,
    *,
    by: str,
    house: NodeKey,
    days_ago: float,
    status: AdoptionStatus = AdoptionStatus.IN_USE,
) -> NodeKey:
    record = RecordAdoption(
        project=project.value,
        house=house,
        status=status,
        since=None if status is AdoptionStatus.INTERESTED else PartialDate(play.day(-int(days_ago) - 20)[:7]),
        adapted=f"{cast.MARK}{_ADAPTED[name]} {cast.MADE_UP}",
        visibility=Visibility.PUBLIC,
    )
    answer = await play.do(record_adoption, record, by=by, name=f"adopt {name}", days_ago=days_ago)
    return named(answer, "Adoption")


async def _confirm(play: Play, name: str, adoption: NodeKey, *, by: str, days_ago: float) -> None:
    confirm = ConfirmAdoption(adoption=adoption.value)
    await play.do(confirm_adoption, confirm, by=by, name=f"confirm {name}", days_ago=days_ago)


async def _ask_to_reconfirm(play: Play, adoption: NodeKey) -> None:
    """As the housekeeping would by tomorrow."""
    until = (play.now + timedelta(days=30)).date()

    async def ask(unit: Unit) -> bool:
        return await ask_to_reconfirm(unit, adoption.value, until=until)

    await play.at(3).run(ask, actor=EXAMPLES, idempotency_key="example: reconfirm")


async def _report(play: Play, adoption: NodeKey) -> None:
    report = WriteExperienceReport(
        adoption=adoption.value,
        text=f"{cast.MARK}Nach vier Wochen lief es. Die Bürgerinnen und Bürger schauen vor der Fahrt auf die Karte. {cast.MADE_UP}",
        would_do_again=True,
        what_failed=f"{cast.MARK}Der Empfang in der Tiefgarage reichte nicht.",
    )
    await play.do(write_experience_report, report, by=cast.OF_VILLAGE, name="report", days_ago=300)


async def _questions(play: Play, project: NodeKey) -> None:
    ask = AskQuestion(
        about=project,
        house=cast.VILLAGE,
        text=f"{cast.MARK}Wie lange halten die Batterien?",
        visibility=Visibility.PUBLIC,
    )
    asked = await play.do(ask_question, ask, by=cast.OF_VILLAGE, name="ask", days_ago=1)
    reply = AnswerQuestion(
        question=str(asked["id"]), house=cast.TOWN, text=f"{cast.MARK}Bisher drei Jahre. {cast.MADE_UP}"
    )
    told = await play.do(answer_question, reply, by=cast.OF_TOWN, name="answer", days_ago=0.95)
    accept = AcceptAnswer(answer=str(told["id"]))
    await play.do(accept_answer, accept, by=cast.OF_VILLAGE, name="accept", days_ago=0.9)
    open_one = AskQuestion(
        about=project,
        house=cast.UNIVERSITY,
        text=f"{cast.MARK}Gibt es die Messwerte auch als Schnittstelle?",
        visibility=Visibility.PUBLIC,
    )
    await play.do(ask_question, open_one, by=cast.OF_UNIVERSITY, name="ask again", days_ago=0.5)
    of_topic = AskQuestion(
        about=NodeKey("Topic", "lorawan"),
        house=cast.TOWN,
        text=f"{cast.MARK}Welche Gateways vertragen Frost?",
        visibility=Visibility.PUBLIC,
    )
    await play.do(ask_question, of_topic, by=cast.OF_TOWN, name="ask of a topic", days_ago=0.4)
