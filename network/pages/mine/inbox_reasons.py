"""Why somebody hears of news, in the reader's language: the API says it in German, in the sentences of `graph/telling`."""

from typing import Final

from markupsafe import Markup

from network.pages.frame.language import Language, message, translations

SENTENCES: Final = (
    message("Sie folgen diesem Projekt"),
    message("Sie folgen diesem Gesuch oder Angebot"),
    message("Es ist ein Projekt Ihres Hauses"),
    message("Ihr Haus hat um die Beteiligung gebeten"),
    message("Es geht um ein Projekt Ihres Hauses"),
    message("Die Frage betrifft ein Projekt Ihres Hauses"),
    message("Ein Haus interessiert sich für ein Projekt Ihres Hauses"),
    message("Ein Haus erprobt ein Projekt Ihres Hauses"),
    message("Ein Haus nutzt ein Projekt Ihres Hauses nach"),
    message("Ein Haus nutzt ein Projekt Ihres Hauses nicht mehr"),
    message("Ihr Haus nutzt das Projekt nach"),
    message("Ihr Haus ist gefragt"),
    message("Ihr Haus hat darum gebeten"),
    message("Ihr Hub betreut dieses Haus"),
    message("Sie haben die Frage gestellt"),
    message("Es ist Ihre Antwort"),
    message("Die Gegenstelle hat geantwortet, dass es sie nicht mehr gibt (410)"),
)
NAMING: Final = (
    message("Sie folgen dem Thema %(name)s"),
    message("Sie folgen dem Hub %(name)s"),
    message("Sie folgen der Leistung %(name)s"),
    message("Ihre Suche „%(name)s“"),
    message("%(name)s Ereignisse nacheinander sind nicht angekommen"),
)
"""Sentences around something that has a name."""


def reason_in(language: Language, reason: str) -> str | Markup:
    """What to show for `reason`; names in it, and a sentence that is none of ours, are marked as German."""
    if not reason or language is Language.GERMAN:
        return reason
    known = translations(language)
    if reason in SENTENCES:
        return known.gettext(reason)
    for pattern in NAMING:
        before, _, after = pattern.partition("%(name)s")
        name = reason.removeprefix(before).removesuffix(after)
        if name and reason == f"{before}{name}{after}":
            return Markup(known.gettext(pattern)) % {"name": name if name.isdecimal() else _german(name)}  # noqa: S704 - a text of the catalogue
    return _german(reason)


def _german(text: str) -> Markup:
    return Markup('<span lang="de">{}</span>').format(text)
