"""Fields as people see them: what they are called, and how they are filled in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from graph.texts import MAX_EMAIL, MAX_KEY, MAX_LINE, MAX_PHONE, MAX_TEXT, MAX_URL
from network.pages.frame.fields import Field, FieldKind
from network.pages.frame.language import message
from network.words import WORDS

HOUSE: Final = "house"
"""Name of the field in whose choices the reader's houses stand."""
YES_NO: Final = (("yes", message("Ja")), ("no", message("Nein")))
"""Answers of a field of `FieldKind.YES_NO`."""
AS_EXACT: Final = message("So genau Sie es wissen: 04.05.2024, 05.2024 oder 2024.")
"""Said beside a date of any precision."""
NO_ADDRESS: Final = message("Bitte eine Adresse, die mit https:// beginnt.")
_EXPECTED: Final = {
    "url": NO_ADDRESS,
    "email": message("Bitte eine E-Mail-Adresse wie rathaus@stadt.example."),
    "tel": message("Bitte eine Telefonnummer aus Ziffern, zum Beispiel 03441 123456."),
}
"""Type of a line -> what belongs there."""
_MOST: Final = {"url": MAX_URL, "email": MAX_EMAIL, "tel": MAX_PHONE}
"""Type of a line -> its characters at most."""
_MOST_OF_VALUE: Final = 20
"""Characters of a number or a date, however somebody writes it."""
_UNFIT: Final = {"url": '\\<>"'}
"""Type of a line -> characters with which it could lead elsewhere than it says."""


class Widget(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    AREA = "area"
    SELECT = "select"
    BOX = "box"
    BOXES = "boxes"
    FIND = "find"
    HIDDEN = "hidden"
    """What the form was filled from, which nobody fills in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field as people see it.

    Attributes:
        field: What becomes of it.
        label, hint: Texts of the catalogue.
        vocabulary: Where the words for its choices are; "" where what it is about brings them.
        options: Values and what they are called, texts of the catalogue, where that is no vocabulary.
        blank: What a choice of nothing is called; None where something must be chosen.
        finds: By which of `finding.FINDERS` more is found by name; "" where nothing is.
        words: What one may say here, to be offered as one types; texts of the catalogue.
        is_alternative: It or another one is needed, as its hint says: it is not called voluntary.
    """

    field: Field
    label: str
    hint: str = ""
    widget: Widget = Widget.LINE
    vocabulary: str = ""
    options: tuple[tuple[str, str], ...] = ()
    blank: str | None = None
    rows: int = 5
    type: str = "text"
    finds: str = ""
    words: tuple[str, ...] = ()
    is_alternative: bool = False

    @property
    def is_many(self) -> bool:
        return self.field.kind is FieldKind.MANY


def line(
    name: str, label: str, *, hint: str = "", required: bool = False, most: int | None = None, **more: Any
) -> Input:
    """A field of one line; how long that may be, follows from its type where nothing is said."""
    kind = more.pop("kind", FieldKind.TEXT)
    clears = more.pop("clears", False)
    type_ = more.get("type", "text")
    expects = more.pop("expects", None) or _EXPECTED.get(type_)
    told = {"expects": expects} if expects else {}
    return Input(
        field=Field(
            name=name,
            is_required=required,
            most=_most(type_, kind) if most is None else most,
            kind=kind,
            unfit=_UNFIT.get(type_, ""),
            is_cleared=clears,
            **told,
        ),
        label=label,
        hint=hint,
        **more,
    )


def _most(type_: str, kind: FieldKind) -> int:
    return _MOST_OF_VALUE if kind in (FieldKind.DAY, FieldKind.WHOLE) else _MOST.get(type_, MAX_LINE)


def area(name: str, label: str, *, hint: str = "", required: bool = False, most: int = MAX_TEXT, **more: Any) -> Input:
    """A field of several lines."""
    return line(name, label, hint=hint, required=required, most=most, widget=Widget.AREA, **more)


def choice(name: str, label: str, vocabulary: str, *, blank: str | None = None, **more: Any) -> Input:
    """One of the words of a closed vocabulary."""
    values = tuple(more.pop("values", WORDS[vocabulary]))
    return Input(
        field=Field(name=name, choices=values, is_required=blank is None, is_cleared=more.pop("clears", False)),
        label=label,
        vocabulary=vocabulary,
        blank=blank,
        widget=Widget.SELECT,
        **more,
    )


def house(label: str, *, hint: str = "") -> Input:
    """One of the reader's own houses."""
    return Input(field=Field(name=HOUSE, is_required=True, most=MAX_KEY), label=label, hint=hint, widget=Widget.SELECT)


def find(name: str, label: str, what: str, *, hint: str = "", required: bool = False, **more: Any) -> Input:
    """Something that is found by name (`finding.FINDERS`); several, where `kind` is MANY."""
    return line(name, label, hint=hint, required=required, most=5_000, widget=Widget.FIND, finds=what, **more)
