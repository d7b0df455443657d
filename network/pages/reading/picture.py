"""A neighbourhood as a picture: boxes with names, lines between them. Pure, and the same for the same data.

Where boxes lie, networkx says by forces; boxes that then lie on each other are pushed apart, since names need room.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import networkx as nx

BOX_WIDTH: Final = 204.0
BOX_HEIGHT: Final = 58.0
_GAP_X: Final = 26.0
_GAP_Y: Final = 26.0
_MARGIN: Final = 14.0
_LINE: Final = 26
"""Characters of a line of a name, that fit into the box in the widest letters but for a few."""
_LINES: Final = 2
_SHORTEST: Final = 3
"""Letters that stand before a hyphen at least."""
_SEED: Final = 7
_STEPS: Final = 120
_ROUNDS: Final = 150
_ALL_LABELS: Final = 24
"""With more lines than these only those of the middle are labelled; the table beside the picture has all."""
_WIDE: Final = 1.35
"""The picture is wider than high, as screens are."""
_LETTER: Final = 6.2
"""Width of a letter of a label, and some room."""
_LABEL_HEIGHT: Final = 14.0
_SHARES: Final = tuple(0.5 + sign * step / 50 for step in range(21) for sign in (1, -1))
"""Where on its line a label may stand, nearest the middle first."""
_AIR: Final = 3.2
"""How much larger the picture is than all boxes together, before they are pushed apart."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node; `x` and `y` are its upper left corner."""

    id: str
    x: float
    y: float
    lines: tuple[str, ...]
    is_middle: bool

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + BOX_WIDTH / 2, self.y + BOX_HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A tie, from centre to centre: boxes lie over its ends. `label_at` is None where there is no room for the label."""

    x1: float
    y1: float
    x2: float
    y2: float
    edge: Mapping[str, Any]
    label_at: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Picture:
    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def picture(nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]) -> Picture:
    """The picture of a neighbourhood as the API answers it: `nodes` with id, label and distance, `edges` with start, end and label."""
    places = _apart(_forced(nodes, edges), [node["id"] for node in nodes])
    left = min(x for x, _ in places.values()) - BOX_WIDTH / 2 - _MARGIN
    top = min(y for _, y in places.values()) - BOX_HEIGHT / 2 - _MARGIN
    boxes = {
        node["id"]: Box(
            node["id"],
            round(places[node["id"]][0] - BOX_WIDTH / 2 - left, 1),
            round(places[node["id"]][1] - BOX_HEIGHT / 2 - top, 1),
            _lines(node["label"]),
            node["distance"] == 0,
        )
        for node in nodes
    }
    return Picture(
        round(max(box.x for box in boxes.values()) + BOX_WIDTH + _MARGIN, 1),
        round(max(box.y for box in boxes.values()) + BOX_HEIGHT + _MARGIN, 1),
        tuple(boxes.values()),
        tuple(_lines_between(boxes, edges)),
    )


def _forced(nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(node["id"] for node in nodes)
    graph.add_edges_from((edge["start"], edge["end"]) for edge in edges)
    middle = nodes[0]["id"]
    around = [node["id"] for node in nodes[1:]]
    # From a circle, so that what hangs on the middle alone spreads evenly.
    start = {middle: (0.0, 0.0)} | {
        name: (math.cos(2 * math.pi * at / len(around)), math.sin(2 * math.pi * at / len(around)))
        for at, name in enumerate(around)
    }
    if not around:
        return start
    found = nx.spring_layout(graph, pos=start, fixed=[middle], seed=_SEED, iterations=_STEPS, k=1.1)
    height = math.sqrt(len(nodes) * BOX_WIDTH * BOX_HEIGHT * _AIR / _WIDE)
    far_x, far_y = (max(abs(float(place[axis])) for place in found.values()) or 1.0 for axis in (0, 1))
    return {
        name: (float(x) / far_x * height * _WIDE / 2, float(y) / far_y * height / 2) for name, (x, y) in found.items()
    }


def _apart(places: dict[str, tuple[float, float]], names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The same places, with room around every box; the middle stays where it is."""
    at = {name: list(places[name]) for name in names}
    for _ in range(_ROUNDS):
        is_done = True
        for one, other in combinations(names, 2):
            dx, dy = at[other][0] - at[one][0], at[other][1] - at[one][1]
            over_x, over_y = BOX_WIDTH + _GAP_X - abs(dx), BOX_HEIGHT + _GAP_Y - abs(dy)
            if over_x <= 0.5 or over_y <= 0.5:
                continue
            is_done = False
            # Along the shorter way; the middle does not give way.
            axis, over, way = (0, over_x, dx) if over_x < over_y else (1, over_y, dy)
            step = math.copysign(over / 2, way)
            if one == names[0]:
                at[other][axis] += 2 * step
            else:
                at[one][axis] -= step
                at[other][axis] += step
        if is_done:
            break
    return {name: (x, y) for name, (x, y) in at.items()}


def _lines_between(boxes: Mapping[str, Box], edges: Sequence[Mapping[str, Any]]) -> list[Line]:
    made = []
    taken: list[tuple[float, float, float]] = []
    for edge in edges:
        start, end = boxes[edge["start"]], boxes[edge["end"]]
        (x1, y1), (x2, y2) = start.centre, end.centre
        is_labelled = len(edges) <= _ALL_LABELS or start.is_middle or end.is_middle
        label_at = _label_at(boxes, taken, edge["label"], start, end) if is_labelled else None
        if label_at is not None:
            taken.append((*label_at, _half(edge["label"])))
        made.append(Line(x1, y1, x2, y2, edge, label_at))
    return made


def _half(label: str) -> float:
    return len(label) * _LETTER / 2


def _label_at(
    boxes: Mapping[str, Box], taken: Sequence[tuple[float, float, float]], label: str, start: Box, end: Box
) -> tuple[float, float] | None:
    """A place on the line where the label lies on no box and on no other label, nearest the middle; None where none is."""
    half, high = _half(label), _LABEL_HEIGHT / 2
    (x1, y1), (x2, y2) = start.centre, end.centre
    for share in _SHARES:
        x, y = round(x1 + (x2 - x1) * share, 1), round(y1 + (y2 - y1) * share, 1)
        if any(
            box.x - half < x < box.x + BOX_WIDTH + half and box.y - high < y < box.y + BOX_HEIGHT + high
            for box in boxes.values()
        ):
            continue
        if not any(abs(x - x0) < half + half0 and abs(y - y0) < _LABEL_HEIGHT for x0, y0, half0 in taken):
            return x, y
    return None


def _lines(name: str) -> tuple[str, ...]:
    words = [part for word in name.split() for part in _pieces(word)]
    lines: list[str] = []
    for word, is_begun in words:
        line = f"{lines[-1]} {word}" if lines else word
        # A word goes on behind its hyphen on a line of its own.
        if lines and not is_begun and len(line) <= _LINE:
            lines[-1] = line
        else:
            lines.append(word)
    lines = lines or [""]
    if len(lines) > _LINES:
        lines[_LINES - 1] = f"{lines[_LINES - 1][: _LINE - 1].rstrip()}…"
    return tuple(lines[:_LINES])


def _pieces(word: str) -> list[tuple[str, bool]]:
    """The word as lines can hold it, each with whether it goes on with what stands before: at its own hyphens, else with new ones."""
    pieces: list[tuple[str, bool]] = []
    while len(word) > _LINE:
        own = word.rfind("-", _SHORTEST, _LINE) + 1
        pieces.append((word[:own] if own else f"{word[: _LINE - 1]}-", bool(pieces)))
        word = word[own or _LINE - 1 :]
    return [*pieces, (word, bool(pieces))]
