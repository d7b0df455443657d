"""What the page of an entry offers those who answer for it: to record, edit or cancel, as far as the page can know it."""

from collections.abc import Mapping
from typing import Any

from auth import policy
from auth.principal import Caller, MembershipKind
from graph.model import NodeKey
from network.pages.frame.callers import keys_of

Data = Mapping[str, Any]


def may_edit(caller: Caller, label: str, shown: Data) -> bool:
    """Whether the entry is the reader's to edit; houses but hubs say only whom one calls there."""
    match label:
        case "Hub":
            return policy.may_edit_hub_profile(caller, NodeKey.parse(shown["id"]))
        case "Event":
            return policy.may_edit_event(caller, keys_of(shown["hosts"]))
        case "Expert":
            return policy.may_edit_expert(caller, keys_of(shown["houses"]))
    return False


def may_record_online(caller: Caller, label: str, shown: Data) -> bool:
    """Whether the reader could say which services are online here, or who offers the service."""
    match label:
        case "Hub":
            return policy.may_edit_hub_profile(caller, NodeKey.parse(shown["id"]))
        case "Municipality":
            hubs = [NodeKey("Hub", edge["node"]["slug"]) for edge in shown["hubs"]["edges"]]
            return policy.may_record_online_service(caller, NodeKey.parse(shown["id"]), hubs)
        case "Service":
            is_municipal = any(held.kind is MembershipKind.MUNICIPALITY for held in caller.memberships)
            return is_municipal or bool(policy.hubs_of(caller, reviewing=True)) or policy.may_maintain_registers(caller)
    return False
