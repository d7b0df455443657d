"""The houses for which the reader acts, to choose one in whose name something is said."""

from starlette.requests import Request

from auth import policy
from network.pages.site import Site
from network.request import caller_of

_NODES = ("first", "second", "third", "fourth", "fifth", "sixth")
"""Houses whose names are looked up; of more than six, the first by kind and key."""


async def own_houses(site: Site, request: Request) -> list[tuple[str, str]]:
    """Id and name of each, by name; for an Amt its municipalities, too. One operation, none for who has no house."""
    caller = caller_of(request.scope)
    keys = [f"{label}:{key}" for label, key in policy.own_houses(caller)][: len(_NODES)]
    if not keys:
        return []
    given = dict(zip(_NODES, keys, strict=False))
    association = next(iter(policy.own_associations(caller)), None)
    answer = await site.asking.ask(
        request,
        "own_houses",
        **given,
        association=None if association is None else f"Municipality:{association}",
        isAssociation=association is not None,
    )
    # A membership may name a house that the network does not have.
    houses = {key: node["name"] for name, key in given.items() if (node := answer.data.get(name)) is not None}
    parts = (answer.data.get("association") or {}).get("parts") or {"edges": []}
    houses |= {edge["node"]["id"]: edge["node"]["name"] for edge in parts["edges"]}
    return sorted(houses.items(), key=lambda house: house[1].casefold())
