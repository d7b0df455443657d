"""Projects from draft to archive, over HTTP, by people of several houses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import strawberry
from graphql import parse

from network.app import open_ports
from network.context import Context
from network.execution import execute
from network.execution.entities import subgraph
from network.subgraphs.projects.schema import ENTITIES
from network.subgraphs.projects.tasks import tasks_field
from tests.network.writing import CALLERS, FIVE, STATE, Desk, desk, draft, paths, published, read


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("contributions"), open_ports) as made:
        yield made


@pytest.mark.parametrize("caller", [None, "stadt", "dataport", "stranger"])
async def test_nobody_registers_a_project_of_somebody_else_s_house(office: Desk, caller: str | None) -> None:
    answer = await office.write("createProjectDraft", STATE, caller, **FIVE)

    assert answer["__typename"] == "Forbidden"


async def test_five_things_make_a_draft_that_others_do_not_see(office: Desk) -> None:
    entry = await draft(office, clientMutationId="first-draft")

    assert entry["stage"] == "DRAFT"
    assert entry["version"] == 1
    assert entry["owner"] == {"id": "University:05gqaka33"}
    assert entry["slug"].startswith("smarte-bank-am-markt")
    for caller in (None, "stranger", "stadt", "wilster", "zeitz"):
        assert await read(office, entry, "id", caller) is None


async def test_a_draft_sent_twice_is_one_draft(office: Desk) -> None:
    title = "Doppelt abgeschickt"

    first = await draft(office, title=title, clientMutationId="again")
    second = await draft(office, title=title, clientMutationId="again")

    assert first == second
    found = await office.ask("{ projects(first: 100) { edges { node { title } } } }", "merseburg")
    assert [edge["node"]["title"] for edge in found["projects"]["edges"]].count(title) == 1


async def test_details_are_taken_as_they_are_given(office: Desk) -> None:
    details = {
        "writeup": "# Bank\r\n\r\n<script>alert(1)</script> bleibt Text.",
        "websiteUrl": "https://bank.example/über?x=1",
        "started": "2024-05",
        "costBand": "UNDER_25_000",
        "oneOffCost": 12_000,
        "opened": ["ONE_OFF_COST"],
        "topics": ["mobilitaet"],
        "services": ["99115005000000"],
        "partners": [{"house": "Municipality:150840590590", "role": "Anwenderin"}],
        "licence": "EUPL-1.2",
    }

    entry = await draft(office, details=details)

    found = await read(
        office,
        entry,
        """writeup websiteUrl started costBand oneOffCost licence topics { slug } services { leikaId }
        municipalities { edges { role confirmedAt node { name } } }""",
        "merseburg",
    )
    assert found == {
        "writeup": "# Bank\n\n<script>alert(1)</script> bleibt Text.",
        "websiteUrl": "https://bank.example/über?x=1",
        "started": "2024-05",
        "costBand": "UNDER_25_000",
        "oneOffCost": 12_000,
        "licence": "EUPL-1.2",
        "topics": [{"slug": "mobilitaet"}],
        "services": [{"leikaId": "99115005000000"}],
        "municipalities": {"edges": [{"role": "Anwenderin", "confirmedAt": None, "node": {"name": "Zeitz"}}]},
    }


async def test_everything_wrong_is_told_at_once_and_where(office: Desk) -> None:
    given = FIVE | {
        "title": "a" * 301,
        "summary": " ",
        "house": "Topic:mobilitaet",
        "contact": {"function": "Büro\u0000", "email": "kein", "phone": "anrufen", "url": "javascript:alert(1)"},
        "details": {
            "repositoryUrl": "data:text/html,x",
            "websiteUrl": "https://user:secret@host.example/",
            "oneOffCost": -1,
            "licence": "EUPL\n1.2",
            "topics": ["a" * 201],
            "services": [str(number) for number in range(51)],
            "partners": [{"house": "Hub:zeitz", "role": "\u202egut"}, {"house": "nobody"}],
            "visibility": None,
            "reviewer": "University:05gqaka33",
        },
    }

    answer = await office.write("createProjectDraft", STATE, "merseburg", **given)

    assert paths(answer) == {
        *("input.title", "input.summary", "input.house"),
        *("input.contact.function", "input.contact.email", "input.contact.phone", "input.contact.url"),
        *("input.details.repositoryUrl", "input.details.websiteUrl", "input.details.oneOffCost"),
        *("input.details.licence", "input.details.topics.0", "input.details.services"),
        *("input.details.partners.0.role", "input.details.partners.1.house"),
        *("input.details.visibility", "input.details.reviewer"),
    }


async def test_what_only_the_graph_knows_is_told_with_its_place_too(office: Desk) -> None:
    unknown_topic = await office.write(
        "createProjectDraft", STATE, "merseburg", **FIVE | {"details": {"topics": ["gibt-es-nicht"]}}
    )
    backwards = await office.write(
        "createProjectDraft", STATE, "merseburg", **FIVE | {"details": {"started": "2024", "ended": "2023"}}
    )

    assert paths(unknown_topic) == {"input.details.topics.0"}
    assert paths(backwards) == {"input.details.ended"}


async def test_ten_thousand_items_are_one_problem(office: Desk) -> None:
    entry = await draft(office)
    changes = {"topics": ["x"] * 10_000}

    answer = await office.write(
        "updateProject", STATE, "merseburg", project=entry["id"], expectedVersion=1, changes=changes
    )

    assert paths(answer) == {"input.changes.topics"}


@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 //",
        "`}) DETACH DELETE n //",
        "$title {x: 1}",
        "\\u0027",
        "Ähre \U0001f600 ﷽",
        "a\u0301",
        "%n%s",
        "<b>",
    ],
)
async def test_text_that_looks_like_code_is_stored_and_shown_as_text(office: Desk, text: str) -> None:
    entry = await draft(office, title=f"Titel {text}")

    assert (await read(office, entry, "title", "merseburg"))["title"] == f"Titel {text}"


async def test_an_update_changes_what_it_names_and_clears_what_is_null(office: Desk) -> None:
    entry = await draft(office, details={"legalBasis": "§ 1", "prerequisites": "Strom", "topics": ["mobilitaet"]})

    answer = await office.write(
        "updateProject",
        "project { version title legalBasis prerequisites topics { slug } summary }",
        "merseburg",
        project=entry["id"],
        expectedVersion=entry["version"],
        changes={"title": "Umbenannt", "legalBasis": None, "topics": []},
    )

    assert answer["project"] == {
        "version": entry["version"] + 1,
        "title": "Umbenannt",
        "legalBasis": None,
        "prerequisites": "Strom",
        "topics": [],
        "summary": FIVE["summary"],
    }


async def test_of_two_editors_one_learns_of_the_other_and_loses_nothing(office: Desk) -> None:
    entry = await draft(office)
    seen = {"project": entry["id"], "expectedVersion": entry["version"]}

    await office.write("updateProject", STATE, "merseburg", **seen, changes={"legalBasis": "Satzung"})
    late = await office.write("updateProject", STATE, "merseburg", **seen, changes={"prerequisites": "Strom"})

    assert (late["__typename"], late["currentVersion"]) == ("Conflict", entry["version"] + 1)
    again = {**seen, "expectedVersion": late["currentVersion"]}
    done = await office.write("updateProject", STATE, "merseburg", **again, changes={"prerequisites": "Strom"})
    assert done["__typename"] == "UpdateProjectSuccess"
    found = await read(office, entry, "legalBasis prerequisites", "merseburg")
    assert found == {"legalBasis": "Satzung", "prerequisites": "Strom"}


async def test_partners_read_and_confirm_and_do_not_edit(office: Desk) -> None:
    entry = await draft(office, details={"partners": [{"house": "Municipality:150840590590"}]})
    seen = {"project": entry["id"], "expectedVersion": entry["version"]}

    assert (await read(office, entry, "id", "stadt")) == {"id": entry["id"]}
    refused = await office.write("updateProject", STATE, "stadt", **seen, changes={"title": "Unseres"})
    foreign = await office.write(
        "confirmPartnership", STATE, "merseburg", project=entry["id"], house="Municipality:150840590590"
    )
    shows = "project { municipalities { edges { confirmedAt askedAt } } }"
    waiting = await read(office, entry, "houses { edges { confirmedAt askedAt } }", "merseburg")
    assert waiting["houses"]["edges"][0]["confirmedAt"] is None
    assert waiting["houses"]["edges"][0]["askedAt"] is not None
    confirmed = await office.write(
        "confirmPartnership", shows, "stadt", project=entry["id"], house="Municipality:150840590590"
    )

    assert refused["__typename"] == foreign["__typename"] == "Forbidden"
    assert confirmed["project"]["municipalities"]["edges"][0]["confirmedAt"] is not None


async def test_whoever_declines_sees_the_draft_no_longer_and_is_told_that_it_worked(office: Desk) -> None:
    entry = await draft(office, details={"partners": [{"house": "Municipality:150840590590"}]})

    answer = await office.write(
        "declinePartnership",
        STATE,
        "stadt",
        project=entry["id"],
        house="Municipality:150840590590",
        reason="Keine Kapazität.",
        clientMutationId="no",
    )

    assert answer == {"__typename": "DeclinePartnershipSuccess", "clientMutationId": "no", "project": None}
    assert await read(office, entry, "id", "stadt") is None


async def test_a_review_from_hand_in_to_archive(office: Desk) -> None:
    entry = await draft(office)
    key = {"project": entry["id"]}

    handed_in = await office.write("submitProject", STATE, "merseburg", **key, reviewer="Hub:zeitz")
    assert handed_in["project"] | {"version": 0} == entry | {
        "stage": "SUBMITTED",
        "version": 0,
        "reviewer": {"slug": "zeitz"},
    }
    for caller, kind in (("merseburg", "Forbidden"), ("zeitz-member", "Forbidden"), ("wilster", "NotFound")):
        assert (await office.write("publishProject", STATE, caller, **key))["__typename"] == kind
    remarks = [{"text": "Bitte Kosten nennen.", "field": "oneOffCost"}, {"text": "Schön."}]
    back = await office.write("requestChanges", STATE, "zeitz", **key, remarks=remarks)
    assert back["project"]["stage"] == "CHANGES_REQUESTED"
    early = await office.write("publishProject", STATE, "zeitz", **key)
    assert early["__typename"] == "Conflict"
    assert early["allowedMoves"] == ["EDIT", "SUBMIT", "WITHDRAW"]
    await office.write("submitProject", STATE, "merseburg", **key)
    public = await office.write("publishProject", STATE, "zeitz", **key)
    assert public["project"]["stage"] == "PUBLISHED"
    assert (await read(office, entry, "stage"))["stage"] == "PUBLISHED"
    kept = await office.write("archiveProject", STATE, "zeitz", **key)
    assert kept["project"]["stage"] == "ARCHIVED"


async def test_remarks_are_checked_one_by_one(office: Desk) -> None:
    entry = await draft(office)

    none = await office.write("requestChanges", STATE, "merseburg", project=entry["id"], remarks=[])
    wrong = await office.write(
        "requestChanges",
        STATE,
        "merseburg",
        project=entry["id"],
        remarks=[{"text": ""}, {"text": "x", "field": "readers"}],
    )

    assert paths(none) == {"input.remarks"}
    assert paths(wrong) == {"input.remarks.0.text", "input.remarks.1.field"}


async def test_a_former_address_goes_on_leading_to_the_project(office: Desk) -> None:
    entry = await published(office, title="Alter Name")

    answer = await office.write("renameProject", STATE, "merseburg", project=entry["id"], title="Neuer Name")

    assert answer["project"]["slug"].startswith("neuer-name")
    for slug in (entry["slug"], answer["project"]["slug"]):
        found = await office.ask("query ($slug: String!) { project(slug: $slug) { id title } }", slug=slug)
        assert found == {"project": {"id": entry["id"], "title": "Neuer Name"}}
    other = await published(office, title="Etwas anderes")
    taken = await office.write(
        "renameProject", STATE, "merseburg", project=other["id"], title="Egal", slug=answer["project"]["slug"]
    )
    assert taken["__typename"] == "Conflict"


async def test_a_former_address_of_what_is_hidden_leads_nowhere(office: Desk) -> None:
    entry = await draft(office, title="Geheim vorher")
    await office.write("renameProject", STATE, "merseburg", project=entry["id"], title="Geheim nachher")

    text = "query ($slug: String!) { project(slug: $slug) { id } }"

    assert await office.ask(text, slug=entry["slug"]) == {"project": None}
    assert await office.ask(text, "merseburg", slug=entry["slug"]) == {"project": {"id": entry["id"]}}


async def test_remarks_stay_with_the_entry_for_those_who_work_on_it(office: Desk) -> None:
    entry = await draft(office, details={"partners": [{"house": "Municipality:150840590590"}]})
    await office.write("submitProject", STATE, "merseburg", project=entry["id"], reviewer="Hub:zeitz")
    remarks = [{"text": "Bitte Kosten nennen.", "field": "oneOffCost"}, {"text": "Sonst gut."}]
    await office.write("requestChanges", STATE, "zeitz", project=entry["id"], remarks=remarks)
    await office.write("submitProject", STATE, "merseburg", project=entry["id"])
    await office.write("publishProject", STATE, "zeitz", project=entry["id"])

    shows = "reviewComments { text field writtenAt }"
    for caller in ("merseburg", "zeitz"):
        found = (await read(office, entry, shows, caller))["reviewComments"]
        assert {(one["text"], one["field"]) for one in found} == {
            ("Bitte Kosten nennen.", "oneOffCost"),
            ("Sonst gut.", None),
        }
        assert all(one["writtenAt"] for one in found)
    for outsider in (None, "stadt", "wilster"):
        assert (await read(office, entry, shows, outsider))["reviewComments"] == []


TASKS = "tasks { kind entity subject since due isOpen project { title } houses { id } }"


async def test_whoever_is_asked_finds_the_task_and_nobody_else(office: Desk) -> None:
    @strawberry.type(description="Everything.")
    class Query:
        tasks = tasks_field()

    schema = subgraph(Query, ENTITIES)._schema

    async def tasks_of(caller: str) -> list[Any]:
        context = Context(store=office.store, caller=CALLERS[caller])
        result = await execute(schema, parse(f"{{ {TASKS} }}"), context=context)
        assert result.errors is None
        assert result.data is not None
        return [task for task in result.data["tasks"] if task["entity"] == entry["id"]]

    entry = await draft(office, details={"partners": [{"house": "Municipality:150840590590"}]})
    assert await tasks_of("merseburg") == []
    (asked,) = await tasks_of("stadt")
    assert asked | {"since": ""} == {
        "kind": "CONFIRM_PARTNERSHIP",
        "entity": entry["id"],
        "subject": "Municipality:150840590590",
        "since": "",
        "due": None,
        "isOpen": True,
        "project": {"title": entry["title"]},
        "houses": [{"id": "Municipality:150840590590"}],
    }
    await office.write("submitProject", STATE, "merseburg", project=entry["id"], reviewer="Hub:zeitz")
    (review,) = await tasks_of("zeitz")
    assert (review["kind"], review["due"] > review["since"][:10]) == ("REVIEW_PROJECT", True)
    for caller in ("zeitz-member", "wilster", "stranger"):
        assert await tasks_of(caller) == []
    await office.write("confirmPartnership", STATE, "stadt", project=entry["id"], house="Municipality:150840590590")
    assert await tasks_of("stadt") == []


async def test_node_finds_tasks_and_remarks_for_those_alone_who_may_read_them(office: Desk) -> None:
    entry = await draft(office, details={"partners": [{"house": "Municipality:150840590590"}]})
    (task,) = (await read(office, entry, "tasks { id }", "stadt"))["tasks"]
    text = "query ($id: ID!) { node(id: $id) { __typename ... on Task { kind } } }"

    assert await office.ask(text, "stadt", id=task["id"]) == {
        "node": {"__typename": "Task", "kind": "CONFIRM_PARTNERSHIP"}
    }
    for caller in (None, "wilster", "dataport"):
        assert await office.ask(text, caller, id=task["id"]) == {"node": None}


async def test_a_house_is_a_partner_in_lists_once_it_said_so(office: Desk) -> None:
    entry = await published(office, title="Mit Zeitz", details={"partners": [{"house": "Municipality:150840590590"}]})
    text = '{ projects(first: 100, filter: { house: "Municipality:150840590590" }) { edges { node { id } } } }'

    assert entry["id"] not in str(await office.ask(text))
    await office.write("confirmPartnership", STATE, "stadt", project=entry["id"], house="Municipality:150840590590")
    assert entry["id"] in str(await office.ask(text))
