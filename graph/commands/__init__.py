"""Use cases that write, by subject: one dataclass and one handler each.

A handler takes the unit of work, its command, and who acts: a caller, whom policy is asked about, or `COMMAND_LINE` for an
operator at the command line, who has the data folder in hand and needs nobody's leave.
"""

from typing import Final

from graph.actors import Actor, System

__all__ = ["COMMAND_LINE", "Actor", "System"]

COMMAND_LINE: Final = System("command line")
