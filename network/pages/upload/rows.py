"""The texts of a row become values of the API's input, as far as they can be read; beside the rest stands what is wrong. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth.keys import SLUG
from graph.commands.completing import MAX_DAYS, MAX_NUMBER
from graph.commands.holding import MAX_LIST
from graph.errors import InvalidInputError
from graph.licences import licence_of
from graph.texts import is_visible, unfit_character
from network.execution.inputs import Checks
from network.pages.frame.language import message
from network.pages.frame.typed import day, whole
from network.pages.upload.columns import BY_NAME, CellKind, Column, Said, plain, words_of
from network.pages.upload.reading import Row

_SHOWN: Final = 60
"""Characters of a cell that a remark repeats."""
_ADDRESS: Final = re.compile(r"(?:https?://[^/]+)?(?:/en)?/projects/([^/?#]+)/?")
_ID: Final = re.compile(r"Project:[A-Za-z0-9-]{1,64}")
_SHORTENED: Final = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_FORMULA: Final = message(
    "Hier steht eine Formel, oder Excel meldet einen Fehler. Tragen Sie den Wert selbst ein (Einfügen als Werte)."
)
_LONG: Final = message("Das sind %(count)s Zeichen. Höchstens %(most)s sind möglich.")
_UNSEEN: Final = message("Der Text enthält Zeichen, die man nicht sieht. Tippen Sie ihn neu.")
_NO_DAY: Final = message("„%(word)s“ ist kein Datum wie 04.05.2024, 05.2024 oder 2024.")
_NO_NUMBER: Final = message("„%(word)s“ ist keine ganze Zahl ohne Komma, zum Beispiel 12000.")
_TOO_GREAT: Final = message("„%(word)s“ ist zu groß für diese Angabe.")
_NO_EMAIL: Final = message("„%(word)s“ ist keine E-Mail-Adresse.")
_NO_PHONE: Final = message("„%(word)s“ ist keine Telefonnummer.")
_NO_URL: Final = message("„%(word)s“ ist keine Adresse, die mit https:// beginnt.")
_NO_LICENCE: Final = message(
    "„%(word)s“ ist keine Lizenz aus der Liste von SPDX, zum Beispiel CC-BY-4.0 oder EUPL-1.2."
)
_NO_KEY: Final = message(
    "„%(word)s“ ist keine Kennung. Gemeint ist der letzte Teil der Adresse, zum Beispiel smarte-bank."
)
_NO_SERVICE: Final = message("„%(word)s“ ist kein Schlüssel mit 14 Ziffern.")
_CUT: Final = message(
    "Excel hat die Nummer „%(word)s“ gekürzt. Formatieren Sie die Spalte als Text und tragen Sie die Nummer noch einmal ein."
)
_MANY: Final = message("Höchstens %(most)s sind möglich.")
_UNKNOWN_WORD: Final = message("„%(word)s“ kennt Hubnetz hier nicht. Erlaubt ist: %(known)s.")


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a row.

    Attributes:
        column: Name of the column that it is about; "" for the whole row.
        link: Path and name of the page that it speaks of.
    """

    said: Said
    column: str = ""
    link: tuple[str, str] | None = None

    @property
    def header(self) -> str:
        return BY_NAME[self.column].header if self.column else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row wants an entry to be.

    Attributes:
        values: Name of column -> value of the API's input; houses and topics in the words of the table, still to be looked up.
        wrong: Why it cannot be taken over.
        doubts: Words that nobody knows; the values are left out.
    """

    row: Row
    values: Mapping[str, Any]
    wrong: tuple[Remark, ...] = ()
    doubts: tuple[Remark, ...] = ()


class _UnfitError(Exception):
    def __init__(self, text: str, word: str, **values: str) -> None:
        super().__init__(text)
        shown = word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"
        self.said = Said(text, {"word": shown, **values})


class _DoubtfulError(_UnfitError):
    pass


def read_row(row: Row) -> Wanted:
    """The row as far as it can be read on its own."""
    values: dict[str, Any] = {}
    wrong: list[Remark] = []
    doubts: list[Remark] = []
    for name, text in row.cells.items():
        column = BY_NAME[name]
        if name in row.formulas:
            wrong.append(Remark(Said(_FORMULA), name))
            continue
        try:
            values[name] = _value(column, text)
        except _DoubtfulError as error:
            doubts.append(Remark(error.said, name))
        except _UnfitError as error:
            wrong.append(Remark(error.said, name))
    return Wanted(row, values, tuple(wrong), tuple(doubts))


def _value(column: Column, text: str) -> Any:
    if len(text) > column.most:
        raise _UnfitError(_LONG, text, count=str(len(text)), most=str(column.most))
    is_long = column.kind in (CellKind.TEXT, CellKind.TOPICS, CellKind.SERVICES)
    if unfit_character(text, allowed="\t\n" if is_long else "\t") is not None or not is_visible(text):
        raise _UnfitError(_UNSEEN, text)
    read = _READ.get(column.kind)
    return text if read is None else read(column, text)


def _word(column: Column, text: str) -> str:
    known = words_of(column.vocabulary)
    by_word = {plain(word): value for word, value in known.items()} | {
        value.casefold(): value for value in known.values()
    }
    value = by_word.get(plain(text))
    if value is None:
        raise _DoubtfulError(_UNKNOWN_WORD, text, known=", ".join(known))
    return value


def _day(_: Column, text: str) -> str:
    value = day(text)
    if value is None:
        raise _UnfitError(_NO_DAY, text)
    return value


def _whole(column: Column, text: str) -> int:
    value = whole(text)
    if value is None:
        raise _UnfitError(_NO_NUMBER, text)
    if value > (MAX_DAYS if column.name == "effortDays" else MAX_NUMBER):
        raise _UnfitError(_TOO_GREAT, text)
    return value


def _checked(check: Callable[[Checks, str], str], otherwise: str) -> Callable[[Column, str], str]:
    """What the API's own check makes of a text."""

    def read(_: Column, text: str) -> str:
        checks = Checks()
        value = check(checks, text)
        if checks.problems:
            raise _UnfitError(otherwise, text)
        return value

    return read


def _licence(_: Column, text: str) -> str:
    try:
        return licence_of(text)
    except InvalidInputError as error:
        raise _UnfitError(_NO_LICENCE, text) from error


def _key(_: Column, text: str) -> str:
    address = _ADDRESS.fullmatch(text)
    key = address[1] if address else text
    if _ID.fullmatch(key):
        return key
    if len(key) > 200 or not SLUG.fullmatch(key):
        raise _UnfitError(_NO_KEY, text)
    return key


def _items(text: str, separators: str) -> list[str]:
    items = list(dict.fromkeys(item.strip() for item in re.split(separators, text) if item.strip()))
    if len(items) > MAX_LIST:
        raise _UnfitError(_MANY, text, most=str(MAX_LIST))
    return items


def _services(_: Column, text: str) -> list[str]:
    items = _items(text, r"[;,\n]" if not _SHORTENED.search(text) else r"[;\n]")
    for item in items:
        if _SHORTENED.fullmatch(item):
            raise _UnfitError(_CUT, item)
        if not (item.isascii() and item.isdigit() and len(item) == 14):
            raise _UnfitError(_NO_SERVICE, item)
    return items


_READ: Final[Mapping[CellKind, Callable[[Column, str], Any]]] = {
    CellKind.WORD: _word,
    CellKind.DAY: _day,
    CellKind.WHOLE: _whole,
    CellKind.EMAIL: _checked(lambda checks, text: checks.email("email", text), _NO_EMAIL),
    CellKind.PHONE: _checked(lambda checks, text: checks.phone("phone", text), _NO_PHONE),
    CellKind.URL: _checked(lambda checks, text: checks.url("url", text), _NO_URL),
    CellKind.LICENCE: _licence,
    CellKind.KEY: _key,
    CellKind.TOPICS: lambda _, text: _items(text, r"[;\n]"),
    CellKind.SERVICES: _services,
}
