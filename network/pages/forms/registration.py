"""A project is entered: begun with what is asked first, told apart from what is there, and handed in at the end."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from graph.licences import MAX_LICENCE
from graph.texts import MAX_KEY, MAX_LINE, MAX_NOTE
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import HOUSE, Input, Widget, area, choice, find, line
from network.pages.forms.sending import signed_out
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.fields import Field, Filled
from network.pages.frame.language import message
from network.pages.frame.notices import WITHDRAWN, Note
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.words import WORDS

Data = Mapping[str, Any]
UNFINISHED: Final = frozenset({"DRAFT", "SUBMITTED", "CHANGES_REQUESTED"})
"""Stages in which an entry is nobody's but its houses'."""
CONTACT_HINT: Final = message(
    "Eine Stelle oder Funktion, kein Name einer Person. Eine E-Mail-Adresse oder Telefonnummer genügt."
)
BASICS: Final = (
    line("title", message("Titel"), required=True, most=MAX_LINE),
    area("summary", message("Worum geht es, in drei Sätzen?"), required=True, rows=4, most=MAX_NOTE),
    choice("status", message("Stand"), "OperatingStatus", values=tuple(WORDS["OperatingStatus"])),
    line("contact.function", message("Wen man anruft"), hint=CONTACT_HINT, required=True),
    line("contact.email", message("E-Mail"), type="email"),
    line("contact.phone", message("Telefon"), type="tel"),
)
"""What is asked first."""


_ANY_HOUSE: Final = message(
    "Fünf Angaben genügen für den Anfang; alles Weitere können Sie später ergänzen. Als Hub können Sie auch für ein anderes Haus eintragen: Es bekommt einen Link und sagt, ob das Projekt seines ist."
)


def routes(site: Site) -> list[BaseRoute]:
    async def alike(request: Request) -> Response:
        """A part of a page for the script of the form: what may be the same work."""
        title = request.query_params.get("title", "")[:MAX_LINE]
        found = await _alike(site, request, title, "") if len(title) > 3 else []
        return site.renderer.page(request, "alike_found.html", found=found, unfinished=UNFINISHED, headers=UNKEPT)

    async def told_apart(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        project = (await site.asking.ask(request, operations.edit_project(slug=request.path_params["slug"]))).need(
            "project"
        )
        found = await _alike(site, request, project["title"], project["summary"], excluding=project["id"])
        return site.renderer.page(request, "alike.html", project=project, found=found, unfinished=UNFINISHED)

    return [
        *in_both_languages("/projects/alike", alike),
        *in_both_languages("/projects/{slug}/alike", told_apart),
        *routes_of(site, ACTIONS),
    ]


async def _alike(site: Site, request: Request, title: str, summary: str, *, excluding: str | None = None) -> list[Data]:
    """Entries that are probably the same work, published or drafts of one's own; none where the search engine does not answer."""
    answer = await site.asking.ask(request, operations.alike(title=title, summary=summary, excluding=excluding))
    return list(answer.data.get("possibleDuplicates") or [])


async def _new(_: Site, request: Request) -> Subject:
    """Nothing yet; a hub may enter what another house does, and that house is asked."""
    may_name_any = policy.may_register_project(caller_of(request.scope), None)
    own = [f"{label}:{key}" for label, key in policy.own_houses(caller_of(request.scope))]
    return Subject(
        address="/my",
        typed={"status": "RUNNING", HOUSE: own[0] if len(own) == 1 else ""},
        closed=frozenset() if may_name_any else frozenset({HOUSE}),
        lead=_ANY_HOUSE if may_name_any else "",
    )


_DRAFTED: Final = Note("drafted", message("Ihr Entwurf ist gespeichert. Nur Ihr Haus und Ihr Hub sehen ihn."))
_DRAFTED_ASKS_HOUSE: Final = Note(
    "drafted-asks-house",
    message("Ihr Entwurf ist gespeichert. Das Haus bekommt einen Link, mit dem es sagt, ob das Projekt seines ist."),
)


def _noted(_: Subject, __: Filled, success: Data) -> Note:
    """Whether the house is asked: what is not its own yet has no owner."""
    return _DRAFTED_ASKS_HOUSE if success["project"] and success["project"]["owner"] is None else _DRAFTED


def _drafted(_: Subject, success: Data) -> str:
    project = success["project"]
    if project is None:
        return "/my"
    page = project_page(project["slug"])
    return f"{page}/alike" if success["possibleDuplicates"] else f"{page}/edit?step=topics"


async def draft_of(site: Site, request: Request) -> Subject:
    """The entry, as whoever answers for it edits or reviews it."""
    project = (await site.asking.ask(request, operations.edit_project(slug=request.path_params["slug"]))).need(
        "project"
    )
    return Subject(
        data=project, title=project["title"], address=project_page(project["slug"]), version=project["version"]
    )


async def _submission(site: Site, request: Request) -> Subject:
    """The entry, and the hubs that could review it."""
    answer = await site.asking.ask(request, operations.submission(slug=request.path_params["slug"]))
    project = answer.need("project")
    return Subject(
        data=project,
        title=project["title"],
        address=project_page(project["slug"]),
        version=project["version"],
        choices={"reviewer": [(edge["node"]["id"], edge["node"]["name"]) for edge in answer.need("hubs")["edges"]]},
        typed={"reviewer": (project["reviewer"] or {}).get("id", "")},
    )


def of_project(subject: Subject, _: Filled) -> Data:
    """The input that names the entry."""
    return {"project": subject.data["id"]}


def _files(subject: Subject, _: Data) -> str:
    return f"{subject.address}/edit?step=files"


def _kind(vocabulary: str) -> Input:
    """One of the words of a vocabulary that the API answers in words of its own and takes as an enum."""
    values = tuple((value.upper().replace(" ", "_"), word) for value, word in WORDS[vocabulary].items())
    known = tuple(value for value, _ in values)
    return Input(
        field=Field(name="kind", choices=known, is_required=True),
        label=message("Art"),
        widget=Widget.SELECT,
        options=values,
    )


_LINK: Final = (
    line("title", message("Titel"), required=True),
    line("url", message("Wo man es findet (Adresse im Netz)"), type="url"),
    line("licence", message("Lizenz"), hint=message("Zum Beispiel: CC-BY-4.0 oder EUPL-1.2."), most=MAX_LICENCE),
    choice("visibility", message("Wer es sieht"), "Visibility", values=("PUBLIC", "NETWORK", "PRIVATE")),
)
NEW: Final = Action(
    path="/projects/new",
    title=message("Projekt eintragen"),
    lead=message(
        "Fünf Angaben genügen für den Anfang. Alles Weitere können Sie später ergänzen; es ist gespeichert, sobald Sie weitergehen."
    ),
    button=message("Speichern und weiter"),
    mutation=operations.create_project_draft,
    load=_new,
    inputs=(*BASICS[:3], find(HOUSE, message("Welches Haus verantwortet es?"), "houses", required=True), *BASICS[3:]),
    note=_noted,
    leads_to=_drafted,
    needs_house=True,
    script="alike.js",
)
SUBMIT: Final = Action(
    path="/projects/{slug}/submit",
    title=message("Zur Prüfung einreichen"),
    lead=message("Ein Hub liest den Eintrag und veröffentlicht ihn, oder bittet Sie um Änderungen. Sie hören davon."),
    button=message("Einreichen"),
    mutation=operations.submit_project,
    load=_submission,
    inputs=(
        Input(
            field=Field(name="reviewer", most=MAX_KEY),
            label=message("Welcher Hub soll prüfen?"),
            hint=message("Er hat zehn Arbeitstage Zeit; danach dürfen alle Hubs entscheiden."),
            widget=Widget.SELECT,
            blank=message("Der Hub, der das Haus betreut; sonst die Verwaltung des Netzwerks"),
        ),
    ),
    fixed=of_project,
    locks=True,
    note=Note("submitted", message("Eingereicht. Ihr Hub prüft den Eintrag und meldet sich.")),
)
WITHDRAW: Final = Action(
    path="/projects/{slug}/withdraw",
    title=message("Eintrag zurückziehen"),
    lead=message("Der Eintrag verschwindet sofort für alle außer den Beteiligten."),
    button=message("Zurückziehen"),
    mutation=operations.withdraw_project,
    load=draft_of,
    fixed=of_project,
    locks=True,
    note=WITHDRAWN,
    is_grave=True,
)
ADD_DOCUMENT: Final = Action(
    path="/projects/{slug}/documents/new",
    title=message("Dokument hinzufügen"),
    lead=message("Verträge, Ausschreibungen, Beschlüsse: was andere Häuser wiederverwenden können."),
    button=message("Hinzufügen"),
    mutation=operations.add_document,
    load=draft_of,
    inputs=(_kind("DocumentKind"), *_LINK),
    fixed=lambda subject, _: {"project": subject.data["id"]},
    leads_to=_files,
)
ADD_RESULT: Final = Action(
    path="/projects/{slug}/results/new",
    title=message("Ergebnis hinzufügen"),
    button=message("Hinzufügen"),
    mutation=operations.add_result,
    load=draft_of,
    inputs=(
        _kind("ResultKind"),
        *_LINK,
        line("doi", message("DOI"), most=MAX_KEY),
    ),
    fixed=lambda subject, _: {"project": subject.data["id"]},
    leads_to=_files,
)
ACTIONS: Final = (NEW, SUBMIT, WITHDRAW, ADD_DOCUMENT, ADD_RESULT)
