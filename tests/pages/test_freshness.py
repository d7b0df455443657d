"""How fresh entries are said to be: what was read in is as old as its sources, not as the day of reading."""

from pathlib import Path
from typing import Any

from graph.model import Project
from graph.values import Instant, PartialDate, Source
from graph.vocabulary import Origin
from tests.fixtures.builders import make_hub, make_project, relate
from tests.pages.finding import pages_of

_WHEN = Instant("2026-05-04T08:00:00.000000Z")
SOURCES = (
    Source(publisher="Blatt", published=PartialDate("2021-09")),
    Source(publisher="Rat", published=PartialDate("2021")),
    Source(publisher="Netz"),
)
zeitz = make_hub("zeitz", name="DigitalHub Zeitz", sources=SOURCES, updated_at=_WHEN, version=2)
wilster = make_hub("wilster", name="DigitalHub Wilster", sources=SOURCES, updated_at=_WHEN, version=3)


def project(key: str, **given: Any) -> Project:
    defaults: dict[str, Any] = {
        "title": key,
        "origin": Origin.COMPILED,
        "sources": SOURCES,
        "updated_at": _WHEN,
        "version": 1,
    }
    return make_project(key, **{**defaults, **given})


read_in = project("gelesen")
changed = project("geaendert", version=2)
bare = project("ohne-quelle", sources=())
own = project("eigen", origin=Origin.REGISTERED)
confirmed = project("bestaetigt", confirmed_at=Instant("2026-06-01T08:00:00.000000Z"))


async def test_what_was_read_in_is_as_old_as_its_sources(tmp_path: Path) -> None:
    things = (read_in, changed, bare, own, confirmed)
    async with pages_of(tmp_path, zeitz, wilster, *things, *(relate("OWNS", zeitz, one) for one in things)) as pages:
        for path, sources, change, cited in (
            ("/projects/gelesen", True, False, "September 2021"),
            ("/projects/geaendert", True, True, "4. Mai 2026"),
            ("/projects/ohne-quelle", False, True, "4. Mai 2026"),
            ("/projects/eigen", False, True, "4. Mai 2026"),
            ("/projects/bestaetigt", True, False, "1. Juni 2026"),
        ):
            text = await pages.text(path)
            assert ("Stand der Quellen: September 2021" in text) is sources, path
            assert ("zuletzt geändert am 4. Mai 2026" in text) is change, path
            assert f"Hubnetz, Stand: {cited}." in text, path
        hub = await pages.text("/hubs/zeitz")
        assert "Stand der Quellen: September 2021." in hub
        assert "zuletzt geändert" not in hub
        assert "Eintrag zuletzt geändert am 4. Mai 2026." in await pages.text("/hubs/wilster")
        paper = await pages.text("/projects/gelesen/council-paper")
        assert "Stand der Quellen" in paper
        assert "Zuletzt geändert" not in paper
        assert "as of its sources: September 2021" in await pages.text("/en/projects/gelesen")
