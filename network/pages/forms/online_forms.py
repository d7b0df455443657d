"""Which services a municipality offers online: recorded by whoever may write for it. The gap map of hubs counts from that."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute

from auth import policy
from network.edge.request import caller_of
from network.pages import operations
from network.pages.forms.action import Action, Subject, routes_of
from network.pages.forms.finding import found_house
from network.pages.forms.inputs import AS_EXACT, NO_ADDRESS, YES_NO, Input, Widget, find, line
from network.pages.forms.own_houses import own_houses
from network.pages.frame.addresses import external
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.fields import Field, FieldKind, Filled
from network.pages.frame.keys import named_in
from network.pages.frame.language import message
from network.pages.frame.notices import Note
from network.pages.frame.site import Site
from network.pages.frame.typed import typed_day

Data = Mapping[str, Any]
_MUNICIPALITY: Final = "municipality"
_SERVICE: Final = "service"


def routes(site: Site) -> list[BaseRoute]:
    return routes_of(site, ACTIONS)


async def _recorded(site: Site, request: Request) -> Subject:
    """What is recorded of the municipality and the service that the address names, as far as it names them."""
    caller = caller_of(request.scope)
    wanted = {name: named_in(request.query_params, name) for name in (_MUNICIPALITY, _SERVICE)}
    hubs = policy.hubs_of(caller, reviewing=True)
    answer = await site.asking.ask(
        request,
        operations.online_service(
            municipality=wanted[_MUNICIPALITY] or None,
            service=f"Service:{wanted[_SERVICE]}" if wanted[_SERVICE] else None,
            hub=hubs[0] if hubs else None,
            isHub=bool(hubs),
            isBoth=all(wanted.values()),
        ),
    )
    municipality, service = (answer.data.get(name) or {} for name in (_MUNICIPALITY, _SERVICE))
    record = answer.data.get("onlineService")
    if record is None and municipality and service and answer.errors:
        # Not known is not the same as nothing: saved from blanks, what is recorded would be gone.
        answer.need("onlineService")
    served = (answer.data.get("hub") or {"municipalities": {"edges": []}})["municipalities"]["edges"]
    named = [municipality] if municipality else []
    offered = [found_house(request, node) for node in [*named, *(edge["node"] for edge in served)]]
    own = [pair for pair in await own_houses(site, request) if pair[0].startswith("Municipality:")]
    may_find = bool(hubs) or policy.may_maintain_registers(caller)
    places = dict(own) | ({one.value: one.label for one in offered} if may_find else {})
    return Subject(
        address=page_of(municipality) if named else "/services",
        title=municipality["name"] if named else "",
        choices={
            _MUNICIPALITY: list(places.items()),
            _SERVICE: [(service["leikaId"], service["name"])] if service else [],
        },
        typed={
            _MUNICIPALITY: municipality["id"] if named else next(iter(places)) if len(places) == 1 else "",
            _SERVICE: service.get("leikaId", ""),
            "isOnline": "yes",
            "url": (record or {}).get("url"),
            "since": typed_day((record or {}).get("since")),
            "source": (record or {}).get("source"),
        },
        closed=frozenset() if may_find else frozenset({_MUNICIPALITY}),
    )


def _checked(_: Subject, filled: Filled) -> Mapping[str, str]:
    url = filled.input.get("url")
    return {} if url is None or external(url) else {"url": NO_ADDRESS}


def _page(_: Subject, success: Data) -> str:
    municipality = success["municipality"]
    return "/services" if municipality is None else f"/municipalities/{municipality['ars']}#services"


RECORD: Final = Action(
    path="/online-services/record",
    title=message("Ist die Leistung online?"),
    lead=message(
        "Sagen Sie für eine Kommune, ob es eine Verwaltungsleistung dort online gibt. Hubs sehen so, wo noch etwas fehlt und wer es zeigen kann."
    ),
    button=message("Stand speichern"),
    mutation=operations.record_online_service,
    load=_recorded,
    inputs=(
        find(_MUNICIPALITY, message("Welche Kommune?"), "municipalities", required=True),
        find(
            _SERVICE,
            message("Welche Leistung?"),
            "services",
            hint=message("Zum Beispiel: Personalausweis."),
            required=True,
        ),
        Input(
            field=Field(name="isOnline", kind=FieldKind.YES_NO, is_required=True),
            label=message("Gibt es sie dort online?"),
            hint=message("Mit „Nein“ wird ein früherer Eintrag zurückgenommen."),
            widget=Widget.SELECT,
            options=YES_NO,
        ),
        line("url", message("Wo man sie nutzt (Adresse im Netz)"), type="url", expects=NO_ADDRESS),
        line(
            "since",
            message("Seit wann?"),
            hint=AS_EXACT,
            kind=FieldKind.DAY,
        ),
        line(
            "source",
            message("Woher wissen Sie es?"),
            hint=message("Leer gelassen, steht Ihr Haus als Quelle da."),
        ),
    ),
    check=_checked,
    note=Note(
        "online-recorded", message("Gespeichert. Die Übersicht der fehlenden Leistungen rechnet ab jetzt damit.")
    ),
    leads_to=_page,
)
ACTIONS: Final = (RECORD,)
