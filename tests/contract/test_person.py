"""What is kept of one person: all of it is found, and all of it goes, on each graph database."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.principal import Principal
from graph.accounts import person
from graph.accounts.erasing import ERASED, Erased, erase
from graph.accounts.person import Person, identify
from graph.actors import pseudonym
from graph.commands.project_changes import ProjectChanges
from graph.commands.reverting import Revert, revert
from graph.commands.update_project import UpdateProject, update_project
from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.model import Answer, Expert, NodeKey, Question, Task
from graph.personal import (
    Actor,
    FeedToken,
    Follow,
    Invitation,
    Letter,
    Notification,
    SavedSearch,
    SingleUseLink,
    Webhook,
)
from graph.port import GraphStore
from graph.reading import field_usage, popular
from graph.reading.field_usage import Client
from graph.reading.history import history
from graph.relationships import Plain
from graph.values import Contact, Instant
from graph.vocabulary import FeedForm, LetterKind, LinkPurpose, NewsKind, TaskKind, Visibility
from tests.fixtures.contributing import TOWN_CLERK, at, drafted, found_network
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.units import all_changes, pending, stored, write

EMAIL = "erika.muster@gemeinde.example"
NAME = "Erika Muster"
ISS = "https://issuer.example"
ERIKA = Principal(ISS, "erika", TOWN_CLERK.memberships)
OTHER = Principal(ISS, "erik", TOWN_CLERK.memberships)
ME, OTHERS = pseudonym(ERIKA), pseudonym(OTHER)
NOW = Instant("2026-11-02T09:00:00.000000Z")
LIKE_HERS = ("xerika.muster@gemeinde.example", "erika.muster@gemeinde.example.org", "erika.muster@gemeinde")


def things_of(actor: str, email: str, mark: str) -> list[Any]:
    """One of each kind of record that belongs to a person."""
    day = {"created_at": NOW, "updated_at": NOW}
    return [
        Actor(id=actor, iss=ISS, sub="erika" if actor == ME else "erik", email=email.title(), seen_at=NOW),
        Follow(id=f"follow-{mark}", actor=actor, target="Topic:parken"),
        SavedSearch(id=f"search-{mark}", actor=actor, name="Meins", query="parken"),
        Notification(
            id=f"notification-{mark}",
            actor=actor,
            news="n",
            kind=NewsKind.NEED_POSTED,
            entity="Need:1",
            at=NOW,
            **day,
        ),
        Webhook(id=f"webhook-{mark}", actor=actor, url="https://hook.example/x", sealed="s"),
        FeedToken(
            id=f"feed-{mark}", actor=actor, name="Meins", form=FeedForm.TABLE, page="/search?q=parken", expires_at=NOW
        ),
        Invitation(
            id=f"invitation-{mark}", house="Hub:zeitz", role="hub_member", email=email, invited_by="a", expires_at=NOW
        ),
        SingleUseLink(
            id=f"link-{mark}",
            purpose=LinkPurpose.CONSENT_EXPERT,
            entity="Expert:1",
            email=email,
            expires_at=NOW,
        ),
        Letter(id=f"letter-{mark}", kind=LetterKind.TASK, email=email, entity="Task:1", due_at=NOW),
        Expert(id=f"expert-{mark}", name=NAME if actor == ME else "Erik Beispiel", email=email, phone="03441 1234"),
    ]


async def world(store: GraphStore) -> str:
    """A project of two people, of whom one is to go; its id."""
    await found_network(store)
    await write(store, *things_of(ME, EMAIL, "hers"), *things_of(OTHERS, "erik@gemeinde.example", "his"))
    project = await drafted(store, ERIKA, contact=Contact("Bauamt", email=EMAIL, phone="03441 1"))
    changes = ProjectChanges(
        writeup=f"Fragen an {EMAIL.upper()} oder an {', '.join(LIKE_HERS)}.\n\n{NAME} weiß mehr. Amerika Mustermann nicht."
    )
    command = UpdateProject(project=project, expected_version=1, changes=changes)
    await update_project(at(store), command, actor=ERIKA)
    await write(
        store,
        Question(id="q", text=f"Was meint {EMAIL}?", asked_by=ME, visibility=Visibility.NETWORK),
        Answer(id="a", text="Nichts.", answered_by=OTHERS, visibility=Visibility.NETWORK),
        Task(
            id="t",
            kind=TaskKind.CALL_BACK,
            entity=f"Project:{project}",
            note=f"Bitte anrufen: Muster, 0151 1234567, {EMAIL}",
            since=NOW,
        ),
        Plain(type="ABOUT", start=NodeKey("Question", "q"), end=NodeKey("Project", project)),
        Plain(type="TO", start=NodeKey("Answer", "a"), end=NodeKey("Question", "q")),
        Plain(type="CONTRIBUTES_TO", start=NodeKey("Expert", "expert-his"), end=NodeKey("Project", project)),
    )
    # A program that was named after its maker.
    await field_usage.note(store, Client(NAME, ""), {"Query.hubs": 1})
    for text in ("parken", "strand"):
        await popular.note(store, text, text, iss=ISS, sub="erika")
    await popular.note(store, "parken", "parken", iss=ISS, sub="erik")
    return project


async def everything(store: GraphStore) -> str:
    """All that is stored, as text: read apart from the code under test."""
    texts = []
    for label in LABELS:
        keys = [str(row[LABELS[label].key]) async for row in person.rows(store, label)]
        texts.append(json.dumps(await _read(store, label, keys), ensure_ascii=False))
    return "\n".join(texts)


async def _read(store: GraphStore, label: str, keys: list[str]) -> dict[str, Any]:
    return await store.transact(lambda transaction: transaction.read(label, keys))


async def her(store: GraphStore) -> Person:
    return await identify(store, email=f" {EMAIL.title()} ", texts=[NAME])


async def test_an_address_leads_to_the_accounts_that_signed_in_with_it(store: GraphStore) -> None:
    await world(store)

    by_email, by_account = await her(store), await identify(store, identity=(ISS, "erika"))

    assert by_email.identities == by_account.identities == {(ISS, "erika")}
    assert by_email.emails == by_account.emails == {EMAIL}
    assert by_email.pseudonyms == {ME}


async def test_somebody_who_never_signed_in_is_found_by_address_alone(store: GraphStore) -> None:
    await found_network(store)
    await write(store, Expert(id="e", name="Jemand", email="jemand@firma.example"))

    found = await person.export(store, await identify(store, email="jemand@firma.example"))

    assert [one["id"] for one in found["own"]] == ["Expert:e"]
    assert found["accounts"] == []


@pytest.mark.parametrize(
    "wrong",
    [{}, {"email": "niemand"}, {"email": "@"}, {"email": EMAIL, "texts": ["Erik"]}, {"email": EMAIL, "texts": [""]}],
)
async def test_what_names_nobody_is_refused(store: GraphStore, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        await identify(store, **wrong)


async def test_an_export_holds_all_of_hers_and_nothing_of_others(store: GraphStore) -> None:
    project = await world(store)

    found = await person.export(store, await her(store))

    text = json.dumps(found, ensure_ascii=False)
    labels = sorted(one["id"].partition(":")[0] for one in found["own"])
    assert labels == sorted(type(one).__name__ for one in things_of(ME, EMAIL, "hers"))
    mentions = {(one["id"], one["property"]) for one in found["mentions"]}
    assert {(f"Project:{project}", "contact"), (f"Project:{project}", "writeup"), ("Task:t", "note")} <= mentions
    assert sorted(found["searches"]) == ["parken", "strand"]
    assert "erik@gemeinde.example" not in text
    assert '"sealed"' not in text


async def test_after_erasure_nothing_speaks_of_her_anywhere(store: GraphStore) -> None:
    project = await world(store)
    assert EMAIL in (await everything(store)).casefold()

    done = await erase(store, await her(store))

    left = (await everything(store)).casefold()
    for like in (*LIKE_HERS, "amerika mustermann"):
        assert like in left
        left = left.replace(like, "")
    for trace in (EMAIL, NAME.casefold(), ME, "0151 1234567"):
        assert trace not in left, trace
    assert done.left == []
    assert (await popular.searched_by(store, [(ISS, "erika")]), await popular.searched_by(store, [(ISS, "erik")])) == (
        [],
        ["parken"],
    )
    assert (await person.export(store, await her(store)))["own"] == []
    entry = await stored(store, f"Project:{project}")
    assert entry is not None
    assert entry["contact"] == {"function": "Bauamt", "email": None, "phone": None, "url": None}
    assert entry["writeup"].startswith(f"Fragen an {ERASED} oder an {LIKE_HERS[0]}")


async def test_what_is_of_others_stays(store: GraphStore) -> None:
    await world(store)

    await erase(store, await her(store))

    for thing in things_of(OTHERS, "erik@gemeinde.example", "his"):
        assert await stored(store, str(thing.key)) is not None, thing.key
    answer = await stored(store, "Answer:a")
    assert answer is not None
    assert answer["answered_by"] == OTHERS


async def test_the_trail_stays_without_her(store: GraphStore) -> None:
    project = await world(store)
    before = len(await all_changes(store))

    await erase(store, await her(store))

    changes = await all_changes(store)
    assert len(changes) >= before
    mine = [change for change in changes if change["entity"] == f"Project:{project}"]
    assert {change["actor"] for change in mine if change["action"] == "update_project"} == {ERASED}
    (erasure,) = [change for change in mine if change["action"] == "erase_person"]
    assert (erasure["before"], erasure["after"]) == (None, None)
    trail = await history(store, TOWN_CLERK, NodeKey("Project", project))
    assert trail is not None
    assert trail[0].version == 3


async def test_going_back_does_not_bring_her_back(store: GraphStore) -> None:
    project = await world(store)
    await erase(store, await her(store))

    command = Revert(entity=NodeKey("Project", project), version=1, expected_version=3)
    await revert(at(store), command, actor=TOWN_CLERK)

    assert EMAIL not in (await everything(store)).casefold().replace(LIKE_HERS[0], "").replace(LIKE_HERS[1], "")


async def test_search_hears_of_what_changed(store: GraphStore) -> None:
    project = await world(store)
    events = list(await pending(store))
    await store.transact(lambda transaction: transaction.delete("OutboxEvent", events))

    await erase(store, await her(store))

    assert f"Project:{project}" in await pending(store)


async def test_erasing_twice_is_harmless(store: GraphStore) -> None:
    await world(store)
    hers = await her(store)
    await erase(store, hers)
    before = await everything(store)

    again = await erase(store, hers)

    assert again == Erased()
    assert await everything(store) == before


async def test_a_kill_at_any_step_leaves_what_a_second_run_completes(store: GraphStore) -> None:
    # Steps of reading change nothing; those of writing come after some sixty of them.
    for kill_at in range(60, 110, 9):
        await _emptied(store)
        await world(store)
        killing: Any = Stepping(store, Steps(kill_at))
        try:
            await erase(killing, await her(store))
        except Killed:
            # The address still leads to the account, since that goes last.
            hers = await identify(store, email=EMAIL, texts=[NAME])
            await erase(store, hers)
        assert (await person.export(store, await identify(store, email=EMAIL, identity=(ISS, "erika"), texts=[NAME])))[
            "own"
        ] == []


async def _emptied(store: GraphStore) -> None:
    async for label, keys in _all_keys(store):
        await store.transact(lambda transaction, label=label, keys=keys: transaction.delete(label, keys))  # type: ignore[misc]  # both are bound at once


async def _all_keys(store: GraphStore) -> Any:
    for label in LABELS:
        if label != "SchemaState":
            yield label, [str(row[LABELS[label].key]) async for row in person.rows(store, label)]


@given(st.text("abc.+-_@", max_size=12), st.text("abc.+-_@ ", max_size=12))
def test_no_other_address_is_taken_for_hers(before: str, after: str) -> None:
    hers = Person(frozenset({"a@b.example"}), frozenset())
    text = f"{before}a@b.example{after}"

    is_said = bool(hers.said.search(text))

    is_inside_another = before[-1:] not in ("", "@") or after[:1] in ("a", "b", "c", "-", "_")
    is_longer_host = after[:1] == "." and after[1:2].isalnum()
    if "@" not in before + after:
        assert is_said is not (is_inside_another or is_longer_host or after[:2] == "._")
