"""The columns of each kind of entry in a table. Headings are German in both languages and do not change: sheets are built on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from network.pages.files.table_file import Cell
from network.pages.frame.formats import BERLIN
from network.words import WORDS

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    cell: Callable[[Data], Cell]


def _plain(heading: str, name: str) -> Column:
    """A text, a number, or a date as precise as it is known."""
    return Column(heading, lambda node: node[name])


def _word(heading: str, name: str, vocabulary: str) -> Column:
    words = WORDS[vocabulary]
    return Column(heading, lambda node: words.get(node[name], node[name]))


def _day(heading: str, name: str) -> Column:
    """The day in Germany on which a point in time lies."""

    def cell(node: Data) -> Cell:
        moment = node[name]
        return None if not moment else datetime.fromisoformat(moment).astimezone(BERLIN).date().isoformat()

    return Column(heading, cell)


def _one(heading: str, name: str, inside: str = "name") -> Column:
    """What a single entry that belongs to this one is called."""
    return Column(heading, lambda node: None if node[name] is None else node[name][inside])


def _names(heading: str, name: str, inside: str = "name") -> Column:
    """What the entries that belong to this one are called, of a list or of the first page of a connection."""

    def cell(node: Data) -> Cell:
        found = node[name]
        nodes = [edge["node"] for edge in found["edges"]] if isinstance(found, Mapping) else found
        return ", ".join(one[inside] for one in nodes)

    return Column(heading, cell)


def _count(heading: str, name: str) -> Column:
    return Column(heading, lambda node: node[name]["totalCount"])


def _regional_key(node: Data) -> Cell:
    """In the groups in which statistics print it: Excel takes twelve digits for a number and drops the leading zero."""
    key = str(node["ars"])
    if not key.isdigit():
        return key
    groups = (key[:2], key[2:3], key[3:5], key[5:9], key[9:])
    return " ".join(group for group in groups if group)


def _municipal_key(node: Data) -> Cell:
    key = node["ags"]
    return None if key is None else " ".join((key[:2], key[2:3], key[3:5], key[5:]))


def _service_key(node: Data) -> Cell:
    """Fourteen digits in groups, as the catalogue prints them."""
    key = str(node["leikaId"])
    return " ".join((key[:2], key[2:5], key[5:8], key[8:11], key[11:]))


_ID: Final = _plain("Kennung", "id")
_CHANGED: Final = _day("Geändert am", "updatedAt")
_CONFIRMED: Final = _day("Bestätigt am", "confirmedAt")
_TOPICS: Final = _names("Themen", "topics", "nameDe")
_PROJECTS: Final = _count("Projekte", "projects")
_INVOLVED: Final = _count("Projekte mit Beteiligung", "involvedIn")
_PARTNER_OF: Final = _names("Partner von", "partnerOf")

PROJECTS: Final = (
    _plain("Titel", "title"),
    _plain("Zusammenfassung", "summary"),
    _word("Zustand", "status", "OperatingStatus"),
    _one("Verantwortlich", "owner"),
    _one("Hub", "hub"),
    _names("Beteiligte", "houses"),
    _TOPICS,
    _names("Leistungen", "services"),
    _names("Förderung", "fundingProgrammes"),
    _count("Bestätigte Nachnutzungen", "confirmedAdoptions"),
    _plain("Beginn", "started"),
    _plain("Ende", "ended"),
    _word("Kostenrahmen", "costBand", "CostBand"),
    _plain("Kosten einmalig (Euro)", "oneOffCost"),
    _plain("Kosten im Jahr (Euro)", "yearlyCost"),
    _plain("Eigener Aufwand (Tage)", "effortDays"),
    _plain("Lizenz", "licence"),
    _plain("Quelltext", "repositoryUrl"),
    _plain("Webseite", "websiteUrl"),
    _word("Stand des Eintrags", "stage", "Stage"),
    _word("Wer es sieht", "visibility", "Visibility"),
    _CONFIRMED,
    _CHANGED,
    _ID,
)
HUBS: Final = (
    _plain("Name", "name"),
    _plain("Ort", "town"),
    _plain("Land", "state"),
    _word("Stand", "status", "HubStatus"),
    _plain("Eröffnet", "opened"),
    _plain("Arbeitsplätze", "workplaces"),
    _TOPICS,
    _PROJECTS,
    _count("Kommunen", "municipalities"),
    _plain("Webseite", "website"),
    _CONFIRMED,
    _CHANGED,
    _ID,
)
MUNICIPALITIES: Final = (
    _plain("Name", "name"),
    _word("Art", "kind", "MunicipalityKind"),
    _plain("Kreis", "district"),
    _plain("Land", "state"),
    _plain("Einwohner", "population"),
    _names("Hubs", "hubs"),
    _PROJECTS,
    Column("Regionalschlüssel", _regional_key),
    Column("Gemeindeschlüssel", _municipal_key),
    _CHANGED,
    _ID,
)
UNIVERSITIES: Final = (
    _plain("Name", "name"),
    _plain("Ort", "town"),
    _plain("Land", "state"),
    _PARTNER_OF,
    _INVOLVED,
    _plain("Domain", "domain"),
    _CHANGED,
    _ID,
)
ORGANISATIONS: Final = (
    _plain("Name", "name"),
    _plain("Art", "kind"),
    _plain("Ort", "town"),
    _PARTNER_OF,
    _INVOLVED,
    _CHANGED,
    _ID,
)
EXPERTS: Final = (
    _plain("Name oder Funktion", "name"),
    _plain("Rolle", "role"),
    _names("Häuser", "houses"),
    _TOPICS,
    _CONFIRMED,
    _CHANGED,
    _ID,
)
TOPICS: Final = (
    _plain("Thema", "nameDe"),
    _plain("Englisch", "nameEn"),
    _one("Gehört zu", "broader", "nameDe"),
    _PROJECTS,
    _ID,
)
SERVICES: Final = (
    _plain("Leistung", "name"),
    _plain("Themenfeld", "ozgTopic"),
    Column("Leistungsschlüssel", _service_key),
    _plain("OZG-Nummer", "ozgId"),
    _PROJECTS,
    _count("Kommunen, die sie online anbieten", "municipalities"),
    _ID,
)
FUNDING: Final = (
    _plain("Programm", "name"),
    _plain("Fördergeber", "funder"),
    _plain("Region", "region"),
    _plain("Wer es bekommt", "eligibility"),
    _plain("Quote", "quota"),
    _plain("Von (Euro)", "amountMin"),
    _plain("Bis (Euro)", "amountMax"),
    _plain("Ab", "opens"),
    _plain("Frist", "deadline"),
    _plain("Webseite", "url"),
    _PROJECTS,
    _CONFIRMED,
    _CHANGED,
    _ID,
)
NEEDS: Final = (
    _plain("Titel", "title"),
    _word("Art", "kind", "NeedKind"),
    _plain("Text", "text"),
    _word("Stand", "status", "NeedStatus"),
    _one("Haus", "house"),
    _TOPICS,
    _names("Leistungen", "services"),
    _word("Wer es sieht", "visibility", "Visibility"),
    _day("Eingestellt am", "createdAt"),
    _ID,
)
EVENTS: Final = (
    _plain("Titel", "title"),
    _plain("Art", "kind"),
    _word("Stand", "status", "EventStatus"),
    _plain("Beginn", "startsAt"),
    _plain("Ende", "endsAt"),
    _plain("Zum Termin", "dateNote"),
    _plain("Ort", "place"),
    _plain("Online", "onlineUrl"),
    _plain("Anmeldung", "registrationUrl"),
    _names("Veranstalter", "hosts"),
    _TOPICS,
    _plain("Beschreibung", "description"),
    _plain("Ergebnis", "outcome"),
    _plain("Grund der Absage", "reasonCancelled"),
    _CHANGED,
    _plain("Beginn (Uhrzeit)", "startTime"),
    _plain("Ende (Uhrzeit)", "endTime"),
    _ID,
)
