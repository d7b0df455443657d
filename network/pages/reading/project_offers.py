"""What the page of a project offers its reader to do."""

from collections.abc import Mapping
from typing import Any

from auth import policy
from auth.principal import Anonymous, Caller
from graph.model import NodeKey
from graph.vocabulary import IN_REUSE
from network.pages.reading.question_offers import on_questions

Data = Mapping[str, Any]


def offered(caller: Caller, project: Data, stewards: list[NodeKey], viewer: Data | None) -> dict[str, Any]:
    """What the page of a project offers its reader to do, as far as the page can know it."""
    followed = {one["targetId"] for one in (viewer or {}).get("follows") or ()}
    owner = project["owner"]
    edges = [edge["node"] for edge in project["declaredAdoptions"]["edges"]]
    # Who is interested has no experience with it yet.
    own = [one for one in _adoptions(project) if one["status"] in IN_REUSE and _is_own(caller, one["house"])]
    return {
        "may_take_part": policy.may_take_part(caller),
        "may_reuse": policy.has_house_beside(caller, None if owner is None else NodeKey.parse(owner["id"])),
        "follows": project["id"] in followed,
        "may_claim": owner is None and _may_claim(caller, project),
        "may_answer_for": policy.may_edit_project(caller, stewards),
        "own_adoptions": own,
        "questions": on_questions(caller, project["questions"], stewards),
        "to_confirm": [
            one
            for one in edges
            if one["house"]
            and one["status"] in IN_REUSE
            and policy.may_confirm_adoption(caller, stewards, NodeKey.parse(one["house"]["id"]))
        ],
    }


def _may_claim(caller: Caller, project: Data) -> bool:
    """Whether a house of the caller could claim the entry; who is not signed in may turn out to be of one."""
    involved = [NodeKey.parse(edge["node"]["id"]) for edge in project["houses"]["edges"]]
    return isinstance(caller, Anonymous) or any(policy.may_claim_entry(caller, house, involved) for house in involved)


def _adoptions(project: Data) -> list[Data]:
    return [edge["node"] for name in ("confirmedAdoptions", "declaredAdoptions") for edge in project[name]["edges"]]


def _is_own(caller: Caller, house: Data | None) -> bool:
    return house is not None and policy.may_act_for(caller, NodeKey.parse(house["id"]))
