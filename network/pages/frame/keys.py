"""What an address names, cut where it is longer than a key can be: then it names nothing."""

from starlette.datastructures import QueryParams
from starlette.requests import Request

from graph.texts import MAX_KEY


def key_in(request: Request) -> str:
    """The key in the path of a page about one entry."""
    return str(request.path_params["key"])[:MAX_KEY]


def named_in(parameters: QueryParams, name: str) -> str:
    """The key or global id that a parameter names; "" where it names none."""
    return parameters.get(name, "").strip()[:MAX_KEY]
