"""The reading rule in its two forms, and who may write, over all kinds of callers and entries."""

from collections.abc import Collection
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import policy
from auth.principal import Anonymous, Caller, Membership, MembershipKind, Principal
from graph.model import HOUSES, NodeKey
from graph.vocabulary import Stage, Visibility
from graph.writing.audience import Entry

# Few values, so that callers and entries meet often; those that look alike are there on purpose.
_HUBS = ("zeitz", "wilster", "public", "network", "admin")
_ADMINISTRATIONS = (
    *("010615138001", "010615138002", "010615139001", "010615138", "010615139", "01061", "01"),
    *("local:amt-a", "local:010615138"),
)
_UNIVERSITIES = ("03sft3r75", "0abcdef12", "local:zeitz")
_ORGANISATIONS = ("zeitz", "stadtwerke")
_KEYS = {
    "hub_lead": _HUBS,
    "hub_member": _HUBS,
    "reviewer": _HUBS,
    "municipality": _ADMINISTRATIONS,
    "university": _UNIVERSITIES,
    "organisation": _ORGANISATIONS,
    "network_admin": ("",),
}
_HOUSE_KEYS = dict(zip(HOUSES, (_HUBS, _ADMINISTRATIONS, _UNIVERSITIES, _ORGANISATIONS), strict=True))


@st.composite
def _memberships(draw: st.DrawFn) -> Membership:
    kind = draw(st.sampled_from(list(MembershipKind)))
    return Membership(kind, draw(st.sampled_from(_KEYS[kind.value])))


@st.composite
def _houses(draw: st.DrawFn) -> NodeKey:
    label = draw(st.sampled_from(HOUSES))
    return NodeKey(label, draw(st.sampled_from(_HOUSE_KEYS[label])))


callers = st.one_of(
    st.just(Anonymous()),
    st.builds(Principal, st.just("https://issuer.example"), st.just("x"), st.frozensets(_memberships(), max_size=3)),
)
entries = st.builds(
    Entry,
    st.sampled_from([None, *Stage]),
    st.sampled_from(list(Visibility)),
    st.frozensets(_houses(), max_size=4),
    is_open_to_reviewers=st.booleans(),
)


_CALLERS = st.builds(lambda held: Principal("https://id.example", "x", frozenset(held)), st.sets(_memberships()))


@given(_CALLERS)
def test_own_houses_are_those_that_one_acts_for(caller: Principal) -> None:
    own = [NodeKey(label, key) for label, key in policy.own_houses(caller)]
    everywhere = [NodeKey(label, key) for label in HOUSES for key in _HOUSE_KEYS[label]]
    acting = {house for house in everywhere if policy.may_act_for(caller, house)}
    associations = tuple(one.value for one in own if policy.is_association(one))
    members = {one for one in acting if one.label == "Municipality" and one.value.startswith(associations or ("-",))}

    assert acting == set(own) | members
    assert sorted(set(own), key=lambda one: (one.label, one.value)) == own
    assert {f"municipality:{key}" for key in associations} <= policy.audiences(caller)


def test_nobody_has_no_house() -> None:
    assert policy.own_houses(Anonymous()) == ()


@given(callers, entries)
def test_may_read_is_a_shared_token(caller: Caller, entry: Entry) -> None:
    shares_a_token = not policy.audiences(caller).isdisjoint(policy.readers(entry))

    assert policy.may_read(caller, entry) is shares_a_token


@given(entries)
def test_tokens_are_sorted_and_never_empty(entry: Entry) -> None:
    readers = policy.readers(entry)

    assert readers == tuple(sorted(set(readers)))
    assert readers


@given(entries)
def test_work_without_a_caller_reads_everything(entry: Entry) -> None:
    assert not policy.EVERYTHING.isdisjoint(policy.readers(entry))


@given(callers, entries)
def test_whoever_may_read_it_private_may_read_it_wider(caller: Caller, entry: Entry) -> None:
    private = Entry(Stage.DRAFT, entry.visibility, entry.insiders)
    network = Entry(Stage.PUBLISHED, Visibility.NETWORK, entry.insiders)
    public = Entry(Stage.PUBLISHED, Visibility.PUBLIC, entry.insiders)

    assert policy.may_read(caller, private) <= policy.may_read(caller, network) <= policy.may_read(caller, public)
    assert policy.may_read(caller, public)


def principal(*memberships: str) -> Principal:
    return Principal("https://issuer.example", "x", frozenset(map(Membership.parse, memberships)))


def private(*insiders: NodeKey) -> Entry:
    return Entry(Stage.DRAFT, Visibility.PUBLIC, frozenset(insiders))


@pytest.mark.parametrize(
    ("membership", "insider", "is_reader"),
    [
        ("municipality:010615138", NodeKey("Municipality", "010615138001"), True),
        ("municipality:010615138", NodeKey("Municipality", "010615138"), True),
        ("municipality:010615138", NodeKey("Municipality", "010615139001"), False),
        ("municipality:010615138001", NodeKey("Municipality", "010615138"), False),
        ("municipality:01061", NodeKey("Municipality", "010615138001"), False),
        ("municipality:01", NodeKey("Municipality", "010615138001"), False),
        ("hub_member:zeitz", NodeKey("Hub", "zeitz"), True),
        ("reviewer:zeitz", NodeKey("Hub", "zeitz"), True),
        ("organisation:zeitz", NodeKey("Hub", "zeitz"), False),
        ("hub_lead:zeitz", NodeKey("Organisation", "zeitz"), False),
        ("university:local:zeitz", NodeKey("University", "local:zeitz"), True),
        ("network_admin", NodeKey("Hub", "zeitz"), True),
    ],
)
def test_who_is_an_insider(membership: str, insider: NodeKey, is_reader: bool) -> None:
    assert policy.may_read(principal(membership), private(insider)) is is_reader


def test_without_a_membership_one_sees_what_anonymous_sees() -> None:
    network = Entry(None, Visibility.NETWORK, frozenset())

    assert not policy.may_read(principal(), network)
    assert not policy.may_read_network_fields(principal())
    assert policy.audiences(principal()) == policy.audiences(Anonymous()) == {policy.PUBLIC}


@dataclass(frozen=True)
class Case:
    """What a caller may do with a project of `owner`, reviewed by the hub in Zeitz."""

    memberships: tuple[str, ...]
    owner: NodeKey | None
    register: bool
    edit: bool
    publish: bool

    @property
    def stewards(self) -> Collection[NodeKey]:
        return [*([self.owner] if self.owner else []), NodeKey("Hub", "zeitz")]


TOWN, HUB = NodeKey("Municipality", "010615138001"), NodeKey("Hub", "zeitz")


@pytest.mark.parametrize(
    "case",
    [
        Case((), TOWN, register=False, edit=False, publish=False),
        Case(("municipality:010615138001",), TOWN, register=True, edit=True, publish=False),
        Case(("municipality:010615138",), TOWN, register=True, edit=True, publish=False),
        Case(("municipality:010615139",), TOWN, register=False, edit=False, publish=False),
        Case(("municipality:010615138001",), None, register=False, edit=False, publish=False),
        Case(("university:03sft3r75",), TOWN, register=False, edit=False, publish=False),
        Case(("hub_member:wilster",), TOWN, register=True, edit=False, publish=False),
        Case(("hub_member:zeitz",), TOWN, register=True, edit=True, publish=False),
        Case(("hub_member:zeitz",), HUB, register=True, edit=True, publish=False),
        Case(("hub_lead:zeitz",), TOWN, register=True, edit=True, publish=True),
        Case(("reviewer:zeitz",), None, register=True, edit=True, publish=True),
        Case(("hub_lead:wilster",), TOWN, register=True, edit=False, publish=False),
        Case(("hub_lead:wilster", "municipality:010615138001"), TOWN, register=True, edit=True, publish=False),
        Case(("network_admin",), None, register=True, edit=True, publish=True),
    ],
)
def test_who_may_write_a_project(case: Case) -> None:
    caller = principal(*case.memberships)

    assert policy.may_register_project(caller, case.owner) is case.register
    assert policy.may_edit_project(caller, case.stewards) is case.edit
    assert policy.may_publish_project(caller, case.stewards) is case.publish
    assert not policy.may_register_project(Anonymous(), case.owner)
    assert not policy.may_edit_project(Anonymous(), case.stewards)
    assert not policy.may_publish_project(Anonymous(), case.stewards)


def test_registers_are_the_administrations_business() -> None:
    assert policy.may_maintain_registers(principal("network_admin"))
    assert not policy.may_maintain_registers(principal("hub_lead:zeitz", "municipality:010615138"))
    assert not policy.may_maintain_registers(Anonymous())
