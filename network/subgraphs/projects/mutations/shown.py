"""What successes show: nodes that their handlers name."""

from typing import Final

from network.execution import Shown
from network.subgraphs.projects.types import Project

PROJECT: Final = Shown(
    "project", Project, "Project", "The entry as the caller reads it now; null where that is no longer so."
)
