"""Asking an issuer over HTTP, with bounds: no redirect, no more than a limit, JSON objects only."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import httpx

from auth import strict_json
from auth.issuer_settings import IssuerSettings

_MAX_BYTES: Final = 256 * 1024
"""Of a discovery document, a key set or a token response; real ones have 2 to 20 kB."""


class UnusableAnswerError(Exception):
    """What the issuer answered is not what it has to be."""


FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnusableAnswerError)
"""What asking may end with."""


def client(
    settings: IssuerSettings, *, transport: httpx.AsyncBaseTransport | None, timeout_s: float
) -> httpx.AsyncClient:
    """A client for one conversation; `transport` stands in place of the network, for an issuer in the same process."""
    return httpx.AsyncClient(
        transport=transport,
        timeout=timeout_s,
        # An address that is asked for must be the one that answers: a redirect could lead anywhere.
        follow_redirects=False,
        # TLS vouches for the issuer through any proxy, and an operator may have certificates of their own
        # (SSL_CERT_FILE); over plain HTTP a proxy of the environment would have a say in which keys count.
        trust_env=settings.issuer.startswith("https:"),
    )


async def answer(
    http: httpx.AsyncClient,
    method: str,
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    statuses: Collection[int] = (200,),
) -> Mapping[str, Any]:
    """The JSON object that is answered with one of `statuses`, read no further than the limit.

    Raises:
        httpx.HTTPError, httpx.InvalidURL: no answer.
        UnusableAnswerError: another answer.
    """
    content = bytearray()
    # Not compressed: a limit on what comes in would not be one on what it becomes.
    given = {"Accept": "application/json", "Accept-Encoding": "identity"} | dict(headers or {})
    async with http.stream(method, address, headers=given, content=body) as response:
        if response.status_code not in statuses:
            raise UnusableAnswerError(f"{address} answered {response.status_code}")
        async for part in response.aiter_raw():
            content += part
            if len(content) > _MAX_BYTES:
                raise UnusableAnswerError(f"{address} answered more than {_MAX_BYTES} bytes")
    try:
        return strict_json.parse_object(bytes(content))
    except ValueError as error:
        raise UnusableAnswerError(f"{address} answered no JSON object ({error})") from error
