"""What every page is made from: its templates, its questions to the API, and the routes in both languages."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from auth.sealing import Sealer
from graph.port import GraphStore
from network.edge.authentication import Browsers
from network.mail.feedback import Feedback
from network.pages.frame.asking import Asking
from network.pages.frame.doors import Doors
from network.pages.frame.legal_texts import LegalTexts
from network.pages.frame.notices import Notes
from network.pages.frame.paths import Handler, in_both_languages
from network.pages.frame.queries import ReadyQuery
from network.pages.frame.rendering import Renderer
from network.pages.frame.stash import Stash
from network.pages.frame.table_desk import TableDesk

__all__ = ["Handler", "Site", "in_both_languages"]

EXPLORER: Final = Path(__file__).parents[2] / "explorer_assets" / "dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages show and ask.

    Attributes:
        schema: SDL of the API.
        built: Folder of the explorer that `make explorer` builds; where it is missing a plain page takes its place.
        browsers: What the pages need to know who reads them; None where nobody can sign in.
        doors: What links in e-mails open; None where nobody gets any.
        feeds: Where personal feed addresses are looked up; None where there are none.
        sealer: Seals what a page gives its reader to bring back; None where nobody can sign in.
        tables: Where uploaded tables are read.
        notes: Signs what a page says after something was done.
        legal: What the operator says of itself.
        feedback: How reports of barriers reach the operator; None where they do not.
        is_only: Whether most people may run published documents only, which the explorer then says.
        is_development: Whether accounts are samples, and pages for developers are shown.
        renderer: Makes the pages.
        stash: Keeps what was typed while a session ran out; None where nobody can sign in.
    """

    asking: Asking
    public_url: str
    schema: str
    queries: tuple[ReadyQuery, ...] = ()
    built: Path = EXPLORER
    browsers: Browsers | None = None
    doors: Doors | None = None
    feeds: GraphStore | None = None
    sealer: Sealer | None = None
    tables: TableDesk = field(default_factory=TableDesk)
    notes: Notes = field(default_factory=Notes)
    legal: LegalTexts = field(default_factory=LegalTexts)
    feedback: Feedback | None = None
    is_only: bool = False
    is_development: bool = False
    renderer: Renderer = field(init=False)
    stash: Stash | None = field(init=False)

    def __post_init__(self) -> None:
        browsers, sealer = self.browsers, self.sealer
        renderer = Renderer(
            public_url=self.public_url,
            browsers=self.browsers,
            is_development=self.is_development,
            houses=self.asking.houses,
            notes=self.notes,
            has_imprint="imprint" not in self.legal.missing,
        )
        stash = None if browsers is None or sealer is None else Stash(renderer, sealer, browsers.origin)
        object.__setattr__(self, "renderer", renderer)
        object.__setattr__(self, "stash", stash)
