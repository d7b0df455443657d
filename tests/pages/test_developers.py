"""The developers' corner: everything that a partner needs to rebuild a page."""

import re

from graphql import FragmentDefinitionNode, parse

from network.operations.operation_files import operations
from network.pages.operations.declared import FOLDER
from tests.network.signing_in import Browser


async def test_every_operation_of_a_page_can_be_had_whole(browser: Browser) -> None:
    page = await browser.get("/developers")
    found = re.findall(r'href="(/developers/operations/[^"]+)"', page.text)
    assert len(found) == len(operations(FOLDER)) > 0
    for address in found:
        text = (await browser.get(address)).text
        document = parse(text)
        used = set(re.findall(r"\.\.\.\s*(?!on\b)(\w+)", text))
        assert used == {one.name.value for one in document.definitions if isinstance(one, FragmentDefinitionNode)}


async def test_no_other_file_is_handed_out(browser: Browser) -> None:
    for name in ("fragments/ProjectCard", "..%2F..%2Fasking", "nothing", "home.graphql"):
        assert (await browser.get(f"/developers/operations/{name}.graphql")).status_code == 404


async def test_it_says_where_to_ask_and_that_tokens_come_from_elsewhere(browser: Browser) -> None:
    text = (await browser.get("/developers")).text
    assert "http://127.0.0.1:8000/graphql" in text
    assert 'href="/schema.graphql" download=' in text
    assert "Hubnetz stellt selbst keine aus" in text
    # Tokens of sample accounts are for development, which this service is not.
    assert "hubnetz token" not in text
    assert '<form action="/graphql" method="get">' in text


async def test_mutations_are_not_sent_by_a_click(browser: Browser) -> None:
    text = (await browser.get("/developers")).text
    sent = re.findall(r'<form action="/graphql" method="get">\s*<textarea[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert len(sent) > 10
    assert not any(re.match(r"\s*(#.*\s*)*mutation", one) for one in sent)
    changing = re.findall(r'href="(/developers/queries/[^"]+)"', text)
    assert len(changing) > 10
    for address in changing:
        assert re.match(r"\s*(#.*\s*)*mutation", (await browser.get(address)).text), address
    assert (await browser.get("/developers/queries/..%2Fclients.graphql")).status_code == 404
