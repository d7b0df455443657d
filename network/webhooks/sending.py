"""How an event leaves: one request to a machine that was looked at, whatever its name says a moment later."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Protocol

import httpx

from auth.outgoing import Destination, UnsafeAddressError, destination, may_reach

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a name and a port to addresses.

Raises:
    OSError: there are none.
"""

_TIMEOUT_S: Final = 15.0
"""For all of one attempt: a receiver takes an event over and works on it later."""
_MOST_ADDRESSES: Final = 3
"""Tried one after the other, as long as no connection comes about."""
_RESOLVERS: Final = ThreadPoolExecutor(32, thread_name_prefix="webhook-names")
"""Threads of their own: names that nobody answers for must not take away those that everything else uses."""


class NotAnsweredError(Exception):
    """There is no answer. The message is one of ours, for the webhook's person: it holds no address."""


class Sender(Protocol):
    """Takes events to their receivers."""

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The HTTP status of the answer, whatever it is; nothing else of the answer is looked at.

        Raises:
            NotAnsweredError: there is none.
        """
        ...


async def resolve(host: str, port: int) -> Sequence[str]:
    """What the machine's own resolver says."""
    found = await asyncio.get_running_loop().run_in_executor(
        _RESOLVERS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class HttpSender:
    """By HTTP/1.1, a connection for each event: none is ever used for another name at the same machine.

    Args:
        is_development: This machine may be asked, too.
        tls: Tells which certificates are believed; None: those that browsers believe.
    """

    def __init__(
        self,
        *,
        is_development: bool,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._is_development = is_development
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._timeout_s = timeout_s

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        with _told():
            async with asyncio.timeout(self._timeout_s):
                asked = destination(url, is_development=self._is_development)
                return await self._send(asked, await self._machines(asked), headers, body)

    async def _machines(self, asked: Destination) -> Sequence[str]:
        """Where the name leads, now and once; all of it must be harmless, or a second answer could be drawn from it."""
        try:
            found = await self._resolve(asked.host, asked.port)
        except (OSError, UnicodeError):
            raise NotAnsweredError("name not found") from None
        if not found:
            raise NotAnsweredError("name not found")
        if not all(may_reach(machine, asked, is_development=self._is_development) for machine in found):
            raise NotAnsweredError("address refused")
        return found[:_MOST_ADDRESSES]

    async def _send(self, asked: Destination, machines: Sequence[str], headers: Mapping[str, str], body: bytes) -> int:
        *others, last = machines
        for machine in others:
            try:
                return await self._post(asked, machine, headers, body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._post(asked, last, headers, body)

    async def _post(self, asked: Destination, machine: str, headers: Mapping[str, str], body: bytes) -> int:
        # A transport alone: it follows no redirect, asks no proxy of the environment, keeps no cookie, logs no address.
        async with httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, http2=False, retries=0) as transport:
            request = httpx.Request(
                "POST",
                asked.at(machine),
                headers={**headers, "Host": asked.authority},
                content=body,
                extensions={
                    # The certificate must be the name's, not the machine's.
                    "sni_hostname": asked.host,
                    "timeout": httpx.Timeout(self._timeout_s, connect=self._timeout_s / 2).as_dict(),
                },
            )
            response = await transport.handle_async_request(request)
            # Nobody reads its body, however long that is.
            await response.aclose()
            return response.status_code


@contextmanager
def _told() -> Iterator[None]:
    """Turns what goes wrong into words for the webhook's person; texts of libraries repeat addresses."""
    try:
        yield
    except UnsafeAddressError:
        raise NotAnsweredError("address refused") from None
    except (TimeoutError, httpx.TimeoutException):
        raise NotAnsweredError("no answer in time") from None
    except httpx.ConnectError as error:
        is_tls = isinstance(_root(error), ssl.SSLError)
        raise NotAnsweredError("certificate refused" if is_tls else "no connection") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise NotAnsweredError("no answer") from None


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
