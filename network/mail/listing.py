"""What a person is asked about being listed as an expert, in German: in the e-mail and on the page that its link opens."""

from typing import Final

from graph.telling.consents import Listing
from graph.telling.matters import Matter
from graph.vocabulary import Visibility
from network.mail.wording import Asked

_WHO: Final = {
    Visibility.PRIVATE: "nur Ihr Haus und die Verwaltung des Netzwerks",
    Visibility.NETWORK: "alle Mitglieder des Netzwerks",
    Visibility.PUBLIC: "alle, auch ohne Anmeldung",
}
_CONTACT: Final = _WHO | {Visibility.PRIVATE: "nur die Verwaltung des Netzwerks"}


def listing_asked(matter: Matter) -> Asked:
    """The question, with all that the entry says of her, what for, and who would see it."""
    if not isinstance(matter, Listing):
        return Asked("Eine Frage an Sie", ())
    house = matter.asker or "Ein Haus des Netzwerks"
    if matter.consent_given_at is not None:
        return Asked(
            "Ihr Eintrag als Fachperson",
            (
                f"Sie haben zugestimmt, dass Hubnetz Sie als „{matter.title}“ zeigt ({house}).",
                "Das können Sie jederzeit widerrufen. Der Eintrag ist dann sofort verborgen.",
                "Wenn Sie nichts tun, bleibt er sichtbar. Auch angemeldet mit dieser Adresse können Sie später widerrufen.",
            ),
        )
    said = [
        f"{house} möchte Sie als Fachperson in Hubnetz nennen: „{matter.title}“.",
        f"Wozu: {matter.purpose}",
        *([f"Aufgabe: {matter.role}"] if matter.role else []),
        f"So sind Sie zu erreichen: {', '.join(matter.contact)}. Das sehen {_CONTACT[matter.contact_visibility]}.",
        *([f"Themen: {', '.join(matter.topics)}"] if matter.topics else []),
        *([f"Projekte: {', '.join(matter.projects)}"] if matter.projects else []),
        f"Den Eintrag sehen {_WHO[matter.visibility]}.",
        f"Woher die Angaben stammen: {', '.join(matter.sources)}",
        "Ohne Ihre Zustimmung wird nichts gezeigt. Sie können sie jederzeit widerrufen.",
    ]
    return Asked("Möchten Sie als Fachperson genannt werden?", tuple(said))
