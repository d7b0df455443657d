"""Who uses which part of the schema: counted in memory, written to the graph every minute, without a person or an address.

A client is what a program says of itself in its headers, name and version. What is counted stands for no request that
could be told from another: a day, a client, a part of the schema, a number. A process that is killed loses what it has
counted since it last wrote, a minute at most; one that ends in order loses nothing.
"""

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from graph.errors import GraphError
from graph.port import GraphStore
from graph.reading import field_usage
from graph.reading.field_usage import Client
from network.operations.coordinates import Uses

WRITTEN_S: Final = 60.0
"""Between two writes: what a kill loses at most."""
LAST_WRITE_S: Final = 5.0
"""A graph that is away must not keep a server from stopping."""
MAX_CLIENTS: Final = 200
"""Different ones between two writes, and as many a day in the graph: the name is the caller's to make up."""
MAX_WAITING: Final = 2_000
"""Different operations between two writes, after which they are counted part by part, of which there are only so many."""
NAME_HEADERS: Final = ("apollographql-client-name", "graphql-client-name")
VERSION_HEADERS: Final = ("apollographql-client-version", "graphql-client-version")
HEADERS: Final = (*NAME_HEADERS, *VERSION_HEADERS)

UNNAMED: Final = Client("", "")
"""Says nothing of itself."""
OTHER: Final = field_usage.OTHER
"""Calls itself what is no name of a program, or came after too many others."""

# Names of packages (@town/app), products and files. An address has its @ inside, and is a person's.
_NAME: Final = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9 ._/+-]{0,63}")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,31}")
_LOG: Final = logging.getLogger("hubnetz.usage")


class _Key(NamedTuple):
    client: Client
    uses: Uses


def client_of(headers: Mapping[str, str]) -> Client:
    """What a request says of the program that sent it; a version that is none is left out."""
    name = next((headers[header] for header in NAME_HEADERS if headers.get(header)), "").strip()
    version = next((headers[header] for header in VERSION_HEADERS if headers.get(header)), "").strip()
    if not name:
        return UNNAMED
    if not _NAME.fullmatch(name):
        return OTHER
    return Client(name, version if _VERSION.fullmatch(version) else "")


class Usage:
    """What the requests of one process used since it was last written."""

    def __init__(self) -> None:
        self._waiting: Counter[_Key] = Counter()
        self._parts: dict[Client, Counter[str]] = {}

    def count(self, client: Client, uses: Uses, variables: Mapping[str, Any]) -> None:
        """Counts one run of an operation. Costs an entry of a dictionary, whatever the operation holds."""
        known = self._known(client)
        self._waiting[_Key(known, uses)] += 1
        if uses.variables:
            self._parts[known].update(uses.given(variables) - uses.fixed)
        if len(self._waiting) > MAX_WAITING:
            self._unfold()

    def take(self) -> dict[Client, Counter[str]]:
        """Everything that was counted, by client and coordinate; counting begins anew."""
        self._unfold()
        taken, self._parts = self._parts, {}
        return {client: parts for client, parts in taken.items() if parts}

    def put_back(self, taken: Mapping[Client, Mapping[str, int]]) -> None:
        """Counts again what could not be written."""
        for client, parts in taken.items():
            self._parts[self._known(client)].update(parts)

    async def write(self, store: GraphStore) -> int:
        """How many records of the day were written. What could not be written waits for the next time."""
        left = self.take()
        written = 0
        try:
            for client in sorted(left):
                await field_usage.note(store, client, left[client])
                del left[client]
                written += 1
        except GraphError as error:
            _LOG.warning("usage of fields was not written, trying again later: %s", type(error).__name__)
        finally:
            # After an unknown outcome this may count twice: better than not to tell of one who still uses a field.
            self.put_back(left)
        return written

    async def keep_writing(self, store: GraphStore, *, every_s: float = WRITTEN_S) -> None:
        """Writes until cancelled, and once more then, for LAST_WRITE_S at most."""
        try:
            while True:
                await asyncio.sleep(every_s)
                await self.write(store)
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITE_S):
                    await self.write(store)

    def _known(self, client: Client) -> Client:
        if client not in self._parts:
            if len(self._parts) >= MAX_CLIENTS:
                client = OTHER
            self._parts.setdefault(client, Counter())
        return client

    def _unfold(self) -> None:
        for (client, uses), count in self._waiting.items():
            self._parts[client].update(dict.fromkeys(uses.fixed, count))
        self._waiting.clear()
