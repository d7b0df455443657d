"""Numbers, sums, days and texts as people read them, in the language of the page."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token
from markupsafe import Markup

from network.pages.frame.addresses import external
from network.pages.frame.language import Language

BERLIN: Final = ZoneInfo("Europe/Berlin")
_LOCALES: Final = {Language.GERMAN: "de_DE", Language.ENGLISH: "en_GB"}
_EUROS: Final = {Language.GERMAN: "#,##0 ¤", Language.ENGLISH: "¤#,##0"}
_MOMENTS: Final = {Language.GERMAN: "d. MMMM y, HH:mm 'Uhr'", Language.ENGLISH: "d MMMM y, HH:mm"}
_HARMLESS: Final = re.compile(r"(?i)mailto:[^?]+$|#|/(?![/\\])")
_HEADINGS_BELOW: Final = 2
"""The page's title is h1 and the section's h2: headings of a text written by users come after."""
_MAX_CELLS: Final = 4_000
"""Of all tables of a text. Cells that a row lacks are filled up, so that two characters can become hundreds of them."""
_CELLS_LEFT: Final = "cells left"
_KEPT_TEXTS: Final = 128


def today() -> date:
    """The day in Germany."""
    return datetime.now(BERLIN).date()


def formats(language: Language) -> Mapping[str, Callable[..., Any]]:
    """The filters of templates in this language; each shows "" for None."""
    locale = _LOCALES[language]

    def number(value: float | None) -> str:
        return "" if value is None else format_decimal(value, locale=locale)

    def euro(value: int | None) -> str:
        return (
            ""
            if value is None
            else format_currency(value, "EUR", _EUROS[language], locale=locale, currency_digits=False)
        )

    def day(value: str | None) -> str:
        """A date of any precision: `2021`, `2021-05`, `2021-05-04`."""
        match (value or "").split("-"):
            case [""]:
                return ""
            case [year]:
                return year
            case [year, month]:
                return format_skeleton("yMMMM", date(int(year), int(month), 1), locale=locale)
            case _:
                return format_date(date.fromisoformat(str(value)), "long", locale=locale)

    def moment(value: str | None) -> str:
        """A point in time, in Germany, to the minute."""
        if not value:
            return ""
        return format_datetime(datetime.fromisoformat(value), _MOMENTS[language], tzinfo=BERLIN, locale=locale)

    def day_of(value: str | None) -> str:
        """The day in Germany on which a point in time lies."""
        if not value:
            return ""
        return format_date(datetime.fromisoformat(value).astimezone(BERLIN), "long", locale=locale)

    def weekday(value: date, width: str) -> str:
        """Its name: `short` as in `Mo`, `wide` as in `Montag`."""
        return format_date(value, {"short": "ccc", "wide": "cccc"}[width], locale=locale)

    return {
        "weekday": weekday,
        "number": number,
        "euro": euro,
        "day": day,
        "moment": moment,
        "day_of": day_of,
        "markdown": markdown,
    }


@lru_cache(maxsize=_KEPT_TEXTS)
def markdown(text: str | None) -> Markup:
    """Markdown (CommonMark with tables) as HTML that loads nothing and runs nothing: HTML in it is shown as text.

    Pure, and kept for texts that are shown again: the longest hostile ones take the event loop a second each.
    """
    return Markup(_MARKDOWN.render(text or ""))  # noqa: S704 - made by the renderer below, which escapes all else


class _Guarded(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whether a link may lead there: the web, a mailbox, or a page of ours; `//host` looks like ours and is not."""
        return external(url) is not None or _HARMLESS.match(url) is not None


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, as long as all tables of the text are no larger than people write them; beyond that it stays text."""
    left: int = state.env.setdefault(_CELLS_LEFT, _MAX_CELLS)
    if left <= 0 or not table(state, start, end, True):
        return False
    if silent:
        return True
    lines = next((line for line in range(start, end) if state.isEmpty(line)), end) - start
    cells = lines * (state.src[state.bMarks[start] : state.eMarks[start]].count("|") + 1)
    # To have looked at it is work, too: a text of nothing but beginnings of tables is not walked through for each.
    state.env[_CELLS_LEFT] = left - (cells if cells <= left else lines)
    return cells <= left and table(state, start, end, False)


def _renderer() -> MarkdownIt:
    made = _Guarded("commonmark", {"html": False, "linkify": False}).disable("image")
    made.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    made.enable("table")

    def heading(self: RendererHTML, tokens: list[Token], place: int, options: Any, env: Any) -> str:
        tokens[place].tag = f"h{min(6, int(tokens[place].tag[1:]) + _HEADINGS_BELOW)}"
        return self.renderToken(tokens, place, options, env)

    def link(self: RendererHTML, tokens: list[Token], place: int, options: Any, env: Any) -> str:
        # What others wrote earns no trust of search engines, and learns nothing of who follows it.
        tokens[place].attrSet("rel", "nofollow noreferrer ugc")
        return self.renderToken(tokens, place, options, env)

    made.add_render_rule("heading_open", heading)
    made.add_render_rule("heading_close", heading)
    made.add_render_rule("link_open", link)
    return made


_MARKDOWN: Final = _renderer()
