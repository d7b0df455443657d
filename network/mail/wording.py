"""What somebody is asked, in German: the same words in the e-mail and on the page that its link opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from graph.commands.completing import QUESTIONS
from graph.telling.matters import Matter
from graph.values import Instant
from graph.vocabulary import TaskKind
from network.words import WORDS

_BERLIN: Final = ZoneInfo("Europe/Berlin")
_MONTHS: Final = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_STATUS: Final = WORDS["AdoptionStatus"]
_HEADINGS: Final = {
    TaskKind.CONFIRM_PARTNERSHIP: "Sind Sie bei diesem Projekt dabei?",
    TaskKind.REVIEW_PROJECT: "Ein Projekt wartet auf Ihre Prüfung",
    TaskKind.ANSWER_CHANGES: "Ihr Hub wünscht Änderungen an Ihrem Projekt",
    TaskKind.CONFIRM_CURRENT: "Stimmt dieser Eintrag noch?",
    TaskKind.DECIDE_CLAIM: "Ein Haus möchte einen Eintrag übernehmen",
    TaskKind.DECIDE_PARTNER: "Ein Haus möchte bei Ihrem Projekt mitmachen",
    TaskKind.CONFIRM_ADOPTION: "Nutzt dieses Haus Ihr Projekt nach?",
    TaskKind.RECONFIRM_ADOPTION: "Nutzen Sie dieses Projekt noch?",
    TaskKind.COMPLETE_ENTRY: "Eine Frage zu Ihrem Eintrag",
    TaskKind.CALL_BACK: "Jemand bittet um Ihren Rückruf",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a few short sentences."""

    heading: str
    sentences: tuple[str, ...]


def asked(matter: Matter) -> Asked:
    """What an open task asks; names and titles that the recipient may not read are left out."""
    title = f"„{matter.title}“" if matter.title else None
    if matter.task is TaskKind.CONFIRM_PARTNERSHIP and matter.is_owner_to_be:
        heading = "Ist das Ihr Projekt?"
    else:
        heading = _HEADINGS[matter.task] if matter.task is not None else "Eine Frage an Sie"
    sentences = [*_SENTENCES.get(matter.task or TaskKind.COMPLETE_ENTRY, _plain)(matter, title)]
    if matter.note and matter.task is not TaskKind.COMPLETE_ENTRY:
        sentences.append(f"Dazu wurde geschrieben: {matter.note}")
    if matter.due:
        sentences.append(f"Bitte antworten Sie bis {partial_day(matter.due)}.")
    return Asked(heading, tuple(sentences))


def day(moment: Instant | str) -> str:
    """The day in Germany on which an instant lies, as in `6. Dezember 2026`."""
    local = datetime.fromisoformat(moment).astimezone(_BERLIN)
    return f"{local.day}. {_MONTHS[local.month - 1]} {local.year}"


def partial_day(text: str) -> str:
    """A date as precise as it is given, as in `Dezember 2026`."""
    year, month, number = [*text.split("-"), "", ""][:3]
    parts = [f"{int(number)}." if number else "", _MONTHS[int(month) - 1] if month else "", year]
    return " ".join(part for part in parts if part)


def _partnership(matter: Matter, title: str | None) -> list[str]:
    house, asker = matter.house or "Ihr Haus", matter.asker or "Ein Haus des Netzwerks"
    if matter.is_owner_to_be:
        return [
            f"{asker} hat {_project(title)} für {house} eingetragen.",
            "Wenn Sie zustimmen, gehört der Eintrag Ihrem Haus. Dann entscheiden Sie, was dort steht.",
        ]
    role = f" Die Rolle: {matter.role}." if matter.role else ""
    return [
        f"{asker} hat eingetragen, dass {house} bei {_project(title, dative=True)} mitmacht.{role}",
        "Erst wenn Sie zustimmen, zeigt Hubnetz die Beteiligung als Tatsache.",
    ]


def _adoption(matter: Matter, title: str | None) -> list[str]:
    status = f" (Stand: {_STATUS[matter.status]})" if matter.status in _STATUS else ""
    return [
        f"{matter.subject or matter.asker or 'Ein Haus des Netzwerks'} gibt an, {_project(title)} nachzunutzen{status}.",
        "Wenn Sie das bestätigen, zählt Hubnetz die Nachnutzung mit.",
    ]


def _adoption_again(matter: Matter, title: str | None) -> list[str]:
    return [
        f"{matter.house or 'Ihr Haus'} nutzt nach unserem Stand {_project(title)} nach.",
        "Einmal im Jahr fragen wir, ob das noch so ist.",
    ]


def _current(_: Matter, title: str | None) -> list[str]:
    return [
        f"Den Eintrag {title or 'Ihres Projekts'} hat lange niemand mehr bestätigt.",
        "Sehen Sie ihn sich bitte an. Stimmt er noch?",
    ]


def _complete(matter: Matter, title: str | None) -> list[str]:
    question = QUESTIONS.get(matter.note or "", "Was fehlt in Ihrem Eintrag?")
    return [f"Es geht um {_project(title)}.", question]


def _plain(matter: Matter, title: str | None) -> list[str]:
    about = f"Es geht um {title}." if title else "Worum es geht, sehen Sie nach dem Anmelden."
    return [about, *([f"Das betrifft {matter.subject}."] if matter.subject else [])]


_SENTENCES: Final = {
    TaskKind.CONFIRM_PARTNERSHIP: _partnership,
    TaskKind.CONFIRM_ADOPTION: _adoption,
    TaskKind.RECONFIRM_ADOPTION: _adoption_again,
    TaskKind.CONFIRM_CURRENT: _current,
    TaskKind.COMPLETE_ENTRY: _complete,
}


def _project(title: str | None, *, dative: bool = False) -> str:
    if dative:
        return f"dem Projekt {title}" if title else "einem Projekt"
    return f"das Projekt {title}" if title else "ein Projekt"
