"""The pages themselves, over a schema and queries of the test's own."""

import re
from functools import partial
from pathlib import Path
from typing import Any

from starlette.routing import Router

from network.edge.metrics import Metrics
from network.edge.middleware import EdgeMiddleware
from network.limits import Limits
from network.operations.running import Runner
from network.pages import routes as pages
from network.pages.frame.asking import Asking
from network.pages.frame.problem_page import problem_page
from network.pages.frame.queries import ready_queries
from network.pages.frame.site import Site
from tests.network.plain import client, execute, schema


def pages_app(tmp_path: Path, *, is_built: bool) -> Any:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.graphql").write_text(
        "# Hubs & <b>Orte</b>\nquery A($n: Int) { hubs(first: $n) { totalCount } }\n"
    )
    (tmp_path / "queries" / "a.json").write_text('{"n": 1}')
    (tmp_path / "queries" / "b.graphql").write_text("# Etwas ändern\nmutation B { change }\n")
    built = tmp_path / "built"
    if is_built:
        built.mkdir()
        (built / "explorer.js").write_text("//")
    runner = Runner(schema(), execute, lambda **given: given, limits=Limits())
    site = Site(
        asking=Asking(runner, tmp_path / "none"),
        public_url="http://x",
        schema="type Query { a: Int }",
        queries=ready_queries(tmp_path / "queries"),
        built=built,
    )
    page_of = partial(problem_page, site.renderer)
    return EdgeMiddleware(Router(pages.routes(site)), Metrics(), is_https=False, problem_page=page_of)


async def test_without_the_build_the_explorer_shows_schema_and_queries_that_run_without_script(tmp_path: Path) -> None:
    async with client(pages_app(tmp_path, is_built=False)) as http:
        text = (await http.get("/explorer?query=a")).text
    assert "Hubs &amp; &lt;b&gt;Orte&lt;/b&gt;" in text
    assert '<a href="/schema.graphql">' in text
    assert "{&#34;n&#34;: 1}" in text
    # A mutation is no link and no form that a click would send: by GET it is refused.
    assert text.count('<form action="/graphql" method="get">') == 1
    assert '<a href="/explorer?query=b">' in text


async def test_with_the_build_the_explorer_opens_a_ready_query_under_a_nonce(tmp_path: Path) -> None:
    async with client(pages_app(tmp_path, is_built=True)) as http:
        first, second = await http.get("/explorer?query=a"), await http.get("/explorer")
        assert (await http.get("/explorer/assets/explorer.js")).text == "//"
        for name in ("..%2Fapp.py", "%2e%2e", "x"):
            assert (await http.get(f"/explorer/assets/{name}")).status_code == 404
    assert 'data-query="# Hubs &amp; &lt;b&gt;' in first.text
    nonces = [re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"]) for page in (first, second)]
    values = [nonce[1] for nonce in nonces if nonce is not None]
    assert len(set(values)) == 2
    assert f'content="{values[0]}"' in first.text


async def test_an_address_that_leads_nowhere_says_so_in_german_to_people_only(tmp_path: Path) -> None:
    async with client(pages_app(tmp_path, is_built=False)) as http:
        page = await http.get("/kein/<b>Ort</b>", headers={"accept": "text/html,*/*;q=0.8"})
        program = await http.get("/kein/ort", headers={"accept": "application/json"})
        posted = await http.post("/kein/ort", json={})
    assert page.status_code == program.status_code == posted.status_code == 404
    assert "Diese Seite gibt es nicht" in page.text
    assert "&lt;b&gt;Ort&lt;/b&gt;" in page.text
    assert "<b>Ort" not in page.text
    assert "html" not in program.text
