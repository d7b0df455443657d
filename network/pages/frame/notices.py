"""What a page says above its content after something was written.

It is named in the address, signed for whoever wrote and for a moment: no address puts words on a page, and none that is
passed on tells others that they did something.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from network.pages.frame.language import message

PARAMETER: Final = "done"


@dataclass(frozen=True, slots=True)
class Note:
    """What is said after something was done: declared once, where it is done.

    Attributes:
        name: What the address calls it; of one name there is one note.
        text: Of the catalogue.
    """

    name: str
    text: str

    def __post_init__(self) -> None:
        if _KNOWN.setdefault(self.name, self) != self:
            raise ValueError(f"{self.name}: there is another note of that name")


_KNOWN: Final[dict[str, Note]] = {}
"""By name, so that an address can say them."""
SAVED: Final = Note("saved", message("Gespeichert."))
ALREADY: Final = Note("already", message("Das ist schon erledigt oder geht nicht mehr. Doppelt wurde nichts."))
CONFIRMED: Final = Note("confirmed", message("Bestätigt."))
DECLINED: Final = Note("declined", message("Abgelehnt."))
WITHDRAWN: Final = Note("withdrawn", message("Zurückgenommen."))
DELETED: Final = Note("deleted", message("Gelöscht."))
_LASTS_S: Final = 120
"""Until a page that is loaded again says it no more. Readers without a session are told apart by nothing but time."""
_MAC_BYTES: Final = 16


class Notes:
    """Signs notes and reads them.

    Args:
        keys: Secrets of the service; the first signs, all are good. Without one, notes are those of this process.
        clock: Seconds since 1970.
    """

    def __init__(self, keys: Sequence[str] = (), *, clock: Callable[[], float] = time.time) -> None:
        self._keys = [key.encode() for key in keys] or [secrets.token_bytes(32)]
        self._clock = clock

    def signed(self, note: Note, path: str, reader: str | None) -> str:
        """The parameter that says `note` on the page at `path`.

        Args:
            path: Without its language.
            reader: What only the session of who wrote has; None for who has none.
        """
        at = f"{int(self._clock()):x}"
        return f"{note.name}.{at}.{self._mac(self._keys[0], note.name, at, path, reader)}"

    def told(self, parameter: str, path: str, reader: str | None) -> str:
        """The text of the catalogue that the parameter says there to this reader now; "" for nothing."""
        name, _, rest = parameter.partition(".")
        at, _, mac = rest.partition(".")
        try:
            age_s = self._clock() - int(at, 16)
        except ValueError:
            return ""
        if name not in _KNOWN or not 0 <= age_s + 1 <= _LASTS_S:
            return ""
        is_ours = any(
            hmac.compare_digest(mac.encode(), self._mac(key, name, at, path, reader).encode()) for key in self._keys
        )
        return _KNOWN[name].text if is_ours else ""

    def sending(self, path: str, reader: str | None) -> str:
        """Names one sending of the form at `path`, and tells later that this reader was shown that form."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._mac(self._keys[0], 'sending', name, path, reader)}"

    def was_shown(self, sending: str, path: str, reader: str | None) -> bool:
        """Whether the name of a sending is one that the form at `path` had for this reader."""
        name, _, mac = sending.partition(".")
        return any(
            hmac.compare_digest(mac.encode(), self._mac(key, "sending", name, path, reader).encode())
            for key in self._keys
        )

    def _mac(self, key: bytes, *said: str | None) -> str:
        # No part has a line break: paths are those of routes, the rest is made here.
        text = "\n".join(("note", *(unquote(part or "") for part in said)))
        digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:_MAC_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
