"""What the composition root puts under an application."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from graph.port import GraphStore
from network.edge.authentication import Authenticator
from network.pages.frame.table_desk import TableDesk
from search.port import SearchIndex
from search.service import SearchService
from search.thesauri import Thesauri


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the application stands on; tests give their own."""

    graph: GraphStore
    search: SearchIndex
    authenticator: Authenticator | None = None
    """Verifies access tokens; None: by the issuers that the settings name, or by the development issuer."""
    thesauri: Thesauri = field(default_factory=Thesauri)
    tables: TableDesk = field(default_factory=TableDesk)
    """Where tables are read that people send."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that never go back, by which rates are counted."""
    service: SearchService = field(init=False)
    """Searches `search`; one for the process, since it keeps what it has read of the index."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "service", SearchService(self.graph, self.search, self.thesauri))

    async def close(self) -> None:
        """Gives both backends back, the second even if the first fails to go."""
        await self.service.close()
        try:
            await self.search.close()
        finally:
            await self.graph.close()
