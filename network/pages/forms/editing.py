"""An entry is edited in steps, each saved as one goes on; what somebody else changed meanwhile is shown beside what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth import policy
from graph.licences import MAX_LICENCE
from graph.texts import MAX_NOTE, MAX_REPORT, MAX_WRITEUP
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.inputs import AS_EXACT, Input, area, choice, line
from network.pages.forms.registration import BASICS
from network.pages.forms.sending import Difference, compared, filled_in, see_other, sent_or_kept, signed_out, worded
from network.pages.forms.topics import SERVICES, TOPICS, topics_of
from network.pages.frame.callers import stewards_of
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.fields import FieldKind, Form, Sent, fields_of
from network.pages.frame.language import message
from network.pages.frame.moved import moved_to
from network.pages.frame.notices import SAVED
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.stash import restored
from network.pages.frame.typed import typed_day

Data = Mapping[str, Any]
Choices = Mapping[str, Sequence[tuple[str, str]]]
_PREFIX: Final = "changes."
_INSIDE: Final = message("Sehen nur Mitglieder des Netzwerks.")
_DAYS: Final = frozenset({"started", "ended", "publishFrom"})
_KEYS: Final = {"topics": "slug", "services": "leikaId"}


@dataclass(frozen=True, slots=True)
class Step:
    """A part of an entry; `inputs` is empty where it has forms of its own."""

    name: str
    title: str
    inputs: tuple[Input, ...] = ()

    @property
    def form(self) -> Form:
        return Form(tuple(one.field for one in self.inputs))


def _changing(one: Input) -> Input:
    """The field as one of the entry's changes: empty, it empties what is stored."""
    clears = not one.field.is_required
    return replace(one, field=replace(one.field, name=f"{_PREFIX}{one.field.name}", is_cleared=clears))


STEPS: Final = (
    Step("basics", message("Das Wichtigste"), tuple(map(_changing, BASICS))),
    Step(
        "topics",
        message("Themen und Leistungen"),
        tuple(
            map(
                _changing,
                (
                    TOPICS,
                    SERVICES,
                    line("started", message("Beginn"), hint=AS_EXACT, kind=FieldKind.DAY),
                    line("ended", message("Ende"), hint=AS_EXACT, kind=FieldKind.DAY),
                    line("websiteUrl", message("Webseite"), type="url"),
                    line("repositoryUrl", message("Quelltext"), type="url"),
                    line(
                        "licence",
                        message("Lizenz"),
                        hint=message("Zum Beispiel: CC-BY-4.0 oder EUPL-1.2."),
                        most=MAX_LICENCE,
                    ),
                ),
            )
        ),
    ),
    Step("partners", message("Wer macht mit?")),
    Step(
        "costs",
        message("Kosten und Erfahrungen"),
        tuple(
            map(
                _changing,
                (
                    choice("costBand", message("Kosten einmalig, ungefähr"), "CostBand", blank=message("keine Angabe")),
                    line("oneOffCost", message("Kosten einmalig, in Euro"), hint=_INSIDE, kind=FieldKind.WHOLE),
                    line("yearlyCost", message("Kosten im Jahr, in Euro"), hint=_INSIDE, kind=FieldKind.WHOLE),
                    line("ownShare", message("Eigener Anteil, in Euro"), hint=_INSIDE, kind=FieldKind.WHOLE),
                    line("effortDays", message("Eigener Aufwand, in Arbeitstagen"), kind=FieldKind.WHOLE),
                    line("fundingReference", message("Förderkennzeichen")),
                    area("legalBasis", message("Rechtsgrundlage"), rows=3, most=MAX_REPORT),
                    area("prerequisites", message("Voraussetzungen"), rows=3, most=MAX_REPORT),
                    area("lessonsLearned", message("Was haben Sie gelernt?"), hint=_INSIDE, most=MAX_REPORT),
                    area("whatFailed", message("Was ging schief?"), hint=_INSIDE, most=MAX_REPORT),
                ),
            )
        ),
    ),
    Step(
        "text",
        message("Beschreibung"),
        tuple(
            map(
                _changing,
                (
                    area(
                        "writeup",
                        message("Beschreibung"),
                        hint=message("Mit Markdown: ## für eine Überschrift, - für eine Liste, **fett**."),
                        rows=16,
                        most=MAX_WRITEUP,
                    ),
                ),
            )
        ),
    ),
    Step("files", message("Dokumente und Ergebnisse")),
    Step(
        "check",
        message("Prüfen und einreichen"),
        tuple(
            map(
                _changing,
                (
                    choice(
                        "visibility",
                        message("Wer den Eintrag sieht"),
                        "Visibility",
                        values=("PUBLIC", "NETWORK", "PRIVATE"),
                    ),
                    area("differentBecause", message("Was unterscheidet es von ähnlichen?"), rows=3, most=MAX_NOTE),
                ),
            )
        ),
    ),
)


def routes(site: Site) -> list[BaseRoute]:
    async def edit(request: Request) -> Response:
        refused = await signed_out(site, request)
        if refused is not None:
            return refused
        answer = await site.asking.ask(request, operations.edit_project(slug=request.path_params["slug"]))
        project = answer.need("project")
        moved = moved_to(request, project["slug"], "/edit") if request.method == "GET" else None
        if moved is not None:
            return moved
        if not policy.may_edit_project(caller_of(request.scope), stewards_of(project)):
            raise HTTPException(403)
        place = _place(request)
        step = STEPS[place]
        offered = _offered(request, answer.data)
        sent, theirs, choices = await _sent(site, request, step, project, offered)
        page = f"{project_page(project['slug'])}/edit"
        if sent.success is not None:
            following = STEPS[min(place + 1, len(STEPS) - 1)]
            return see_other(site, request, f"{page}?step={following.name}", SAVED)
        return site.renderer.page(
            request,
            "project_edit.html",
            status=sent.status,
            project=project,
            page=page,
            step=step,
            steps=STEPS,
            form=sent.filled,
            choices=worded(request, step.inputs, choices),
            is_outdated=sent.is_outdated,
            theirs=theirs,
            remarks=project["reviewComments"],
        )

    return in_both_languages("/projects/{slug}/edit", edit, methods=("GET", "POST"))


async def _sent(
    site: Site, request: Request, step: Step, project: Data, offered: Choices
) -> tuple[Sent, list[Difference], Choices]:
    """What became of the form, or the form to begin with; where the entry says something else by now; what it offers."""
    stored = _typed(step, project)
    given = await fields_of(request) if request.method == "POST" else restored(request)
    if given is None:
        return Sent(step.form.blank(stored, version=project["version"])), [], offered
    filled, choices = await filled_in(site, request, step.inputs, given, offered)
    if request.method != "POST":
        return Sent(filled), [], choices
    sent = await sent_or_kept(
        site, request, operations.update_project, step.form, filled, locks=True, project=project["id"]
    )
    return *compared(sent, step.inputs, stored, project["version"]), choices


def _place(request: Request) -> int:
    """The number of the step that the address names; the first one where it names none."""
    names = [step.name for step in STEPS]
    name = request.query_params.get("step", names[0])
    return names.index(name) if name in names else 0


def _typed(step: Step, project: Data) -> dict[str, Any]:
    """What stands in the fields of a step."""
    found: dict[str, Any] = {}
    for one in step.inputs:
        name = one.field.name.removeprefix(_PREFIX)
        folder, _, last = name.rpartition(".")
        value = (project[folder] or {}).get(last) if folder else project[name]
        if name in _KEYS:
            value = [node[_KEYS[name]] for node in project[name]]
        elif name in _DAYS:
            value = typed_day(value)
        found[one.field.name] = "" if value is None else value if isinstance(value, list) else str(value)
    return found


def _offered(request: Request, data: Data) -> Choices:
    """Every topic, and the services that the entry names."""
    services = [(one["leikaId"], one["name"]) for one in data["project"]["services"]]
    return {f"{_PREFIX}topics": topics_of(request, data), f"{_PREFIX}services": services}
