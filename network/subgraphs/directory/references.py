"""What other subgraphs own, as far as `node(id:)` has to name it: a type and its id."""

import strawberry

from graph import model
from network.execution import global_id, node
from network.subgraphs import about
from network.subgraphs.directory.types import Node


@node(model.Project, description=about.PROJECT)
class Project(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Result, description=about.RESULT)
class Result(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Document, description=about.DOCUMENT)
class Document(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Adoption, description=about.ADOPTION)
class Adoption(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.ExperienceReport, description=about.EXPERIENCE_REPORT)
class ExperienceReport(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Need, description=about.NEED)
class Need(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Question, description=about.QUESTION)
class Question(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Answer, description=about.ANSWER)
class Answer(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.ReviewComment, description=about.REVIEW_COMMENT)
class ReviewComment(Node):
    id: strawberry.ID = global_id(about.ID)


@node(model.Task, description=about.TASK)
class Task(Node):
    id: strawberry.ID = global_id(about.ID)


REFERENCES = (Project, Result, Document, Adoption, ExperienceReport, Need, Question, Answer, ReviewComment, Task)
