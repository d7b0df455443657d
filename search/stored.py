"""What both adapters store of a document beside its attributes, and candidates made of what they read back."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Any, Final

from auth.policy import NETWORK
from search.documents import ATTRIBUTES, RANKED, SETTINGS_FINGERPRINT
from search.port import Candidate, SearchDocument

LOT: Final = "lot"
"""The fixed draw that decides which documents of a tier are taken where there are too many."""
STAMP: Final = "stamp"
"""Another one at each write: what was read with the same stamp is still as it was."""
MARKER: Final = "_hubnetz_built"
"""Id of a document that no one reads: an index has it, written last, once it was built to the end by this version."""
ADDED_WORDS: Final = "added_words"
"""Words of network-only texts that no open text has, so that both can be counted and added up."""

FINGERPRINT: Final = f"{SETTINGS_FINGERPRINT}-1"
"""Of what an index holds; the number after it grows whenever what is stored changes here or in an adapter."""

# Meilisearch keeps numbers as 64-bit floats, which are exact up to here.
_NUMBER_BITS: Final = 52
_KEPT_SIZE: Final = 64_000_000
"""Characters of the candidates that are kept: some 10,000 documents."""
_OVERHEAD: Final = 3_000
"""What a candidate takes beside its texts: a mapping, lists, keys."""

_NETWORK_ONLY: Final = frozenset(attribute.name for attribute in ATTRIBUTES if attribute.is_network_only)


def lot(document_id: str) -> int:
    """The place of a document among those of its tier (`SearchIndex.retrieve`); no two are likely to be equal."""
    digest = hashlib.blake2b(document_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> (64 - _NUMBER_BITS)


def attributes(document: SearchDocument) -> dict[str, Any]:
    """Attributes to store: those that have a value, and ours."""
    held = {name: value for name, value in document.attributes.items() if value not in ([], "", None)}
    added = sorted(set(held.get("network_words", ())) - set(held.get("words", ())))
    return {
        **held,
        **({ADDED_WORDS: added} if added else {}),
        LOT: lot(document.id),
        STAMP: secrets.randbits(_NUMBER_BITS),
    }


class CandidateCache:
    """Candidates read before, by stamp; those used longest ago go first. Threads may share it.

    A search asks for up to 500 documents, and the next one for many of the same: as people type, nearly all.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, bool], tuple[Candidate, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, stamp: int, audiences: Collection[str]) -> Candidate | None:
        """The candidate as these audiences may read it, if it was read before."""
        key = (stamp, NETWORK in audiences)
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, stamp: int, document_id: str, stored: Mapping[str, Any], audiences: Collection[str]) -> Candidate:
        """The candidate made of what an engine stored, which is kept."""
        key = (stamp, NETWORK in audiences)
        names = [name for name in RANKED if name in stored and (key[1] or name not in _NETWORK_ONLY)]
        candidate = Candidate(document_id, {name: stored[name] for name in names})
        size = _OVERHEAD + sum(len(stored[name]) for name in names if isinstance(stored[name], str))
        with self._lock:
            self._size += size - self._kept.pop(key, (candidate, 0))[1]
            self._kept[key] = candidate, size
            while self._size > _KEPT_SIZE:
                self._size -= self._kept.popitem(last=False)[1][1]
        return candidate
