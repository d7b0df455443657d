"""What was typed while a session ran out: kept by the browser, sealed, and shown in its form again after signing in.

The protocol, for pages with forms:

1. A form is shown by GET at the address that it is sent to by POST, and names that address in `action`: after signing in
   again it is shown at `/continue`.
2. Its POST is refused at the door where the session that the browser brings is over: `Stash.over` answers in place of the
   page, with 401, a link to sign in (in a new tab) and the button "Weiter", which sends everything that was typed to
   `/continue`, sealed. A page's own POST handler does the same where nobody is signed in (the cookie went with an earlier
   answer): `if not reader.is_signed_in: return await site.stash.over(request)`.
   Signed in, the new tab ends at a GET of `/continue`, which says that it may be closed.
3. `/continue`, once somebody is signed in, answers as a GET of the form's address, with `restored(request)` giving the fields;
   everywhere else that is None. The page shows them as it shows a form that it refused:
   `filled = FORM.blank() if (given := restored(request)) is None else FORM.filled(given)`. It writes nothing.
   Where no form is at that address, a page shows the texts to copy.

What is sealed cannot be read or made by anybody else, is good for twelve hours and for its own address, and never holds the
token of the form: the page that is shown has the token of the new session. Both steps take requests of our own pages only, so
that no other page fills a form here.
"""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from auth.principal import Principal
from auth.sealing import BrokenSealError, Sealer
from network.edge.authentication import FORM_FIELD
from network.edge.request import caller_of
from network.pages.frame.asking import AskingError
from network.pages.frame.fields import MultiDict, check_sender, fields_of
from network.pages.frame.language import message
from network.pages.frame.paths import in_both_languages
from network.pages.frame.rendering import UNKEPT, Renderer

PATH: Final = "/continue"
_FIELD: Final = "stash"
_PURPOSE: Final = "continue"
_LIFETIME_S: Final = 12 * 60 * 60
_MOST: Final = 200_000
"""Characters that are sealed at most: what comes back must fit into a request. More stays in the browser's history."""
_RESTORED: Final = "hubnetz.restored"
_SIGN_IN: Final = message("Anmelden")
_NOT_YET: Final = message("Sie sind noch nicht angemeldet")
_NOT_YET_TEXT: Final = message("Melden Sie sich zuerst an, dann geht es im anderen Fenster weiter.")
_SIGNED_IN: Final = message("Sie sind angemeldet")
_SIGNED_IN_TEXT: Final = message("Sie können dieses Fenster schließen: Im anderen geht es mit Ihren Eingaben weiter.")
_HIDDEN: Final = frozenset({FORM_FIELD, "once", "version"})


def restored(request: Request) -> MultiDict | None:
    """The fields that were typed before the session ran out; None where the page is opened as usual."""
    found: MultiDict | None = request.scope.get(_RESTORED)
    return found


class Stash:
    """Seals what was typed, and brings it back.

    Args:
        origin: Where our own pages come from.
    """

    def __init__(
        self, renderer: Renderer, sealer: Sealer, origin: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._renderer = renderer
        self._sealer = sealer
        self._origin = origin
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        return [*in_both_languages(PATH, self._go_on, methods=("POST",)), *in_both_languages(PATH, self._signed_in)]

    async def over(self, request: Request) -> Response:
        """The page in place of a form's, for whoever sent one and is not signed in any more.

        Raises:
            ForbiddenError: the form came from elsewhere.
            RequestError: it is no form.
        """
        check_sender(request, self._origin)
        pairs = [pair for pair in (await fields_of(request)).multi_items() if pair[0] != FORM_FIELD]
        content = {
            "path": request.url.path,
            "query": request.url.query,
            "until": str(int(self._clock()) + _LIFETIME_S),
            "fields": json.dumps(pairs),
        }
        sealed = self._sealer.seal(content, purpose=_PURPOSE)
        return self._page(request, sealed if len(sealed) <= _MOST else "")

    async def _signed_in(self, request: Request) -> Response:
        """Where whoever signed in in a new window ends up: the form waits in the other one."""
        if not isinstance(caller_of(request.scope), Principal):
            return self._renderer.message(
                request, _NOT_YET, _NOT_YET_TEXT, again=(f"/sign-in?to={request.url.path}", _SIGN_IN), headers=UNKEPT
            )
        return self._renderer.message(request, _SIGNED_IN, _SIGNED_IN_TEXT, headers=UNKEPT)

    async def _go_on(self, request: Request) -> Response:
        check_sender(request, self._origin)
        sealed = (await fields_of(request)).get(_FIELD, "")
        try:
            content = self._sealer.unseal(sealed, purpose=_PURPOSE)
        except BrokenSealError as error:
            raise HTTPException(400) from error
        if int(content["until"]) < self._clock():
            raise HTTPException(400)
        if not isinstance(caller_of(request.scope), Principal):
            return self._page(request, sealed, is_again=True)
        given = ImmutableMultiDict([(str(name), str(value)) for name, value in json.loads(content["fields"])])
        return _Again(request, content["path"], content["query"], given, lambda: self._texts(request, given))

    def _page(self, request: Request, sealed: str, *, is_again: bool = False) -> Response:
        return self._renderer.page(
            request,
            "session_over.html",
            status=401,
            headers={**UNKEPT, "WWW-Authenticate": "Bearer"},
            sealed=sealed,
            is_again=is_again,
        )

    def _texts(self, request: Request, given: MultiDict) -> Response:
        texts = [(name, value) for name, value in given.multi_items() if name not in _HIDDEN and value]
        return self._renderer.page(request, "typed.html", status=409, texts=texts)


class _Again(Response):
    """The answer to a GET of `path`, made within the request that asks for something else."""

    def __init__(
        self, request: Request, path: str, query: str, given: MultiDict, otherwise: Callable[[], Response]
    ) -> None:
        super().__init__()
        self._router: Callable[[Scope, Receive, Send], Awaitable[None]] = request.scope["router"]
        self._path = path
        self._query = query
        self._given = given
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inner = {
            **{key: value for key, value in scope.items() if key not in ("endpoint", "path_params", "route")},
            "method": "GET",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": self._query.encode(),
            _RESTORED: self._given,
            # Then a path that takes no GET raises, as one that is none does.
            "app": self._router,
        }
        try:
            await self._router(inner, receive, send)
        except (HTTPException, AskingError) as error:
            status = error.status_code if isinstance(error, HTTPException) else error.status
            if status not in (404, 405):
                raise
            # There is no form to show them in; nothing of it was sent yet.
            await self._otherwise()(scope, receive, send)
