"""Projects side by side."""

import re

from tests.network.plain import client
from tests.network.walking.place import Place
from tests.network.walking.world import CALLERS, SECRET
from tests.pages.finding import HTML, SCRIPT, Pages


def cells(text: str, label: str) -> list[str]:
    """The cells of one row, without markup."""
    row = re.search(rf'<th scope="row">{re.escape(label)}</th>(.*?)</tr>', text, re.DOTALL)
    assert row is not None, label
    return [
        re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", cell)).strip()
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)
    ]


async def test_projects_stand_side_by_side_in_the_order_of_the_address(found: Pages) -> None:
    text = await found.text("/compare?project=verwaist&project=parkplatzsuche", "other")
    assert cells(text, "Kosten einmalig") == ["nicht bekannt", "81.234 €"]
    # Where the columns stand below each other, each value says whose it is.
    row = text.partition('<th scope="row">Kosten einmalig</th>')[2].partition("</tr>")[0]
    assert re.findall('data-project="(.*?)"', row) == ["Ohne Haus", "Parkplatzsuche"]
    assert cells(text, "Wer es betreibt") == ["nicht bekannt", "Zeitz, Stadt"]
    assert cells(text, "Rechtsgrundlage") == ["nicht bekannt", "§ 12 StVO"]
    assert cells(text, "Zustand") == ["Idee", "läuft"]
    assert cells(text, "Bestätigte Nachnutzung")[0] == "noch keine"
    assert cells(text, "Bestätigte Nachnutzung")[1].startswith("1 Haus")
    assert len(re.findall('<th scope="col">', text)) == 3


async def test_what_is_not_for_the_reader_reads_like_what_nobody_knows(found: Pages) -> None:
    text = await found.text("/compare?project=verwaist&project=parkplatzsuche")
    below = text[text.index("Von keinem öffentlich bekannt:") :].partition("</p>")[0]
    for label in ("Kosten im Jahr", "Was schiefging"):
        assert f'<th scope="row">{label}</th>' not in text
        assert label in below
    assert "Rechtsgrundlage" not in below
    nothing, band = cells(text, "Kosten einmalig")
    assert (nothing, "25.000 bis 100.000 €" in band) == ("nicht öffentlich oder nicht bekannt", True)
    assert cells(text, "Rechtsgrundlage")[0] == "nicht bekannt"
    # Nobody can tell one who has entered something for members from one who has not.
    for slug in ("verwaist", "parkplatzsuche"):
        page = (await found.text(f"/projects/{slug}")).partition("Kosten im Jahr</dt>")[2].partition("</dd>")[0]
        assert "nicht öffentlich oder nicht bekannt" in page
    assert "nicht öffentlich" not in await found.text("/compare?project=verwaist&project=parkplatzsuche", "other")


async def test_hidden_and_missing_projects_are_told_apart_by_nobody(found: Pages) -> None:
    hidden = await found.text("/compare?project=verwaist&project=entwurf")
    missing = await found.text("/compare?project=verwaist&project=entwerf")
    assert "Ein Projekt gibt es nicht mehr" in hidden
    assert re.sub("entwurf", "entwerf", hidden) == missing
    assert "Ampel" in await found.text("/compare?project=verwaist&project=entwurf", "owner")


async def test_at_most_four_each_once_and_one_may_go(found: Pages) -> None:
    chosen = "&".join(f"project={slug}" for slug in ("fern", "fern", "verwaist", "enkel", "parkhaus", "boese"))
    text = await found.text(f"/compare?{chosen}")
    assert "höchstens vier" in text
    assert len(re.findall('<th scope="col">', text)) == 5
    assert SCRIPT not in text
    assert 'href="/compare?project=fern&amp;project=verwaist&amp;project=enkel"' in text
    assert "Ein Projekt dazunehmen" not in text
    twice = await found.text("/compare?project=parkhaus&project=parkplatzsuche")
    assert len(re.findall('<th scope="col">', twice)) == 2


async def test_nothing_chosen_says_what_to_do(found: Pages) -> None:
    text = await found.text("/compare")
    assert "Noch ist nichts zum Vergleichen gewählt." in text
    assert 'action="/search"' in text
    assert "<table" not in text


async def test_four_ask_the_database_as_often_whatever_they_are(found: Pages) -> None:
    first = await found.calls("/compare?project=fern&project=verwaist&project=enkel&project=boese")
    assert first <= 60
    assert await found.calls("/compare?project=enkel&project=boese&project=fern&project=verwaist") == first


async def test_no_comparison_says_a_word_that_is_not_for_its_reader(walked: Place) -> None:
    slugs = [node.slug for key, node in walked.world.nodes.items() if key.label == "Project"]  # type: ignore[attr-defined] # of a project
    for name in ("anonymous", "member-other", "town-partner", "admin"):
        token = {} if name == "anonymous" else {"authorization": f"Bearer {name}"}
        async with client(walked.app) as http:
            for at in range(0, len(slugs), 4):
                some = slugs[at : at + 4]
                answer = await http.get("/compare", params={"project": some}, headers={**HTML, **token}, timeout=60)
                assert answer.status_code == 200
                assert walked.world.leaks(CALLERS[name], answer.text, given=SECRET.findall(" ".join(some))) == []
