"""The review desk: who reviews publishes or asks for changes, the author hears what to change, and nobody else decides."""

from uuid import uuid4

import pytest_asyncio

from tests.pages.desks import Office, Person
from tests.pages.test_registration_forms import BEGUN, stored


async def draft(author: Person) -> str:
    """The page of an entry of the town of Zeitz that nobody has handed in."""
    given = BEGUN | {"house": "Municipality:150840590590", "title": f"Bank {uuid4().hex[:8]}"}
    answer = await author.fill("/projects/new", **given)
    return answer.headers["location"].partition("?")[0].rpartition("/")[0]


@pytest_asyncio.fixture
async def page(office: Office) -> str:
    """The page of an entry of the town of Zeitz that waits for the hub of Zeitz."""
    author = await office.person("stadt")
    path = await draft(author)
    assert (await author.fill(f"{path}/submit")).status_code == 303
    return path


async def test_an_author_chooses_the_hub_that_reviews(office: Office) -> None:
    author = await office.person("stadt")
    path = await draft(author)
    assert '<option value="Hub:wilster">' in await author.opened(f"{path}/submit")
    refused = await author.fill(f"{path}/submit", reviewer="Municipality:150840590590")
    assert refused.status_code == 422
    assert 'id="reviewer-error"' in refused.text
    await author.follow_on(await author.fill(f"{path}/submit", reviewer="Hub:wilster"))
    assert f'href="{path}/publish"' in await (await office.person("wilster")).opened("/review")
    assert f'href="{path}/publish"' not in await (await office.person("zeitz")).opened("/review")


async def test_an_entry_goes_back_with_a_remark_and_is_published_at_last(office: Office, page: str) -> None:
    zeitz, author = await office.person("zeitz"), await office.person("stadt")
    assert '<a href="/review">' in await zeitz.opened("/my")
    desk = await zeitz.opened("/review")
    assert f'href="{page}/publish"' in desk
    assert f'href="{page}/publish"' not in await (await office.person("wilster")).opened("/review")

    empty = await zeitz.fill(f"{page}/request-changes", remarks__field="title")
    assert empty.status_code == 422
    assert 'id="remarks.text-error"' in empty.text
    answer = await zeitz.fill(f"{page}/request-changes", remarks__text="Bitte <b>kürzer</b>.", remarks__field="title")
    assert f'href="{page}/publish"' not in await zeitz.follow_on(answer)
    way = f"{page}/edit?step=check"
    assert way in await author.opened("/my")
    assert "Bitte &lt;b&gt;kürzer&lt;/b&gt;." in await author.opened(way)
    await author.fill(f"{page}/submit")

    answer = await zeitz.fill(f"{page}/publish")
    assert "Veröffentlicht." in await zeitz.follow_on(answer)
    there = answer.headers["location"].partition("?")[0]
    assert (await stored(office, author, there))["stage"] == "PUBLISHED"
    assert (await (await office.person()).get(there)).status_code == 200


async def test_nobody_publishes_ones_own_or_what_is_another_hubs(office: Office, page: str) -> None:
    author, other, nobody = await office.person("stadt"), await office.person("wilster"), await office.person()
    assert (await author.fill(f"{page}/publish")).status_code == 403
    for path in (f"{page}/publish", f"{page}/request-changes"):
        assert (await other.get(path)).status_code == 404
        assert (await nobody.get(path)).status_code == 303
    assert (await stored(office, author, page))["stage"] == "SUBMITTED"
