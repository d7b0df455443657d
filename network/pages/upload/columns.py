"""The columns of a table of projects: German headers that never change, and what belongs under them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from graph.licences import MAX_LICENCE
from graph.texts import MAX_EMAIL, MAX_LINE, MAX_NOTE, MAX_PHONE, MAX_REPORT, MAX_URL, MAX_WRITEUP
from network.pages.frame.language import message
from network.words import WORDS

EXAMPLE: Final = "Beispiel"
"""Under `Kennung` it marks a row that does not count."""
SHEET: Final = "Projekte"
MAX_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the catalogue with values for its places, `%(name)s`."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)


class CellKind(Enum):
    """How the text of a cell becomes a value."""

    KEY = auto()
    """The last part of an entry's address."""
    LINE = auto()
    TEXT = auto()
    WORD = auto()
    """One of a vocabulary."""
    HOUSE = auto()
    TOPICS = auto()
    SERVICES = auto()
    EMAIL = auto()
    PHONE = auto()
    URL = auto()
    LICENCE = auto()
    DAY = auto()
    WHOLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: That of the API's input, with dots where it is nested.
        hint: What belongs there, a text of the catalogue; templates have it in German.
        is_required: Of a new entry.
        sample: What the row of examples has.
    """

    header: str
    name: str
    hint: str
    kind: CellKind = CellKind.LINE
    is_required: bool = False
    vocabulary: str = ""
    most: int = MAX_LINE
    sample: str = ""


_DAY: Final = message("So genau bekannt: 04.05.2024, 05.2024 oder 2024.")
_EUROS: Final = message("Ganze Euro ohne Komma, zum Beispiel 12000. Sehen nur Mitglieder des Netzwerks.")
_INSIDE: Final = message("Sehen nur Mitglieder des Netzwerks.")

COLUMNS: Final = (
    Column(
        header="Kennung",
        name="slug",
        kind=CellKind.KEY,
        hint=message("Leer für einen neuen Eintrag. Sonst der letzte Teil seiner Adresse: /projects/…"),
        sample=EXAMPLE,
    ),
    Column(
        header="Titel",
        name="title",
        is_required=True,
        hint=message("Höchstens 300 Zeichen."),
        sample="Smarte Bank am Markt",
    ),
    Column(
        header="Zusammenfassung",
        name="summary",
        kind=CellKind.TEXT,
        most=MAX_NOTE,
        is_required=True,
        hint=message("Worum es geht, in drei Sätzen."),
        sample="Eine Bank mit Ladestation. Sie misst das Wetter. Die Daten stehen allen offen.",
    ),
    Column(
        header="Stand",
        name="status",
        kind=CellKind.WORD,
        vocabulary="OperatingStatus",
        is_required=True,
        hint=message("Eines der erlaubten Wörter."),
        sample="läuft",
    ),
    Column(
        header="Haus",
        name="house",
        kind=CellKind.HOUSE,
        hint=message("Wem das Projekt gehört: Name oder Schlüssel. Leer: Ihr Hub."),
        sample="Zeitz, Stadt",
    ),
    Column(
        header="Ansprechstelle",
        name="contact.function",
        is_required=True,
        hint=message("Eine Stelle oder Funktion, kein Name einer Person."),
        sample="Stabsstelle Digitales",
    ),
    Column(
        header="E-Mail",
        name="contact.email",
        kind=CellKind.EMAIL,
        most=MAX_EMAIL,
        hint=message("Eine Adresse der Stelle."),
        sample="digital@stadt.example",
    ),
    Column(
        header="Telefon",
        name="contact.phone",
        kind=CellKind.PHONE,
        most=MAX_PHONE,
        hint=message("Eine Nummer der Stelle."),
    ),
    Column(
        header="Themen",
        name="topics",
        kind=CellKind.TOPICS,
        most=5_000,
        hint=message("Erlaubte Themen, mit Semikolon getrennt."),
        sample="Mobilität; Umwelt",
    ),
    Column(
        header="Leistungen",
        name="services",
        kind=CellKind.SERVICES,
        most=5_000,
        hint=message(
            "Schlüssel mit 14 Ziffern (LeiKa), mit Semikolon getrennt. Die Spalte muss als Text formatiert sein."
        ),
    ),
    Column(header="Beginn", name="started", kind=CellKind.DAY, hint=_DAY, sample="05.2024"),
    Column(header="Ende", name="ended", kind=CellKind.DAY, hint=_DAY),
    Column(
        header="Webseite",
        name="websiteUrl",
        kind=CellKind.URL,
        most=MAX_URL,
        hint=message("Eine Adresse, die mit https:// beginnt."),
        sample="https://stadt.example/bank",
    ),
    Column(
        header="Quelltext",
        name="repositoryUrl",
        kind=CellKind.URL,
        most=MAX_URL,
        hint=message("Eine Adresse, die mit https:// beginnt."),
    ),
    Column(
        header="Lizenz",
        name="licence",
        kind=CellKind.LICENCE,
        most=MAX_LICENCE,
        hint=message("Zum Beispiel: CC-BY-4.0 oder EUPL-1.2."),
    ),
    Column(
        header="Kostenrahmen",
        name="costBand",
        kind=CellKind.WORD,
        vocabulary="CostBand",
        hint=message("Eines der erlaubten Wörter."),
        sample="5.000 bis 25.000 €",
    ),
    Column(header="Kosten einmalig", name="oneOffCost", kind=CellKind.WHOLE, hint=_EUROS, sample="18000"),
    Column(header="Kosten im Jahr", name="yearlyCost", kind=CellKind.WHOLE, hint=_EUROS),
    Column(header="Eigener Anteil", name="ownShare", kind=CellKind.WHOLE, hint=_EUROS),
    Column(
        header="Eigener Aufwand",
        name="effortDays",
        kind=CellKind.WHOLE,
        hint=message("Arbeitstage als ganze Zahl."),
        sample="20",
    ),
    Column(header="Förderkennzeichen", name="fundingReference", hint=message("Das Kennzeichen des Bescheids.")),
    Column(
        header="Rechtsgrundlage", name="legalBasis", kind=CellKind.TEXT, most=MAX_REPORT, hint=message("Freier Text.")
    ),
    Column(
        header="Voraussetzungen",
        name="prerequisites",
        kind=CellKind.TEXT,
        most=MAX_REPORT,
        hint=message("Was man braucht, bevor man beginnt."),
    ),
    Column(header="Was gelernt wurde", name="lessonsLearned", kind=CellKind.TEXT, most=MAX_REPORT, hint=_INSIDE),
    Column(header="Was schiefging", name="whatFailed", kind=CellKind.TEXT, most=MAX_REPORT, hint=_INSIDE),
    Column(
        header="Beschreibung",
        name="writeup",
        kind=CellKind.TEXT,
        most=MAX_WRITEUP,
        hint=message("Der ausführliche Text, gern mit Markdown."),
    ),
    Column(
        header="Wer es sieht",
        name="visibility",
        kind=CellKind.WORD,
        vocabulary="Visibility",
        hint=message("Eines der erlaubten Wörter. Leer: öffentlich."),
        sample="öffentlich",
    ),
    Column(
        header="Unterschied zu ähnlichen",
        name="differentBecause",
        kind=CellKind.TEXT,
        most=MAX_NOTE,
        hint=message("Was es von ähnlichen Einträgen unterscheidet."),
    ),
)
BY_NAME: Final[Mapping[str, Column]] = {one.name: one for one in COLUMNS}


def plain(text: str) -> str:
    """`text` as it is compared: case and blanks do not matter."""
    return " ".join(text.split()).casefold()


BY_HEADER: Final[Mapping[str, Column]] = {plain(one.header): one for one in COLUMNS}


def words_of(vocabulary: str) -> dict[str, str]:
    """Word -> value: what a cell of that vocabulary may hold."""
    return {word: value for value, word in WORDS[vocabulary].items()}
