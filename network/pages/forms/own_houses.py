"""The houses for which the reader acts, to choose one in whose name something is said."""

from starlette.requests import Request

from auth import policy
from network.edge.request import caller_of
from network.pages import operations
from network.pages.frame.site import Site


async def own_houses(site: Site, request: Request) -> list[tuple[str, str]]:
    """Id and name of each, by name; for an Amt its municipalities, too. One operation, none for who has no house."""
    if not policy.own_houses(caller_of(request.scope)):
        return []
    viewer = (await site.asking.ask(request, operations.own_houses())).need("viewer")
    # A membership may name a house that the network does not have.
    houses = [(node["id"], node["name"]) for node in viewer["houses"] if node is not None]
    return sorted(houses, key=lambda house: house[1].casefold())
