"""What successes show: nodes that their handlers name."""

from typing import Final

from network.execution import Offered, Shown, computed
from network.subgraphs.projects.types import (
    Adoption,
    Answer,
    Document,
    ExperienceReport,
    House,
    Need,
    Project,
    Question,
    Result,
    Task,
    Topic,
)
from network.subgraphs.projects.viewer import Viewer, viewer

VIEWER: Final = Offered(
    "viewer", computed(Viewer | None, "The caller, with everything of one's own as it is now.")(viewer)
)
_NULL: Final = "null where the caller may not read it (any more)."

PROJECT: Final = Shown("project", Project, "Project", f"The entry as the caller reads it now; {_NULL}")
ADOPTED: Final = Shown("project", Project, "Project", f"What is adopted; {_NULL}", member="project")
ORIGIN: Final = Shown("origin", Project, "Project", f"The project that it goes back to; {_NULL}", member="origin")
RESULT: Final = Shown("result", Result, "Result", f"The new result; {_NULL}", member="result")
DOCUMENT: Final = Shown("document", Document, "Document", f"The new document; {_NULL}", member="document")
TASK: Final = Shown(
    "task", Task, "Task", "The task of whoever decides; null where the caller is not asked.", member="task"
)
ADOPTION: Final = Shown("adoption", Adoption, "Adoption", f"The adoption as the caller reads it now; {_NULL}")
REPORTED: Final = Shown("adoption", Adoption, "Adoption", f"The adoption that it is about; {_NULL}", member="adoption")
REPORT: Final = Shown("report", ExperienceReport, "ExperienceReport", f"The report; {_NULL}")
NEED: Final = Shown("need", Need, "Need", f"The need or offer as the caller reads it now; {_NULL}")
QUESTION: Final = Shown("question", Question, "Question", f"The question as the caller reads it now; {_NULL}")
ANSWERED: Final = Shown("question", Question, "Question", f"The question with its answers; {_NULL}", member="question")
ANSWER: Final = Shown("answer", Answer, "Answer", f"The answer as the caller reads it now; {_NULL}")
ASKED_ABOUT: Final = (
    Shown("project", Project, "Project", "The project that it was about, if it was about one.", member="project"),
    Shown("topic", Topic, "Topic", "The topic that it was about, if it was about one.", member="topic"),
)
DONE: Final = Shown("task", Task, "Task", f"The task as the caller reads it now; {_NULL}")
ASKED_HOUSE: Final = Shown(
    "house",
    House,
    None,
    "The house that is asked to call, the first of several; null: the administration.",
    member="house",
)
