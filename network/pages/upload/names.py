"""Which topics and which house the words of a table mean. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from network.importers.administrations import STATES
from network.pages.frame.language import message
from network.pages.upload.columns import Said, plain
from network.pages.upload.rows import Remark

Data = Mapping[str, Any]
_SHOWN: Final = 6
"""Houses, or words, that a remark names."""
_KEY_LENGTHS: Final = frozenset({4, 8, 11})
"""Digits of official keys that lost their leading zero in a cell of numbers."""
_KEYS: Final = ("slug", "ars", "ror")
_UNKNOWN_TOPIC: Final = message("„%(word)s“ kennt Hubnetz nicht. Erlaubt ist: %(known)s.")
_UNKNOWN_HOUSE: Final = message(
    "„%(word)s“ ist keinem Haus des Netzwerks zuzuordnen. Schreiben Sie den amtlichen Namen, oder den Regionalschlüssel."
)
_SEVERAL: Final = message("„%(word)s“ gibt es mehrmals. Schreiben Sie den Schlüssel: %(known)s.")


@dataclass(frozen=True, slots=True)
class House:
    """A house as the API names it; `id` is its global id."""

    id: str
    name: str


def topics_of(words: Sequence[str], known: Iterable[Data]) -> tuple[list[str], list[Remark]]:
    """Slugs of the topics that `words` name, and a doubt about the other words."""
    topics = list(known)
    by_word = {
        plain(str(one[name])): str(one["slug"]) for one in topics for name in ("nameEn", "nameDe", "slug") if one[name]
    }
    slugs: list[str] = []
    unknown: list[str] = []
    for word in words:
        # A comma parts topics, too, where it is not within the name of one.
        parts = [word] if plain(word) in by_word else [part.strip() for part in word.split(",") if part.strip()]
        for part in parts:
            slug = by_word.get(plain(part))
            if slug is None:
                unknown.append(part)
            elif slug not in slugs:
                slugs.append(slug)
    names = ", ".join(sorted((str(one["nameDe"]) for one in topics), key=str.casefold))
    if not unknown:
        return slugs, []
    named = "“, „".join(word[:60] for word in unknown[:_SHOWN])
    return slugs, [Remark(Said(_UNKNOWN_TOPIC, {"word": named, "known": names}), "topics")]


def key_of(word: str) -> str:
    """The official key that `word` is, with the leading zero that a cell of numbers took away; "" where it is a name."""
    digits = "".join(word.split())
    if not digits.isascii() or not digits.isdigit():
        return ""
    return digits.zfill(len(digits) + 1) if len(digits) in _KEY_LENGTHS else digits


def name_of(word: str) -> tuple[str, str]:
    """Name and state of `Nortorf, Schleswig-Holstein`; otherwise the word, and ""."""
    name, _, state = (part.strip() for part in word.rpartition(","))
    return (name, state) if name and state in STATES.values() else (word, "")


def house_of(word: str, candidates: Iterable[Data]) -> House | Remark:
    """The one house that `word` names: by its id, its key or its name, with or without what follows a comma in it."""
    houses = {str(one["id"]): one for one in candidates}
    key, (name, state) = key_of(word), name_of(word)
    wanted = plain(name)

    def is_named(one: Data) -> bool:
        return word == one["id"] or not {word, key}.isdisjoint(_keys(one))

    def is_called(one: Data) -> bool:
        return plain(one["name"]) in (wanted, plain(word))

    def is_called_in_short(one: Data) -> bool:
        return plain(one["name"].partition(",")[0]) == wanted

    for is_meant in (is_named, is_called, is_called_in_short):
        found = [one for one in houses.values() if is_meant(one) and state in ("", one.get("state"))]
        if len(found) == 1:
            return House(str(found[0]["id"]), str(found[0]["name"]))
        if found:
            named = ", ".join(f"{_keys(one)[0]} ({_told(one)})" for one in found[:_SHOWN])
            return Remark(Said(_SEVERAL, {"word": word[:60], "known": named}), "house")
    return Remark(Said(_UNKNOWN_HOUSE, {"word": word[:60]}), "house")


def _keys(house: Data) -> list[str]:
    return [str(house[name]) for name in _KEYS if house.get(name)]


def _told(house: Data) -> str:
    """What tells it from others of its name."""
    return ", ".join(str(house[name]) for name in ("name", "district", "state") if house.get(name))
