"""What a task asks: where it is done, and the forms for what is decided there and then."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from graph.commands.completing import MAX_ANSWER
from graph.texts import MAX_NOTE
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import YES_NO, Input, Widget, area, line
from network.pages.frame.entry_addresses import key_of, project_page
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.language import message
from network.pages.frame.notices import CONFIRMED, DECLINED
from network.pages.frame.site import Site
from network.pages.operations.declared import Mutation

Data = Mapping[str, Any]
_REASON: Final = area(
    "reason",
    message("Warum?"),
    hint=message("Nötig, wenn Sie ablehnen. Die andere Seite liest es."),
    rows=3,
    most=MAX_NOTE,
)


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


def way_of(task: Data) -> str:
    """The path of the page where a task is done."""
    key = key_of(task)
    project = task["project"] or (task["adoption"] or {}).get("project")
    page = "/my" if project is None else project_page(project["slug"])
    adoption = key_of(task["adoption"] or {"id": task["entity"]})
    match task["kind"]:
        case "CONFIRM_PARTNERSHIP":
            return f"/tasks/{key}/take-part"
        case "DECIDE_CLAIM":
            return f"/tasks/{key}/decide-claim"
        case "DECIDE_PARTNER":
            return f"/tasks/{key}/decide-partner"
        case "COMPLETE_ENTRY":
            return f"/tasks/{key}/complete"
        case "CALL_BACK":
            return f"/tasks/{key}/called"
        case "CONFIRM_ADOPTION":
            return f"/adoptions/{adoption}/confirm"
        case "RECONFIRM_ADOPTION":
            return f"/adoptions/{adoption}/reconfirm"
        case "REVIEW_PROJECT":
            return "/review"
        case "ANSWER_CHANGES":
            return f"{page}/edit?step=check"
        case "CONFIRM_CURRENT":
            return f"{page}/current"
    return page


def about(task: Data) -> str:
    """What a task is about, by name."""
    project = task["project"] or (task["adoption"] or {}).get("project")
    named = project or task["need"] or task["expert"] or {}
    return str(named.get("title") or named.get("name") or "")


def _task(kind: str) -> Callable[[Site, Request], Any]:
    async def load(site: Site, request: Request) -> Subject:
        viewer = (await site.asking.ask(request, operations.my_tasks())).need("viewer")
        id_ = f"Task:{request.path_params['key']}"
        task = next((one for one in viewer["tasks"] if one["id"] == id_ and one["kind"] == kind), None)
        if task is None:
            # Done meanwhile, or somebody else's: there is nothing to decide.
            raise HTTPException(404)
        house = ""
        if task["subject"] is not None:
            answer = await site.asking.ask(request, operations.names(ids=[task["subject"]]))
            house = (answer.need("nodes")[0] or {}).get("name") or ""
        quoted = "\n".join(text for text in (house, task["note"]) if text)
        project = task["project"]
        address = "/my" if project is None else project_page(project["slug"])
        return Subject(data={**task, "quoted": quoted}, title=about(task), address=address)

    return load


def _of_task(subject: Subject, _: Filled) -> Data:
    return {"task": subject.data["id"]}


def _of_house(subject: Subject, _: Filled) -> Data:
    project = subject.data["project"]
    if project is None:
        raise HTTPException(404)
    return {"project": project["id"], "house": subject.data["subject"]}


def _home(_: Subject, __: Data) -> str:
    return "/my"


def _decided(name: str, label: str) -> Input:
    return Input(
        field=Field(name=name, kind=FieldKind.YES_NO, is_required=True),
        label=label,
        widget=Widget.SELECT,
        options=YES_NO,
    )


def _doing(verb: str, kind: str, mutation: Mutation, title: str, button: str, **more: Any) -> Action:
    """What a task of this kind asks, done at `/tasks/{key}/…`; then there is the next one."""
    given = {"fixed": _of_task, "leads_to": _home} | more
    return Action(
        path=f"/tasks/{{key}}/{verb}", title=title, button=button, mutation=mutation, load=_task(kind), **given
    )


ACTIONS: Final = (
    _doing(
        *("take-part", "CONFIRM_PARTNERSHIP", operations.confirm_partnership),
        *(message("Macht Ihr Haus hier mit?"), message("Ja, wir machen mit")),
        lead=message("Ihr Haus wurde als beteiligt genannt. Mit Ihrer Zusage steht es als beteiligt da."),
        fixed=_of_house,
        note=CONFIRMED,
        otherwise=("take-no-part", message("Nein, wir machen nicht mit")),
    ),
    _doing(
        *("take-no-part", "CONFIRM_PARTNERSHIP", operations.decline_partnership),
        *(message("Ihr Haus macht nicht mit?"), message("Nein, wir machen nicht mit")),
        inputs=(
            area(
                "reason",
                message("Warum?"),
                hint=message(
                    "Ein Satz genügt. Es steht im Verlauf des Eintrags, für die Häuser, die ihn verantworten."
                ),
                required=True,
                rows=3,
                most=MAX_NOTE,
            ),
        ),
        fixed=_of_house,
        note=DECLINED,
        is_grave=True,
    ),
    _doing(
        *("decide-claim", "DECIDE_CLAIM", operations.decide_claim),
        *(message("Soll dieses Haus den Eintrag übernehmen?"), message("Entscheiden")),
        inputs=(_decided("isGranted", message("Gehört der Eintrag diesem Haus?")), _REASON),
        fixed=_of_house,
    ),
    _doing(
        *("decide-partner", "DECIDE_PARTNER", operations.decide_partner),
        *(message("Soll dieses Haus mitmachen?"), message("Entscheiden")),
        inputs=(_decided("isAccepted", message("Macht dieses Haus mit?")), line("role", message("Als was?")), _REASON),
        fixed=_of_house,
    ),
    _doing(
        *("complete", "COMPLETE_ENTRY", operations.complete_entry),
        *(message("Eine Frage zu Ihrem Eintrag"), message("Antwort speichern")),
        lead=message("Lassen Sie das Feld leer, wenn es niemand weiß: Dann wird nicht noch einmal gefragt."),
        inputs=(area("text", message("Ihre Antwort"), most=MAX_ANSWER),),
    ),
    _doing(
        *("called", "CALL_BACK", operations.complete_task),
        *(message("Zurückrufen"), message("Erledigt")),
        lead=message("Jemand bittet um Rückruf. Haken Sie es hier ab, sobald Sie gesprochen haben."),
        inputs=(area("reason", message("Was kam heraus?"), rows=3, most=MAX_NOTE),),
    ),
)
