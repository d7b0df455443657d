"""Loads the examples into a graph that has the seed: once, and from where it was broken off."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from auth.policy import EVERYTHING
from graph.commands.hub_profile import HubProfile, SaveHubProfile, save_hub_profile
from graph.commands.put_network import PutNetwork, put_network
from graph.commands.put_register import PutRegister, put_register
from graph.errors import LeaseHeldError
from graph.model import Municipality, Service, University
from graph.port import GraphStore
from graph.selection import ByKeys, Compare, Match, Operator, Page, Selection
from graph.telling.teller import Teller
from graph.vocabulary import HubStatus
from network.development.examples import around, cast, projects, reuse
from network.development.examples.play import EXAMPLES, Play

_LEASE_WAIT_S: Final = 20.0
"""Longer than the teller's lease: whoever still holds it then is alive, and tells."""
_HUB: Final = Selection("Hub", ("version", "confirmed_at"))
_STEPS: Final = 8


async def is_loaded(store: GraphStore) -> bool:
    """Whether the examples are in the graph to their end, which is that their hub confirms its profile."""
    found = await _hub(store)
    return found is not None and found[1] is not None


async def count(store: GraphStore) -> int:
    """How many projects are examples; 0 where none were loaded."""
    if await _hub(store) is None:
        return 0
    # Others may begin a title like this, too: it is asked only where the made-up hub is there.
    is_marked = Compare("title", Operator.STARTS_WITH, cast.MARK)
    start = Match("Project", where=(is_marked,), page=Page(0), count=True)
    return (await store.select(Selection("Project", ("id",)), start, audiences=EVERYTHING)).total or 0


async def load(
    store: GraphStore,
    *,
    issuer: str,
    holder: str,
    on_progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> bool:
    """Whether anything was entered: False where the examples are there already.

    Args:
        issuer: Of the sample accounts: whose person somebody is who signs in, depends on it.
        holder: Of the lease for telling people what happened.

    Raises:
        GraphError: broken off; run it again within a week, and it goes on.
    """
    if await is_loaded(store):
        return False
    play = Play(store, issuer, datetime.now(UTC))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        on_progress("examples", done, _STEPS)

    await _houses(play)
    step()
    await around.fund(play)
    entered = await projects.enter(play)
    step()
    await reuse.past(play, entered)
    expert = await around.enter(play, entered)
    step()
    # Told before anybody is there to hear: nobody's inbox begins with what happened a year ago.
    await _tell(store, holder)
    step()
    await reuse.arrive(play)
    await around.agree(play, expert)
    await projects.of_real_houses(play, cast.real_houses())
    step()
    await projects.of_real_hubs(play, cast.real_hubs())
    step()
    await reuse.present(play, entered)
    await _tell(store, holder)
    step()
    await _confirm_hub(play)
    step()
    return True


async def _hub(store: GraphStore) -> tuple[object, ...] | None:
    selected = await store.select(_HUB, ByKeys("Hub", "slug", (cast.HUB.value,)), audiences=EVERYTHING)
    row = selected.rows[0]
    return None if row is None else tuple(row)


async def _houses(play: Play) -> None:
    long_ago = play.at(400)
    for nodes in cast.registers():
        register = [node for node in nodes if isinstance(node, Municipality | University | Service)]
        await put_register(long_ago, PutRegister(nodes=register), actor=EXAMPLES)
    network = PutNetwork(nodes=cast.houses(), relationships=cast.ties())
    await put_network(long_ago, network, actor=EXAMPLES)


async def _confirm_hub(play: Play) -> None:
    found = await _hub(play.store)
    assert found is not None
    profile = HubProfile(
        status=HubStatus.OPEN,
        premises=f"Zwei Räume am Markt. {cast.MADE_UP}",
        equipment="Lötplatz, Messkoffer, LoRaWAN-Gateway (Beispiel)",
        workplaces=6,
        consultation_hours="dienstags 10 bis 12 Uhr (Beispiel)",
        website="https://example.org/hub",
        topics=("sensorik", "lorawan", "mobilitaet"),
    )
    save = SaveHubProfile(hub=cast.HUB.value, expected_version=int(str(found[0])), profile=profile)
    await play.do(save_hub_profile, save, by=cast.LEAD, name="confirm hub")


async def _tell(store: GraphStore, holder: str) -> None:
    """Tells people what happened so far; beside a server its own teller does, and this waits while it does."""
    give_up = time.monotonic() + _LEASE_WAIT_S
    while True:
        try:
            await Teller(store, holder=holder).tell()
        except LeaseHeldError:
            if time.monotonic() > give_up:
                return
            await asyncio.sleep(0.2)
        else:
            return
