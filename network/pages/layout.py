"""The frame of every page."""

from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from starlette.responses import HTMLResponse, Response

_TEMPLATES: Final = Path(__file__).parent / "templates"
DEVELOPMENT_NOTICE: Final = (
    '<p class="notice" role="note"><strong>Entwicklung:</strong> Anmelden geht hier nur mit Beispielkonten, die jeder '
    "auf diesem Rechner benutzen kann. Keine echten Daten eintragen.</p>"
)
"""On every page of a service that uses the development issuer."""


def page(title: str, content: str, *, notice: str = "", status: int = 200) -> Response:
    """A page with this HTML in its middle."""
    return HTMLResponse(template("page").substitute(title=escape(title), content=content, notice=notice), status)


@cache
def template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))
