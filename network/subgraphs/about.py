"""Descriptions of the types that several subgraphs extend: one text each, since a schema shows one."""

from typing import Final

HOUSE: Final = "A hub, municipality, university or organisation: what owns projects, hosts events and has members."
NODE: Final = "Anything with a global id."
HUB: Final = "A DigitalHub: a place and a team that municipalities of a region share."
MUNICIPALITY: Final = (
    "A municipality, municipal association, district or state; `kind` tells which. Named by its official key (ARS)."
)
UNIVERSITY: Final = "A university or university of applied sciences."
ORGANISATION: Final = "A company, association, authority or other organisation that takes part in projects."
EXPERT: Final = "A function at a house that knows a topic, or a person who agreed to be listed."
TOPIC: Final = "A topic that projects address and hubs focus on."
SERVICE: Final = "An administrative service of the German services catalogue (LeiKa)."
FUNDING_PROGRAMME: Final = "A programme that funds projects."
EVENT: Final = "An event hosted by one or more houses."
PROJECT: Final = "A project, solution or service that houses of the network run, and what others need to reuse it."
RESULT: Final = "Something that a project produced: a publication, data or software."
DOCUMENT: Final = "A document of a project that others may reuse: a contract, a tender, a council decision."
ADOPTION: Final = "A house that uses, tries or considers what a project made; confirmed by the project's owner."
EXPERIENCE_REPORT: Final = "What a house learned from adopting a project; for members of the network unless opened."
NEED: Final = "Something that a house seeks or offers."
REVIEW_COMMENT: Final = "What a reviewer asks to be changed in an entry; it stays with the entry."
TASK: Final = "Something that members of houses are asked to do about an entry."
QUESTION: Final = "A question about a project or a topic."
ANSWER: Final = "An answer to a question."

ID: Final = "Global id, `Label:key`, for `node(id:)`."
NAME: Final = "Name in German, as the house itself writes it."
SLUG: Final = "Short name in addresses; never changes."
ARS: Final = (
    "Official key (Regionalschlüssel): 12 digits for a municipality, 9 for an association, 5 for a district, "
    "2 for a state; `local:…` where there is none."
)
ROR: Final = "Key in the Research Organization Registry, without address; `local:…` where it has none."
LEIKA_ID: Final = "14-digit key in the services catalogue (LeiKa)."
PROJECT_SLUG: Final = "Short name in addresses. It may change; the id never does."
QUERY: Final = "Everything that can be asked."
MUTATION: Final = (
    "Everything that can be changed, by POST only. The mutations of one operation run one after the other, each on its "
    "own: those before one that fails stay done. A null stands for an error that `errors` tells of."
)
