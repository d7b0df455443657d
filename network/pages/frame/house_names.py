"""What houses are called for which somebody acts: memberships have keys, and people read names."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, Final

from auth import policy
from auth.principal import Membership

_AT_ONCE: Final = 20
"""Houses that are looked up together, as many as one question may name; of more, the first by kind and key."""
_KEPT_S: Final = 600.0
"""Until a house that was given another name is called by it in every process."""
_MOST: Final = 5_000
"""Houses that are remembered; the names of those that were looked up longest ago go first."""


class HouseNames:
    """Names by global id, as the API told them: houses are open to everybody, so one memory serves all readers."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._names: OrderedDict[str, tuple[str | None, float]] = OrderedDict()

    def of(self, held: Membership) -> str:
        """What the house of a membership is called; its key where that is not known, "" where it has none."""
        found = next((self._names.get(house) for house in _ids([held])), None)
        return (found[0] if found else None) or held.key

    def unknown(self, memberships: Iterable[Membership]) -> list[str]:
        """Ids of houses to look up: their names are not known, or have been for long."""
        now = self._clock()
        return [house for house in _ids(memberships) if self._names.get(house, (None, now))[1] <= now][:_AT_ONCE]

    def learn(self, asked: Sequence[str], nodes: Sequence[Mapping[str, Any] | None]) -> None:
        """Keeps what was answered of each house in turn; that one is not there, too."""
        until = self._clock() + _KEPT_S
        for house, node in zip(asked, nodes, strict=True):
            self._names[house] = (None if node is None else str(node["name"]), until)
            self._names.move_to_end(house)
        while len(self._names) > _MOST:
            self._names.popitem(last=False)


def _ids(memberships: Iterable[Membership]) -> list[str]:
    return [f"{label}:{key}" for label, key in policy.houses_of(memberships)]
