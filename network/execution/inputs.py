"""Values of mutations' inputs, read one by one; everything that cannot be meant is told at once, with its place.

What passes is safe to store and to show: bounded, without control characters, lone surrogates or marks that turn the
direction of the text around them. Markdown stays the text it is; whoever renders it makes it harmless.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from graph.ddl import LABELS
from graph.model import NodeKey
from graph.texts import (
    MAX_EMAIL,
    MAX_KEY,
    MAX_LINE,
    MAX_PHONE,
    MAX_TEXT,
    MAX_URL,
    is_visible,
    is_web_address,
    unfit_character,
)
from network.execution.problems import InputProblem, InvalidInputsError

MAX_EUROS: Final = 2_147_483_647
"""GraphQL's Int."""

T = TypeVar("T")

_EMAIL: Final = re.compile(r"[^@\s<>\"(),;:\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\.[A-Za-z]{2,63}")
_PHONE: Final = re.compile(r"[0-9+][0-9 ()/.\-]{2,38}[0-9]")


@dataclass(slots=True)
class Checks:
    """Collects the problems of one input. A method answers the value to go on with, whatever was wrong with it."""

    path: tuple[str, ...] = ("input",)
    problems: list[InputProblem] = field(default_factory=list)

    def finish(self) -> None:
        """Passes where nothing was wrong.

        Raises:
            InvalidInputsError: holds all problems.
        """
        if self.problems:
            raise InvalidInputsError(self.problems)

    def refuse(self, name: str, message: str) -> None:
        """Notes what is wrong with the value called `name`."""
        self.problems.append(InputProblem((*self.path, name), message))

    def within(self, *names: str) -> "Checks":
        """The same collection, for the fields of an object inside."""
        return Checks((*self.path, *names), self.problems)

    def line(self, name: str, given: str, *, least: int = 1, most: int = MAX_LINE) -> str:
        """One line of text, without blanks around it."""
        return self._text(name, given.strip(), least, most, "\t")

    def text(self, name: str, given: str, *, least: int = 1, most: int = MAX_TEXT) -> str:
        """Text of several lines, which end in a line feed alone."""
        return self._text(name, given.replace("\r\n", "\n").strip(), least, most, "\t\n")

    def url(self, name: str, given: str) -> str:
        """An address of the web."""
        text = self.line(name, given, most=MAX_URL)
        if text and not is_web_address(text):
            self.refuse(name, "expected an address that begins with https:// or http://, with a host and no password")
        return text

    def email(self, name: str, given: str) -> str:
        text = self.line(name, given, most=MAX_EMAIL)
        if text and not _EMAIL.fullmatch(text):
            self.refuse(name, "expected one e-mail address, as in rathaus@stadt.example")
        return text

    def phone(self, name: str, given: str) -> str:
        text = self.line(name, given, most=MAX_PHONE)
        if text and not _PHONE.fullmatch(text):
            self.refuse(name, "expected a telephone number of digits, blanks and + ( ) / . -")
        return text

    def number(self, name: str, given: int, *, least: int = 0, most: int = MAX_EUROS) -> int:
        if not least <= given <= most:
            self.refuse(name, f"expected {least:,} to {most:,}, got {given:,}")
        return given

    def pattern(self, name: str, given: str, form: re.Pattern[str], expected: str) -> str:
        """Text of a certain form."""
        text = self.line(name, given, most=MAX_KEY)
        if text and not form.fullmatch(text):
            self.refuse(name, f"expected {expected}")
        return text

    def node(self, name: str, given: str, *labels: str) -> NodeKey:
        """A node of one of `labels`, named by its global id. Whether it is there, the command finds out."""
        label, _, key = self.line(name, given, most=MAX_KEY).partition(":")
        if label not in labels or not key:
            kinds = " or ".join(f"{wanted}:…" for wanted in labels)
            self.refuse(name, f"expected a global id, {kinds}")
            return NodeKey(labels[0], "")
        return NodeKey(label, key)

    def keys(self, name: str, given: Sequence[str], label: str, *, most: int = 20) -> tuple[str, ...]:
        """Natural keys of nodes of one kind, each once and in the order given; global ids of them will do, too."""
        prefix = f"{LABELS[label].node.__name__}:"
        inside = self.within(name)
        return self.each(
            name,
            given,
            lambda index, key: inside.line(index, key.removeprefix(prefix), most=MAX_KEY),
            most=most,
        )

    def each(self, name: str, given: Iterable[T], read: Callable[[str, T], str], *, most: int) -> tuple[str, ...]:
        """What `read` makes of every item, each result once; a list that is too long is not read at all."""
        items = list(given)
        if not self.is_short(name, items, most=most):
            return ()
        return tuple(dict.fromkeys(read(str(index), item) for index, item in enumerate(items)))

    def is_short(self, name: str, given: Collection[object], *, most: int) -> bool:
        """Whether a list has at most `most` items; one that has not is noted."""
        if len(given) > most:
            self.refuse(name, f"expected at most {most} items, got {len(given):,}")
        return len(given) <= most

    def _text(self, name: str, text: str, least: int, most: int, allowed: str) -> str:
        if len(text) > most:
            self.refuse(name, f"expected at most {most:,} characters, got {len(text):,}")
            return ""
        if len(text) < least:
            self.refuse(name, "expected text" if least == 1 else f"expected at least {least} characters")
        elif text and not is_visible(text):
            self.refuse(name, "expected text that can be seen")
        bad = unfit_character(text, allowed=allowed)
        if bad is not None:
            self.refuse(name, f"expected text without the character U+{ord(bad):04X}")
        return text
