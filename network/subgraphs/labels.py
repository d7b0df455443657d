"""German texts made from stored values."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from graph.commands.completing import QUESTIONS
from graph.vocabulary import TaskKind

_BERLIN: Final = ZoneInfo("Europe/Berlin")

_MONTHS: Final = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)

_ORIGINS: Final = {
    "COMPILED": "aus öffentlichen Quellen zusammengestellt",
    "REGISTERED": "von einem Haus des Netzwerks eingetragen",
    "IMPORTED": "aus einem anderen Verzeichnis übernommen",
}


def origin_label(origin: str) -> str:
    """How the entry came into being."""
    return _ORIGINS[origin]


def confirmation_label(confirmed_at: str | None) -> str:
    """When somebody last confirmed the entry, as a day in Germany."""
    if confirmed_at is None:
        return "noch von niemandem bestätigt"
    return f"zuletzt bestätigt am {_day(confirmed_at)}"


def provenance_label(origin: str, confirmed_at: str | None) -> str:
    """Both, as one line to show under an entry."""
    return f"{origin_label(origin)}, {confirmation_label(confirmed_at)}"


def ranking_label(text_score: float, reuse: int, confirmed_at: str | None) -> str:
    """What moved a hit, in the order in which it counts."""
    text = f"Text {text_score:.2f}".replace(".", ",")
    reused = f"{reuse} bestätigte {'Nachnutzung' if reuse == 1 else 'Nachnutzungen'}"
    return f"{text} · {reused} · {confirmation_label(confirmed_at)}"


def reviewers_label(hub: str | None, opened_to_reviewers_at: str | None) -> str:
    """Who decides on an entry that was handed in: `hub`, by name, and those who may since it waited too long."""
    first = hub or "Verwaltung des Netzwerks"
    if opened_to_reviewers_at is None:
        return first
    return f"{first}; seit dem {_day(opened_to_reviewers_at)} auch Leitungen und Prüfende aller Hubs"


def task_note(kind: str, note: str | None) -> str | None:
    """What a task says: the question where one field of an entry is asked for, else what somebody wrote."""
    return QUESTIONS.get(note or "", note) if kind == TaskKind.COMPLETE_ENTRY else note


def _day(moment: str) -> str:
    """The day in Germany, in words."""
    day = datetime.fromisoformat(moment).astimezone(_BERLIN)
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"
