"""What an invitation says, in German: in the e-mail and on the page that its link opens."""

from typing import Final

from graph.telling.matters import Matter
from network.mail.wording import Asked

_ROLES: Final = {
    "hub_lead": (
        ", als Leitung",
        "Einträge des Hubs und seiner Häuser prüfen und veröffentlichen und weitere einladen",
    ),
    "hub_member": (", als Mitarbeit", "Einträge des Hubs und seiner Häuser schreiben und pflegen"),
    "reviewer": (", als Prüfung", "Einträge des Hubs und seiner Häuser prüfen und veröffentlichen"),
}
_HOUSE: Final = ("", "Projekte eintragen, Beteiligungen bestätigen und Fragen an dieses Haus beantworten")


def invitation_asked(matter: Matter) -> Asked:
    """To what somebody is invited, and what accepting it means."""
    role, may = _ROLES.get(matter.role or "", _HOUSE)
    return Asked(
        "Sie sind eingeladen",
        (
            f"Sie sollen in Hubnetz für {matter.house or 'ein Haus des Netzwerks'} handeln können{role}.",
            f"Mit der Einladung können Sie {may}.",
            "Dafür melden Sie sich mit einem Konto an. Es darf eine andere Adresse haben als die, an die diese Einladung ging.",
            "Haben Sie damit nicht gerechnet, tun Sie einfach nichts.",
        ),
    )
