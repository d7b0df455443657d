"""Reading and ranking take milliseconds of pure work: done beside the event loop, a few at a time.

Threads share one interpreter. With as many at once as are asked for, a burst of searches would slow down everybody's
requests; so the others wait, and who gives up waiting is never begun.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE: Final = 2
_POOL: Final = ThreadPoolExecutor(AT_ONCE, "search")


async def beside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` returns; cancelling keeps it from being begun, not from being ended."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, lambda: function(*args, **kwargs))
