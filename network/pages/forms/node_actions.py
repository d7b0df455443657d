"""What a reader can do about a topic, a question, an answer, an adoption, and anything that one follows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute

from graph.commands.questions import MAX_ANSWER
from graph.texts import MAX_NOTE, MAX_REPORT
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.inputs import YES_NO, Input, Widget, area, choice, house
from network.pages.forms.nodes import by_path, node_of
from network.pages.forms.project_actions import ASK
from network.pages.frame.entry_addresses import place_of
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.formats import formats
from network.pages.frame.keys import named_in
from network.pages.frame.language import language_of, message
from network.pages.frame.notices import CONFIRMED, DECLINED, WITHDRAWN, Note
from network.pages.frame.site import Site
from network.pages.frame.words import word_for
from network.pages.operations.declared import Mutation

Data = Mapping[str, Any]


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _target(site: Site, request: Request) -> Subject:
    """What `target` in the address names."""
    labels = frozenset({"Project", "Topic", "Hub", "Service", "Need"})
    node = await node_of(site, request, named_in(request.query_params, "target") or "-", labels)
    path, title = place_of(node)
    return Subject(data=node, title=title, address=path)


def naming(name: str, **more: Any) -> Callable[[Subject, Filled], Data]:
    return lambda subject, _: {name: subject.data["id"], **more}


async def _read_adoption(site: Site, request: Request) -> Subject:
    """The adoption with what its house says of it."""
    subject: Subject = await by_path("Adoption")(site, request)
    adoption, language = subject.data, language_of(request.url.path)
    facts = [
        (message("Haus"), adoption["house"] and adoption["house"]["name"]),
        (message("Stand"), word_for(language, "AdoptionStatus", adoption["reuse"])),
        (message("Seit"), formats(language)["day"](adoption["since"])),
    ]
    return replace(subject, data={**adoption, "facts": facts})


def _of_adoption(verb: str, mutation: Mutation, title: str, button: str, **more: Any) -> Action:
    """A decision about an adoption, which is of the version that was shown."""
    return Action(
        path=f"/adoptions/{{key}}/{verb}",
        title=title,
        button=button,
        mutation=mutation,
        load=_read_adoption,
        fixed=naming("adoption"),
        locks=True,
        **more,
    )


def _on(label: str, verb: str, mutation: Mutation, title: str, button: str, **more: Any) -> Action:
    """An action about one node: at `/questions/{key}/…`, with a mutation whose input names the node by its kind."""
    kind = label.lower()
    fixed = naming(kind, **more.pop("fixed", {}))
    path = f"/{kind}s/{{key}}/{verb}"
    return Action(path=path, title=title, button=button, mutation=mutation, load=by_path(label), fixed=fixed, **more)


def _on_target(verb: str, mutation: Mutation, title: str, note: Note, **more: Any) -> Action:
    """An action about anything that one follows, which the address names."""
    return Action(
        path=f"/{verb}",
        title=title,
        button=title,
        mutation=mutation,
        load=_target,
        fixed=naming("target"),
        note=note,
        **more,
    )


_REPORT: Final = (
    area("text", message("Was haben Sie gelernt?"), required=True, most=MAX_REPORT),
    Input(
        field=Field(name="wouldDoAgain", kind=FieldKind.YES_NO),
        label=message("Würden Sie es wieder tun?"),
        widget=Widget.SELECT,
        blank=message("keine Angabe"),
        options=YES_NO,
    ),
    area("whatFailed", message("Was ging schief?"), rows=3),
    choice("visibility", message("Wer es sieht"), "Visibility", values=("NETWORK", "PUBLIC")),
)
_ASK: Final = replace(
    ASK,
    path="/topics/{key}/ask",
    lead=message(
        "Ihre Frage steht auf der Seite des Themas, und wer etwas weiß, kann antworten. Genannt wird Ihr Haus, nicht Ihr Name."
    ),
    load=by_path("Topic"),
)
ACTIONS: Final = (
    _ASK,
    _on(
        *("Question", "answer", operations.answer_question),
        *(message("Antworten"), message("Antwort absenden")),
        inputs=(
            area("text", message("Ihre Antwort"), required=True, most=MAX_ANSWER),
            house(message("Für welches Haus antworten Sie?")),
        ),
        note=Note("answered", message("Ihre Antwort steht da. Wer gefragt hat, erfährt es.")),
        needs_house=True,
    ),
    _on(
        *("Question", "withdraw", operations.withdraw_question),
        *(message("Frage zurücknehmen"), message("Zurücknehmen")),
        lead=message("Die Frage und ihre Antworten verschwinden von der Seite."),
        note=WITHDRAWN,
        is_grave=True,
    ),
    _on(
        *("Answer", "accept", operations.accept_answer),
        *(message("Beantwortet diese Antwort Ihre Frage?"), message("Ja, das ist die Antwort")),
        fixed={"isAccepted": True},
        note=Note("accepted", message("Vermerkt, welche Antwort die Frage beantwortet.")),
    ),
    _on(
        *("Answer", "withdraw", operations.withdraw_answer),
        *(message("Antwort zurücknehmen"), message("Zurücknehmen")),
        note=WITHDRAWN,
        is_grave=True,
    ),
    _of_adoption(
        *("confirm", operations.confirm_adoption),
        *(message("Nachnutzung bestätigen"), message("Ja, das stimmt")),
        lead=message(
            "Ein Haus gibt an, dass es Ihr Projekt nachnutzt. Erst mit Ihrer Bestätigung zählt es als Nachnutzung."
        ),
        note=CONFIRMED,
    ),
    _of_adoption(
        *("decline", operations.decline_adoption),
        *(message("Davon wissen wir nichts"), message("Nicht bestätigen")),
        lead=message(
            "Ein Haus gibt an, dass es Ihr Projekt nachnutzt, und Sie können es nicht bestätigen. Es bleibt eine Angabe dieses Hauses."
        ),
        inputs=(area("reason", message("Warum?"), required=True, rows=3, most=MAX_NOTE),),
        note=DECLINED,
    ),
    _of_adoption(
        *("reconfirm", operations.reconfirm_adoption),
        *(message("Nutzen Sie es noch?"), message("Ja, wir nutzen es noch")),
        lead=message(
            "Sie sagen für Ihr Haus, dass die Nachnutzung weiter gilt. Hat sich etwas geändert, tragen Sie es auf der Seite des Projekts ein."
        ),
        note=CONFIRMED,
    ),
    _on(
        *("Adoption", "report", operations.write_experience_report),
        *(message("Ihre Erfahrung"), message("Erfahrung eintragen")),
        lead=message("Was würden Sie dem nächsten Haus sagen? Zwei Sätze genügen."),
        inputs=_REPORT,
        note=Note("reported", message("Danke. Ihre Erfahrung hilft den Nächsten.")),
    ),
    _on_target(
        "follow",
        operations.follow,
        message("Folgen"),
        Note("followed", message("Sie folgen jetzt. Neues steht in Ihren Mitteilungen.")),
        lead=message("Was sich hier tut, steht dann in Ihren Mitteilungen."),
    ),
    _on_target(
        "unfollow",
        operations.unfollow,
        message("Nicht mehr folgen"),
        Note("unfollowed", message("Sie folgen nicht mehr.")),
    ),
)
