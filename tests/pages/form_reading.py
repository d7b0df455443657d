"""What a browser sends of a form when somebody fills in no more than must be."""

import re
from html.parser import HTMLParser
from typing import Any, Final

SAMPLES: Final = {"email": "amt@x.example", "url": "https://x.example/seite", "tel": "+49 3441 1"}


class _Reader(HTMLParser):
    """The controls of the form that is sent to one address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.is_there = False
        self._action = action
        self._within = False
        self._text: tuple[str, bool] | None = None
        self._select = ("", False)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, is_required = given.get("name", ""), "required" in given
        if tag == "form":
            self._within = given.get("action") == self._action
            self.is_there |= self._within
        elif not self._within:
            return
        elif tag == "input":
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.fields.setdefault(name, []).append(self._said(given.get("value", ""), kind, is_required))
        elif tag == "textarea":
            self._text = (name, is_required)
            self.fields[name] = [""]
        elif tag == "select":
            self._select = (name, is_required)
        elif tag == "option" and (
            # As browsers choose: the first one, until another says that it is.
            "selected" in given or self.fields.get(self._select[0], [""]) == [""]
        ):
            self.fields[self._select[0]] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self.fields[self._text[0]][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = False
        elif tag == "textarea" and self._text is not None:
            name, is_required = self._text
            self.fields[name] = [self._said(self.fields[name][0].strip("\n"), "text", is_required)]
            self._text = None

    def _said(self, value: str, kind: str, is_required: bool) -> str:
        return value or (SAMPLES.get(kind, "Angabe") if is_required else "")


def filled(page: str, path: str) -> dict[str, Any]:
    """The fields of the form of `page` that is sent to `path`: as they stand there, with something where something must."""
    reader = _Reader(path)
    reader.feed(re.sub(r"<(br|wbr)>", "", page))
    assert reader.is_there, f"no form to {path}"
    return dict(reader.fields)
