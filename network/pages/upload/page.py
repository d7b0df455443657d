"""Projects as a table: uploaded, looked at row by row, and taken over, for those who work at a hub.

Nothing is written before somebody has seen what would be. A table is looked at and taken over in parts, so that no request
takes long and nothing is left half done without a word.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from auth import policy
from auth.principal import Principal
from network.edge import negotiation
from network.edge.request import caller_of
from network.edge.uploads import MAX_BYTES, MULTIPART, read_upload
from network.pages import operations
from network.pages.forms.sending import signed_out
from network.pages.frame.asking import RETRY_S
from network.pages.frame.fields import MultiDict, fields_of
from network.pages.frame.language import message
from network.pages.frame.paths import address
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.frame.stash import restored
from network.pages.frame.table_desk import TableDeskBusyError
from network.pages.upload.columns import MAX_ROWS, Said
from network.pages.upload.comparing import Verdict
from network.pages.upload.finding import PART, own_entries, preview
from network.pages.upload.parcel import ParcelError, Parcels, ParcelTooLargeError
from network.pages.upload.reading import TOO_LONG, Table, UnfitFileError, read_table
from network.pages.upload.taking import AGAIN, DONE, Fate, take_over
from network.pages.upload.template import csv_table, notes, workbook

PATH: Final = "/upload"
FILE: Final = "table"
_ROWS: Final = f"{PATH}/rows"
_TAKE: Final = f"{PATH}/take-over"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_FILE: Final = message("Wählen Sie zuerst eine Datei aus.")
_BUSY: Final = message(
    "Gerade laden viele eine Tabelle hoch, und Ihre wurde nicht gelesen. Versuchen Sie es gleich noch einmal."
)
_NOTHING: Final = message("Kreuzen Sie mindestens eine Zeile an.")
_LOST: Final = message(
    "Diese Tabelle ist zu lange her, oder jemand anders hat sie hochgeladen. Es wurde nichts geschrieben. Laden Sie die Datei noch "
    "einmal hoch."
)
VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.NEW: message("neu"),
    Verdict.CHANGED: message("geändert"),
    Verdict.UNCHANGED: message("unverändert"),
    Verdict.DOUBTFUL: message("zweifelhaft"),
    Verdict.WRONG: message("falsch"),
}
FATES: Final[Mapping[Fate, str]] = {
    Fate.CREATED: message("Entwurf angelegt"),
    Fate.CHANGED: message("Eintrag geändert"),
    Fate.CONFLICT: message(
        "Nicht geschrieben: Jemand hat den Eintrag inzwischen geändert. Sehen Sie sich die Zeilen noch einmal an."
    ),
    Fate.REFUSED: message("Nicht geschrieben: Eine Angabe passt nicht."),
    Fate.FORBIDDEN: message("Nicht geschrieben: Dafür hat Ihr Konto nicht das nötige Recht."),
    Fate.GONE: message("Nicht geschrieben: Den Eintrag gibt es nicht mehr, oder er ist für Sie nicht zu sehen."),
    Fate.FAILED: message("Unklar, ob es geschrieben ist. Senden Sie die Zeile noch einmal: Doppelt wird nichts."),
    Fate.WAITING: message("Noch nicht übernommen."),
}


def routes(site: Site) -> list[BaseRoute]:
    pages = _Upload(site)
    both = ("GET", "POST")
    return [
        *in_both_languages(PATH, pages.upload, methods=both),
        *in_both_languages(f"{PATH}/template.csv", pages.template),
        *in_both_languages(f"{PATH}/template.xlsx", pages.template),
        *in_both_languages(_ROWS, pages.rows, methods=both),
        *in_both_languages(_TAKE, pages.take, methods=both),
    ]


class _Upload:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def upload(self, request: Request) -> Response:
        refused = await self._refused(request)
        if refused is not None:
            return refused
        if request.method != "POST":
            return await self._start(request)
        if negotiation.parse(request.headers.get("content-type", "")).type != MULTIPART:
            return await self._start(request, Said(_NO_FILE))
        file = (await read_upload(request)).file
        if not file:
            return await self._start(request, Said(_NO_FILE))
        try:
            table = await self._site.tables.do(read_table, file)
            sealed = self._parcels(request).of_table(table)
        except TableDeskBusyError:
            answer = await self._start(request, Said(_BUSY), status=503)
            answer.headers["Retry-After"] = str(RETRY_S)
            return answer
        except UnfitFileError as error:
            return await self._start(request, error.said)
        except ParcelTooLargeError:
            return await self._start(request, Said(TOO_LONG))
        return await self._shown(request, table, sealed, 0)

    async def template(self, request: Request) -> Response:
        refused = await self._refused(request)
        if refused is not None:
            return refused
        has_entries = "entries" in request.query_params
        rows = await own_entries(self._site, request) if has_entries else None
        ending = request.url.path.rpartition(".")[2]
        name = f"hubnetz-{'eintraege' if has_entries else 'vorlage'}.{ending}"
        headers = {**UNKEPT, "Content-Disposition": f'attachment; filename="{name}"'}
        if ending == "csv":
            return Response(csv_table(rows), headers=headers, media_type="text/csv; charset=utf-8")
        topics = [one["nameDe"] for one in await self._topics(request)]
        made = await self._site.tables.do(workbook, topics, rows)
        return Response(made, headers=headers, media_type=_XLSX)

    async def rows(self, request: Request) -> Response:
        """Another part of the table, or the same once more."""
        return await self._again(request) or await self._part(request, await fields_of(request))

    async def take(self, request: Request) -> Response:
        answer = await self._again(request)
        if answer is not None:
            return answer
        given = await fields_of(request)
        parcels = self._parcels(request)
        try:
            table, plans = parcels.table(given.get("table", "")), parcels.plans(given.get("plans", ""))
        except ParcelError:
            return await self._start(request, Said(_LOST), status=409)
        chosen = {
            int(value) for value in given.getlist("row") if value.isascii() and value.isdigit() and len(value) < 10
        }
        rows = [one for one in plans if one.number in chosen]
        if not rows:
            return await self._part(request, given, Said(_NOTHING))
        taken = await take_over(self._site, request, rows)
        start = _start_of(given, table)
        return self._site.renderer.page(
            request,
            "upload_done.html",
            status=200 if taken.retry_after_s is None else 429,
            headers=None if taken.retry_after_s is None else {"Retry-After": str(taken.retry_after_s)},
            taken=taken,
            written=[one for one in taken.outcomes if one.fate in DONE],
            left=[one for one in taken.outcomes if one.fate not in DONE | AGAIN],
            fates=FATES,
            table=given.get("table", ""),
            plans=given.get("plans", ""),
            start=start,
            following=_following(table, start),
        )

    async def _again(self, request: Request) -> Response | None:
        """The answer to a GET: the rows that came back after signing in again, or the page where a table is uploaded."""
        refused = await self._refused(request)
        if refused is not None or request.method == "POST":
            return refused
        given = restored(request)
        if given is None:
            return RedirectResponse(address(request, PATH), 303, UNKEPT)
        return await self._part(request, given)

    async def _part(self, request: Request, given: MultiDict, problem: Said | None = None) -> Response:
        sealed = given.get("table", "")
        try:
            table = self._parcels(request).table(sealed)
        except ParcelError:
            return await self._start(request, Said(_LOST), status=409)
        return await self._shown(request, table, sealed, _start_of(given, table), problem)

    async def _shown(
        self, request: Request, table: Table, sealed: str, start: int, problem: Said | None = None
    ) -> Response:
        found = await preview(self._site, request, table.rows, start)
        try:
            plans = self._parcels(request).of_plans(found.rows)
        except ParcelTooLargeError:
            return await self._start(request, Said(TOO_LONG))
        counts = Counter(one.verdict for one in found.rows)
        return self._site.renderer.page(
            request,
            "upload_rows.html",
            status=200 if problem is None else 422,
            problem=problem,
            rows=found.rows,
            is_unchecked=found.is_unchecked,
            is_unknown=found.is_unknown,
            counts=[(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]],
            verdicts=VERDICTS,
            lacking=list(dict.fromkeys(one.header for row in found.rows for one in row.lacking)),
            unknown=table.unknown,
            total=len(table.rows),
            start=start,
            previous=None if start == 0 else max(0, start - PART),
            following=_following(table, start),
            table=sealed,
            plans=plans,
        )

    async def _start(self, request: Request, problem: Said | None = None, *, status: int = 422) -> Response:
        topics = await self._topics(request)
        return self._site.renderer.page(
            request,
            "upload.html",
            status=200 if problem is None else status,
            problem=problem,
            columns=notes([one["nameDe"] for one in topics]),
            has_hub=bool(policy.hubs_of(caller_of(request.scope))),
            most_rows=MAX_ROWS,
            most_megabytes=MAX_BYTES // 1_048_576,
        )

    async def _topics(self, request: Request) -> Sequence[Mapping[str, Any]]:
        topics = (await self._site.asking.ask(request, operations.topic_choices())).need("topics")
        nodes = [edge["node"] for edge in topics["edges"]]
        return sorted(nodes, key=lambda one: str(one["nameDe"]).casefold())

    async def _refused(self, request: Request) -> Response | None:
        """The answer to whoever may not upload; None for everybody else."""
        caller = caller_of(request.scope)
        if not isinstance(caller, Principal):
            if negotiation.parse(request.headers.get("content-type", "")).type == MULTIPART:
                # A file cannot be kept until somebody has signed in.
                raise HTTPException(401)
            return await signed_out(self._site, request)
        if policy.may_register_project(caller, None):
            return None
        houses = [f"{label}:{key}" for label, key in policy.own_houses(caller)]
        hubs = []
        if houses:
            answer = await self._site.asking.ask(request, operations.upload_refused(house=houses[0]))
            hubs = [edge["node"] for edge in ((answer.data["node"] or {}).get("hubs") or {"edges": []})["edges"]]
        return self._site.renderer.page(request, "upload_refused.html", status=403, hubs=hubs, has_house=bool(houses))

    def _parcels(self, request: Request) -> Parcels:
        caller, sealer = caller_of(request.scope), self._site.sealer
        if sealer is None or not isinstance(caller, Principal):
            raise HTTPException(401)
        return Parcels(sealer, caller)


def _start_of(given: MultiDict, table: Table) -> int:
    """The first row of the part that a form names."""
    text = given.get("from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return start - start % PART if start < len(table.rows) else 0


def _following(table: Table, start: int) -> int | None:
    return start + PART if start + PART < len(table.rows) else None
