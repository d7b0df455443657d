"""What is somebody's own: tasks, entries of one's houses, notifications, and settings."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from graph.model import NodeKey
from graph.telling.inbox import MAX_MARKED
from graph.texts import MAX_NAME
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import Input, Widget, choice, line
from network.pages.forms.sending import signed_out
from network.pages.frame.entry_addresses import place_of, project_page
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.language import language_of, message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site, in_both_languages
from network.pages.mine.inbox_reasons import reason_in
from network.pages.mine.task_actions import about, way_of
from network.pages.operations.declared import Question

Data = Mapping[str, Any]
_HOUSES: Final = {"first": "firstHas", "second": "secondHas", "third": "thirdHas"}
"""Houses whose entries are shown, and those; somebody with more finds the rest on their pages."""
_MOST_STEWARDS: Final = 100
"""Houses whose unfinished entries are asked for: as many as `ProjectFilter.stewards` takes."""


def routes(site: Site) -> list[BaseRoute]:
    async def mine(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        keys = [f"{label}:{key}" for label, key in policy.own_houses(caller_of(request.scope))]
        shown = dict(zip(_HOUSES, keys, strict=False))
        after = request.query_params.get("after") or None
        answer = await site.asking.ask(request, _what_is_mine(shown, keys[:_MOST_STEWARDS], after))
        viewer = answer.need("viewer")
        found = ((answer.data.get(name), name) for name in shown)
        houses = [(node, answer.data[_HOUSES[name]]) for node, name in found if node is not None]
        return site.renderer.page(
            request,
            "my.html",
            viewer=viewer,
            tasks=[(task, way_of(task), about(task)) for task in viewer["tasks"]],
            follows=[(one, place_of(one["target"])) for one in viewer["follows"] if one["target"] is not None],
            followed=[(one, place_of(one["entry"])) for one in viewer["followed"] if one["entry"] is not None],
            houses=houses,
            unfinished=answer.data.get("unfinished"),
            has_more=len(keys) > len(_HOUSES),
        )

    async def inbox(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        unread = "unread" in request.query_params
        answer = await site.asking.ask(
            request, operations.my_inbox(after=request.query_params.get("after") or None, unreadOnly=unread)
        )
        viewer = answer.need("viewer")
        found = viewer["notifications"]
        language = language_of(request.url.path)
        lines = [
            (node, subject_of(node["subject"]), reason_in(language, node["reason"] or ""))
            for node in (edge["node"] for edge in found["edges"])
        ]
        return site.renderer.page(request, "my_inbox.html", viewer=viewer, found=found, lines=lines, unread_only=unread)

    return [
        *in_both_languages("/my", mine),
        *in_both_languages("/my/inbox", inbox),
        *routes_of(site, ACTIONS),
    ]


def _entries(house: str) -> Data:
    """What is published, or was, of a house; with an Amt of its municipalities, for which it acts."""
    whose: Data = {"stewards": [house]} if policy.is_association(NodeKey.parse(house)) else {"owner": house}
    return {**whose, "stages": ["PUBLISHED", "WITHDRAWN", "ARCHIVED"]}


def _what_is_mine(shown: Mapping[str, str], stewards: Sequence[str], after: str | None) -> Question:
    """The question for `/my`: with the entries of the houses that are shown, and what is unfinished at all of `stewards`."""
    entries = {name: _entries(key) for name, key in shown.items()}
    return operations.my(
        first=shown.get("first"),
        hasFirst="first" in shown,
        firstEntries=entries.get("first"),
        second=shown.get("second"),
        hasSecond="second" in shown,
        secondEntries=entries.get("second"),
        third=shown.get("third"),
        hasThird="third" in shown,
        thirdEntries=entries.get("third"),
        stewards=stewards,
        after=after,
    )


def subject_of(subject: Data | None) -> tuple[str, str]:
    """The path and the name of what news are about; "" where there is nothing to see."""
    if subject is None:
        return "", ""
    match subject["__typename"]:
        case "Task":
            return _asked(subject)
        case "Adoption":
            return _reuse(subject)
        case "ExperienceReport":
            return "", str(subject["report"])
        case "Question":
            return _talk(subject)
        case "Answer":
            return _talk(subject["question"])
    return place_of(subject)


def _asked(task: Data) -> tuple[str, str]:
    """Where a task is done; what was done already leads to what it was about."""
    project = task["project"] or (task["adoption"] or {}).get("project")
    done = "/my" if project is None else project_page(project["slug"])
    return way_of(task) if task["isOpen"] else done, about(task)


def _reuse(adoption: Data | None) -> tuple[str, str]:
    project = (adoption or {}).get("project")
    if adoption is None or project is None:
        return "", ""
    house = adoption["house"]
    return project_page(project["slug"]), project["title"] if house is None else f"{house['name']}: {project['title']}"


def _talk(question: Data | None) -> tuple[str, str]:
    if question is None:
        return "", ""
    project, topic = question["project"], question["topic"]
    if project is not None:
        return project_page(project["slug"]), str(project["title"])
    return ("", "") if topic is None else (f"/topics/{topic['slug']}", str(topic["nameDe"]))


async def _settings(site: Site, request: Request) -> Subject:
    settings = (await site.asking.ask(request, operations.my_settings())).need("viewer")["mailSettings"]
    facts = [(message("E-Mails gehen an"), settings["email"] or "–")]
    return Subject(data={"facts": facts}, address="/my", typed=settings)


async def _lines(_: Site, request: Request) -> Subject:
    return Subject(data={"ids": request.query_params.getlist("id")[:MAX_MARKED]}, address="/my/inbox")


def _named(_: Subject, filled: Filled) -> Data:
    # An empty name takes it away, which leaving it out would not.
    return {"name": filled.typed.get("name") or ""}


def _box(name: str, label: str) -> Input:
    return Input(field=Field(name=name, kind=FieldKind.FLAG), label=label, widget=Widget.BOX)


SETTINGS: Final = Action(
    path="/my/settings",
    title=message("Einstellungen"),
    button=message("Speichern"),
    mutation=operations.save_mail_settings,
    load=_settings,
    inputs=(
        choice("digest", message("Wie oft wollen Sie eine Zusammenfassung?"), "Digest"),
        _box("getsTaskMail", message("Aufgaben auch sofort per E-Mail")),
        _box("isListed", message("Andere Mitglieder dürfen mich in der Liste meines Hauses sehen")),
        line("name", message("Name in dieser Liste"), most=MAX_NAME),
    ),
    fixed=_named,
    leads_to=lambda *_: "/my/settings",
)
READ: Final = Action(
    path="/my/inbox/read",
    title=message("Mitteilungen als gelesen vermerken"),
    button=message("Alle als gelesen vermerken"),
    mutation=operations.mark_notifications_read,
    load=_lines,
    fixed=lambda subject, _: {"notifications": subject.data["ids"]} if subject.data["ids"] else {},
    note=Note("read", message("Als gelesen vermerkt.")),
)
ACTIONS: Final = (SETTINGS, READ)
