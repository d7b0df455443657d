"""How often somebody may do something in a day, counted in the graph: the same for every process, and after a restart."""

from datetime import datetime, timedelta
from typing import Final

from graph.actors import System, actor_id
from graph.errors import TooOftenError
from graph.values import Instant, instant
from graph.writing.unit import Unit

DAY_S: Final = 86_400


def a_day_ago(now: Instant) -> Instant:
    return instant(datetime.fromisoformat(now) - timedelta(seconds=DAY_S))


async def require_rest(unit: Unit, action: str, *, most: int) -> None:
    """Passes while the caller did `action`, as the audit trail words it, less than `most` times within 24 hours.

    What was taken back counts, too: who asks and withdraws all day has told everybody all day.

    Raises:
        TooOftenError: otherwise.
    """
    if isinstance(unit.actor, System):
        return
    parameters = {"actor": actor_id(unit.actor), "actions": [action], "since": a_day_ago(unit.now)}
    ((count,),) = await unit.query("changes_of_a_day", **parameters)
    if count >= most:
        raise TooOftenError(f"{action.replace('_', ' ')}: at most {most} in 24 hours", retry_after_s=DAY_S)
