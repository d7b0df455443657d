"""What a reader can do about a question, an answer, an adoption, and anything that one follows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from network.pages.action import Action, Subject, routes_of
from network.pages.entry_pages import MAX_KEY
from network.pages.forms import Field, Filled, Kind
from network.pages.inputs import Input, Widget, area, choice, house
from network.pages.language import message
from network.pages.site import Site

Data = Mapping[str, Any]
YES_NO: Final = (("yes", message("Ja")), ("no", message("Nein")))
_PLACES: Final = {
    "Project": ("/projects/", "slug", "title"),
    "Topic": ("/topics/", "slug", "nameDe"),
    "Hub": ("/hubs/", "slug", "name"),
    "Service": ("/services/", "leikaId", "name"),
    "Need": ("/needs/", "", "title"),
    "Event": ("/events/", "", "title"),
    "Expert": ("/experts/", "", "name"),
}
"""Type -> where its page is, what its address ends with (its key where that is ""), and its name."""


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


def place_of(node: Data) -> tuple[str, str]:
    """Path and name of what can be looked at by itself."""
    folder, key, name = _PLACES[node["__typename"]]
    return f"{folder}{node[key] if key else node['id'].partition(':')[2]}", str(node[name])


async def node_of(site: Site, request: Request, id_: str, labels: frozenset[str]) -> Data:
    """What has that id.

    Raises:
        AskingError: it is not there, or not for the reader.
        HTTPException: it is nothing of the kind: there is no such page.
    """
    node: Data = (await site.asking.ask(request, "action_node", id=id_)).need("node")
    if node["__typename"] not in labels:
        raise HTTPException(404)
    return node


def by_path(label: str) -> Callable[[Site, Request], Any]:
    async def load(site: Site, request: Request) -> Subject:
        node = await node_of(site, request, f"{label}:{request.path_params['key'][:MAX_KEY]}", frozenset({label}))
        return _subject(node)

    return load


async def _target(site: Site, request: Request) -> Subject:
    """What `target` in the address names."""
    labels = frozenset({"Project", "Topic", "Hub", "Service", "Need"})
    node = await node_of(site, request, request.query_params.get("target", "")[:MAX_KEY] or "-", labels)
    path, title = place_of(node)
    return Subject(data=node, title=title, address=path)


def _subject(node: Data) -> Subject:
    """What a question, an answer or an adoption stands on: its project or topic."""
    asked = node["question"] if node["__typename"] == "Answer" else node
    about = asked.get("project") or asked.get("topic")
    quoted = {**node, "quoted": node.get("text")}
    if node["__typename"] in _PLACES:
        path, title = place_of(node)
    elif about is None:
        return Subject(data=quoted)
    elif "title" in about:
        path, title = f"/projects/{about['slug']}", about["title"]
    else:
        path, title = f"/topics/{about['slug']}", about["nameDe"]
    part = "reuse" if node["__typename"] == "Adoption" else "questions" if asked.get("text") else ""
    return Subject(data=quoted, title=title, address=f"{path}#{part}" if part else path, version=node.get("version"))


def naming(name: str, **more: Any) -> Callable[[Subject, Filled], Data]:
    return lambda subject, _: {name: subject.data["id"], **more}


ANSWER: Final = Action(
    path="/questions/{key}/answer",
    title=message("Antworten"),
    button=message("Antwort absenden"),
    mutation="answer_question",
    load=by_path("Question"),
    inputs=(
        area("text", message("Ihre Antwort"), required=True, most=5_000),
        house(message("Für welches Haus antworten Sie?")),
    ),
    fixed=naming("question"),
    note="answered",
    needs_house=True,
)
WITHDRAW_QUESTION: Final = Action(
    path="/questions/{key}/withdraw",
    title=message("Frage zurücknehmen"),
    lead=message("Die Frage und ihre Antworten verschwinden von der Seite."),
    button=message("Zurücknehmen"),
    mutation="withdraw_question",
    load=by_path("Question"),
    fixed=naming("question"),
    note="withdrawn",
    is_grave=True,
)
ACCEPT: Final = Action(
    path="/answers/{key}/accept",
    title=message("Beantwortet diese Antwort Ihre Frage?"),
    button=message("Ja, das ist die Antwort"),
    mutation="accept_answer",
    load=by_path("Answer"),
    fixed=naming("answer", isAccepted=True),
    note="accepted",
)
WITHDRAW_ANSWER: Final = Action(
    path="/answers/{key}/withdraw",
    title=message("Antwort zurücknehmen"),
    button=message("Zurücknehmen"),
    mutation="withdraw_answer",
    load=by_path("Answer"),
    fixed=naming("answer"),
    note="withdrawn",
    is_grave=True,
)
CONFIRM: Final = Action(
    path="/adoptions/{key}/confirm",
    title=message("Nachnutzung bestätigen"),
    lead=message(
        "Ein Haus gibt an, dass es Ihr Projekt nachnutzt. Erst mit Ihrer Bestätigung zählt es als Nachnutzung."
    ),
    button=message("Ja, das stimmt"),
    mutation="confirm_adoption",
    load=by_path("Adoption"),
    fixed=naming("adoption"),
    note="confirmed",
)
DECLINE: Final = Action(
    path="/adoptions/{key}/decline",
    title=message("Davon wissen wir nichts"),
    lead=message(
        "Ein Haus gibt an, dass es Ihr Projekt nachnutzt, und Sie können es nicht bestätigen. Es bleibt eine Angabe dieses Hauses."
    ),
    button=message("Nicht bestätigen"),
    mutation="decline_adoption",
    load=by_path("Adoption"),
    inputs=(area("reason", message("Warum?"), required=True, rows=3, most=2_000),),
    fixed=naming("adoption"),
    note="declined",
)
RECONFIRM: Final = Action(
    path="/adoptions/{key}/reconfirm",
    title=message("Nutzen Sie es noch?"),
    lead=message(
        "Sie sagen für Ihr Haus, dass die Nachnutzung weiter gilt. Hat sich etwas geändert, tragen Sie es auf der Seite des Projekts ein."
    ),
    button=message("Ja, wir nutzen es noch"),
    mutation="reconfirm_adoption",
    load=by_path("Adoption"),
    fixed=naming("adoption"),
    note="confirmed",
)
REPORT: Final = Action(
    path="/adoptions/{key}/report",
    title=message("Ihre Erfahrung"),
    lead=message("Was würden Sie dem nächsten Haus sagen? Zwei Sätze genügen."),
    button=message("Erfahrung eintragen"),
    mutation="write_experience_report",
    load=by_path("Adoption"),
    inputs=(
        area("text", message("Was haben Sie gelernt?"), required=True),
        Input(
            field=Field(name="wouldDoAgain", kind=Kind.YES_NO),
            label=message("Würden Sie es wieder tun?"),
            widget=Widget.SELECT,
            blank=message("keine Angabe"),
            options=YES_NO,
        ),
        area("whatFailed", message("Was ging schief?"), rows=3),
        choice("visibility", message("Wer es sieht"), "Visibility", values=("NETWORK", "PUBLIC")),
    ),
    fixed=naming("adoption"),
    note="reported",
)
FOLLOW: Final = Action(
    path="/follow",
    title=message("Folgen"),
    lead=message("Was sich hier tut, steht dann in Ihren Mitteilungen."),
    button=message("Folgen"),
    mutation="follow",
    load=_target,
    fixed=naming("target"),
    note="followed",
)
UNFOLLOW: Final = Action(
    path="/unfollow",
    title=message("Nicht mehr folgen"),
    button=message("Nicht mehr folgen"),
    mutation="unfollow",
    load=_target,
    fixed=naming("target"),
    note="unfollowed",
)
ACTIONS: Final = (
    *(ANSWER, WITHDRAW_QUESTION, ACCEPT, WITHDRAW_ANSWER),
    *(CONFIRM, DECLINE, RECONFIRM, REPORT),
    *(FOLLOW, UNFOLLOW),
)
