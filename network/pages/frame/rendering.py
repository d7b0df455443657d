"""Templates in two languages, and what stands on every page."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from network.edge.authentication import FORM_FIELD, Browsers
from network.edge.request import form_token_of
from network.pages.frame.account import Account, account
from network.pages.frame.addresses import external, host, mailbox, telephone
from network.pages.frame.entry_addresses import key_of, label_of, page_of
from network.pages.frame.formats import formats
from network.pages.frame.freshness import is_changed, sources_day
from network.pages.frame.house_names import HouseNames
from network.pages.frame.language import Language, language_of, message, translations, without_language
from network.pages.frame.notices import PARAMETER, Notes
from network.pages.frame.paths import address_in, is_plain_path, is_secret
from network.pages.frame.spoken import parts
from network.pages.frame.takeaway import MAX_ROWS, addressed, webcal
from network.pages.frame.typed import clock
from network.pages.frame.words import word_for
from search.port import MAX_QUERY_LENGTH

_PAGES: Final = Path(__file__).parents[1]
STATIC: Final = _PAGES / "static"
UNKEPT: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}
"""Headers of an answer that no cache keeps."""
_PERSONAL: Final = {**UNKEPT, "Vary": "Cookie", "Referrer-Policy": "same-origin"}
"""Of pages that differ from reader to reader. With no referrer at all, browsers hide the origin of their forms, too."""
NAVIGATION: Final = (
    ("/search", message("Projekte")),
    ("/hubs", message("Hubs")),
    ("/topics", message("Themen")),
    ("/needs", message("Gesuche und Angebote")),
    ("/events", message("Veranstaltungen")),
    ("/experts", message("Fachleute")),
    ("/map", message("Karte")),
)
"""Sections of the site, in the order in which they are shown."""
_MAX_REPEATED: Final = 2_000
"""Characters of an address that its page repeats in links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Makes pages of templates.

    Attributes:
        public_url: Address of the service, without a slash at its end; for addresses that leave the page.
        browsers: What is needed to know who reads; None where nobody can sign in.
        is_development: Says on every page that accounts are samples.
        houses: What is known of how houses are called.
        notes: Signs and reads what pages say after something was done.
        has_imprint: Whoever runs the service said there how to reach them.
    """

    public_url: str
    browsers: Browsers | None = None
    is_development: bool = False
    houses: HouseNames = field(default_factory=HouseNames)
    notes: Notes = field(default_factory=Notes)
    has_imprint: bool = False

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """The page that `template` makes of `context`, in the language of the request's address."""
        language = language_of(request.url.path)
        reader = account(request, self.browsers, self.houses)
        html = environment(language).get_template(template).render(**self._frame(request, language, reader), **context)
        return HTMLResponse(html, status, {**(_PERSONAL if self.browsers else {}), **(headers or {})})

    def message(
        self,
        request: Request,
        title: str,
        text: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        again: tuple[str, str] | None = None,
        is_bare: bool = False,
        **values: str,
    ) -> Response:
        """A page that says one thing.

        Args:
            title, text: Texts of the catalogue; `text` may hold `%(name)s` of `values`.
            again: Where to go on, and what that is called.
            is_bare: Its address is nobody else's business: the page repeats it nowhere.
        """
        known = translations(language_of(request.url.path))
        address, label = again or ("", "")
        return self.page(
            request,
            "message.html",
            status=status,
            headers=headers,
            frame="bare.html" if is_bare else "base.html",
            title=known.gettext(title),
            text=known.gettext(text) % values if values else known.gettext(text),
            again=address,
            again_text=known.gettext(label) if label else "",
        )

    def _told(self, request: Request) -> str:
        """What was just done, as the address says it."""
        parameter = request.query_params.get(PARAMETER)
        if not parameter:
            return ""
        return self.notes.told(parameter, without_language(request.url.path), form_token_of(request.scope))

    def _frame(self, request: Request, language: Language, reader: Account) -> dict[str, Any]:
        known = translations(language)
        path = without_language(request.url.path)
        query = f"?{request.url.query}" if request.url.query else ""
        if is_secret(path) or not is_plain_path(path) or len(path) + len(query) > _MAX_REPEATED:
            # What is a secret is not repeated, `//host` is an address of somebody else, and a page does not grow with what it was asked by.
            path, query = "/", ""
        return {
            "language": language,
            "path": path,
            "here": f"{language.at(path)}{query}",
            "other_language": f"{language.other.at(path)}{query}",
            "canonical": f"{self.public_url}{language.at(path)}",
            "public_url": self.public_url,
            "reader": reader,
            "form_field": FORM_FIELD,
            "is_development": self.is_development,
            "has_imprint": self.has_imprint,
            "can_sign_in": self.browsers is not None,
            "done": known.gettext(told) if (told := self._told(request)) else "",
            "navigation": [(address, known.gettext(text)) for address, text in NAVIGATION],
        }


@cache
def environment(language: Language) -> Environment:
    """The templates with texts, numbers and addresses of one language."""
    made = Environment(
        loader=FileSystemLoader(_PAGES / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = translations(language)
    made.install_gettext_callables(known.gettext, known.ngettext, newstyle=True)  # type: ignore[attr-defined] # of the extension
    made.filters.update(formats(language))
    for name in ("gettext", "ngettext"):
        made.globals[name] = _with_numbers(made.globals[name], formats(language)["number"])  # type: ignore[arg-type] # of the extension
    made.tests["clock"] = lambda text: clock(text) == text
    made.filters["german"] = partial(_german, language)
    made.filters["spoken"] = _spoken
    made.globals["in_german"] = Markup("") if language is Language.GERMAN else Markup(' lang="de"')
    # Of links to files, which are German only.
    made.globals["to_german"] = Markup("") if language is Language.GERMAN else Markup(' hreflang="de"')

    made.globals.update(url=partial(address_in, language), word=partial(word_for, language))
    made.globals.update(asset=asset, external=external, host=host, mailbox=mailbox, telephone=telephone)
    made.globals.update(page_of=page_of, key_of=key_of, label_of=label_of)
    made.globals.update(addressed=addressed, webcal=webcal, most_rows=MAX_ROWS, max_query=MAX_QUERY_LENGTH)
    made.globals.update(sources_day=sources_day, is_changed=is_changed)
    return made


def _with_numbers(translate: Callable[..., str], number: Callable[[int], str]) -> Callable[..., str]:
    """Texts of the catalogue whose whole numbers are written as all others; what is none, a year, is given as text."""

    @pass_context
    def translated(context: Context, *texts: Any, **values: Any) -> str:
        # As `trans` gives it: which form of a text it is, and the same number to stand in it.
        counted = {"num": texts[-1], **values} if isinstance(texts[-1], int) else values
        written = {name: number(value) if type(value) is int else value for name, value in counted.items()}
        return translate(context, *texts, **written)

    return translated


def _german(language: Language, text: str | None) -> str | Markup:
    """What people wrote, which is German on every page: readers aloud are told so where the page is not."""
    if not text:
        return ""
    return text if language is Language.GERMAN else Markup('<span lang="de">{}</span>').format(text)


def _spoken(text: str) -> Markup:
    """A text that marks what is German in it, as `spoken` has it."""
    shown = (_german(Language.ENGLISH, piece) if is_german else escape(piece) for piece, is_german in parts(text))
    return Markup("").join(shown)


def asset(name: str) -> str:
    """The address of a static file, which changes with its content: browsers may keep it for good."""
    return f"/static/{name}?v={digest(name)}"


@cache
def digest(name: str) -> str:
    """Names the content of a static file."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
