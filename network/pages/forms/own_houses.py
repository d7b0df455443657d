"""The houses for which the reader acts, to choose one in whose name something is said."""

from typing import Final

from starlette.requests import Request

from auth import policy
from network.pages.frame.site import Site
from network.request import caller_of

_MOST: Final = 20
"""Houses whose names are looked up; of more, the first by kind and key."""


async def own_houses(site: Site, request: Request) -> list[tuple[str, str]]:
    """Id and name of each, by name; for an Amt its municipalities, too. One operation, none for who has no house."""
    caller = caller_of(request.scope)
    keys = [f"{label}:{key}" for label, key in policy.own_houses(caller)][:_MOST]
    if not keys:
        return []
    association = next(iter(policy.own_associations(caller)), None)
    answer = await site.asking.ask(
        request,
        "own_houses",
        ids=keys,
        association=None if association is None else f"Municipality:{association}",
        isAssociation=association is not None,
    )
    # A membership may name a house that the network does not have.
    houses = {node["id"]: node["name"] for node in answer.need("nodes") if node is not None}
    parts = (answer.data.get("association") or {}).get("parts") or {"edges": []}
    houses |= {edge["node"]["id"]: edge["node"]["name"] for edge in parts["edges"]}
    return sorted(houses.items(), key=lambda house: house[1].casefold())
