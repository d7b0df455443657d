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
from typing import Final
from urllib.parse import unquote

from network.pages.frame.language import message

PARAMETER: Final = "done"
NOTES: Final[dict[str, str]] = {
    "saved": message("Gespeichert."),
    "already": message("Das ist schon erledigt oder geht nicht mehr. Doppelt wurde nichts."),
    "adopted": message("Gespeichert."),
    "adopted-asks-owner": message(
        "Gespeichert. Das Haus, das dieses Projekt verantwortet, wird gebeten, es zu bestätigen."
    ),
    "adopted-asks-hub": message("Gespeichert. Der prüfende Hub wird gebeten, es zu bestätigen."),
    "adopted-asks-nobody": message("Gespeichert. Bestätigt werden kann es, sobald jemand das Projekt verantwortet."),
    "asked": message("Ihre Frage ist gestellt. Sie hören, sobald jemand antwortet."),
    "answered": message("Ihre Antwort steht da. Wer gefragt hat, erfährt es."),
    "accepted": message("Vermerkt, welche Antwort die Frage beantwortet."),
    "followed": message("Sie folgen jetzt. Neues steht in Ihren Mitteilungen."),
    "unfollowed": message("Sie folgen nicht mehr."),
    "called": message("Ihre Bitte um Rückruf ist angekommen. Wer zuständig ist, meldet sich bei Ihnen."),
    "claimed": message("Ihre Meldung ist angekommen. Eine Prüferin oder ein Prüfer entscheidet."),
    "current": message("Danke. Der Eintrag gilt jetzt wieder zwölf Monate als bestätigt."),
    "joined": message("Angefragt. Das Haus, das dieses Projekt verantwortet, entscheidet."),
    "joined-asks-hub": message("Angefragt. Der prüfende Hub entscheidet."),
    "joined-asks-network": message(
        "Angefragt. Noch verantwortet kein Haus dieses Projekt: Die Netzverwaltung entscheidet."
    ),
    "confirmed": message("Bestätigt."),
    "declined": message("Abgelehnt."),
    "reported": message("Danke. Ihre Erfahrung hilft den Nächsten."),
    "withdrawn": message("Zurückgenommen."),
    "posted": message("Eingestellt. Sie hören, sobald etwas passt."),
    "closed": message("Geschlossen."),
    "noted": message("Gemerkt. Neue Treffer stehen in Ihren Mitteilungen."),
    "deleted": message("Gelöscht."),
    "revoked": message("Widerrufen. Unter dieser Adresse gibt es nichts mehr."),
    "read": message("Als gelesen vermerkt."),
    "invited": message("Die Einladung ist unterwegs. Sie gilt 14 Tage."),
    "drafted": message("Ihr Entwurf ist gespeichert. Nur Ihr Haus und Ihr Hub sehen ihn."),
    "drafted-asks-house": message(
        "Ihr Entwurf ist gespeichert. Das Haus bekommt einen Link, mit dem es sagt, ob das Projekt seines ist."
    ),
    "partner-asked": message("Gefragt. Sobald das Haus mit seinem Link zusagt, steht es als beteiligt da."),
    "online-recorded": message("Gespeichert. Die Übersicht der fehlenden Leistungen rechnet ab jetzt damit."),
    "cancelled": message("Abgesagt. Wer folgt, erfährt es."),
    "expert-asked": message(
        "Gespeichert. Die Person bekommt eine E-Mail; bis sie zustimmt, sieht nur Ihr Haus den Eintrag."
    ),
    "expert-self": message(
        "Gespeichert. Damit andere den Eintrag sehen, stimmen Sie noch zu: unter „Mein Bereich“, oder mit dem Link in der E-Mail."
    ),
    "consented": message(
        "Danke. Andere sehen den Eintrag jetzt, und Sie bekommen einen Link, mit dem Sie zurückkönnen."
    ),
    "tested": message(
        "Die Probe ist unterwegs. Laden Sie die Seite gleich noch einmal, um zu sehen, was daraus wurde."
    ),
    "submitted": message("Eingereicht. Ihr Hub prüft den Eintrag und meldet sich."),
    "published": message("Veröffentlicht."),
    "barrier-reported": message("Vielen Dank. Ihre Meldung ist beim Betrieb dieses Servers angekommen."),
    "returned": message("Ihre Anmerkungen sind beim Haus, das den Eintrag geschrieben hat."),
}
"""Name -> text of the catalogue."""
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

    def signed(self, name: str, path: str, reader: str | None) -> str:
        """The parameter that says `name` on the page at `path`.

        Args:
            path: Without its language.
            reader: What only the session of who wrote has; None for who has none.
        """
        at = f"{int(self._clock()):x}"
        return f"{name}.{at}.{self._mac(self._keys[0], name, at, path, reader)}"

    def told(self, parameter: str, path: str, reader: str | None) -> str:
        """The text of the catalogue that the parameter says there to this reader now; "" for nothing."""
        name, _, rest = parameter.partition(".")
        at, _, mac = rest.partition(".")
        try:
            age_s = self._clock() - int(at, 16)
        except ValueError:
            return ""
        if name not in NOTES or not 0 <= age_s + 1 <= _LASTS_S:
            return ""
        is_ours = any(
            hmac.compare_digest(mac.encode(), self._mac(key, name, at, path, reader).encode()) for key in self._keys
        )
        return NOTES[name] if is_ours else ""

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
