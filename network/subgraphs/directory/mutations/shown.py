"""What successes show: nodes that their handlers name."""

from typing import Final

from network.execution import Shown
from network.subgraphs.directory.types import Event, Expert, FundingProgramme, Hub, Municipality, Service

EXPERT: Final = Shown(
    "expert",
    Expert,
    "Expert",
    "The entry as the caller reads it now; null where the caller may not read it (any more).",
)
EVENT: Final = Shown("event", Event, "Event", "The event as it is now.")
PROGRAMME: Final = Shown("programme", FundingProgramme, "FundingProgramme", "The programme as it is now.")
HUB: Final = Shown("hub", Hub, "Hub", "The hub as it is now.")
MUNICIPALITY: Final = Shown("municipality", Municipality, "Municipality", "The municipality as it is now.")
SERVICE: Final = Shown("service", Service, "Service", "The service.", member="service")
