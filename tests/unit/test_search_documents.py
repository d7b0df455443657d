"""From the graph to a search document: what is in it, where, and for whom."""

from typing import Any

import pytest

from auth.policy import NETWORK, PUBLIC
from graph.model import FundingProgramme, Result
from graph.vocabulary import AdoptionStatus, MunicipalityKind, Origin
from search.documents import ATTRIBUTES, FACETS, TEXTS, Involvement, ProjectSource, document, size_class
from tests.fixtures.builders import (
    make_adoption,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_service,
    make_topic,
    make_university,
)
from tests.fixtures.search import make_document


def test_a_document_has_exactly_the_declared_attributes() -> None:
    assert make_document("a").attributes.keys() == {attribute.name for attribute in ATTRIBUTES}


def test_everything_that_stands_around_a_project_is_in_its_document() -> None:
    zeitz = make_municipality(
        "150840550550", name="Zeitz", kind=MunicipalityKind.STADT, state="Sachsen-Anhalt", population=27_000
    )
    found = document(
        ProjectSource(
            project=make_project("p", title="Parkleitsystem", started="2021-05", licence="EUPL-1.2", version=3),
            owner=make_hub("zeitz", name="DigitalHub Zeitz", state="Sachsen-Anhalt"),
            involvements=(
                Involvement(zeitz, is_confirmed=True),
                Involvement(make_university("03sft3r75", name="Hochschule Merseburg", town="Merseburg"), True),
                Involvement(make_organisation("stadtwerke", name="Stadtwerke"), is_confirmed=True),
            ),
            topics=(make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility"),),
            services=(make_service("99108004012000", name="Bewohnerparkausweis"),),
            funding=(FundingProgramme(slug="mpsc", name="Modellprojekte Smart Cities"),),
        )
    )
    facets = {name: found.attributes[name] for name in FACETS}
    assert found.version == 3
    assert facets == {
        "topics": ["mobilitaet"],
        "hub": ["zeitz"],
        "houses": [
            "Hub:zeitz",
            "Municipality:150840550550",
            "Organisation:stadtwerke",
            "University:03sft3r75",
        ],
        "municipalities": ["150840550550"],
        "states": ["Sachsen-Anhalt"],
        "services": ["99108004012000"],
        "funding": ["mpsc"],
        "status": ["RUNNING"],
        "licence": ["EUPL-1.2"],
        "year": ["2021"],
        "size_class": ["UNDER_100000"],
    }
    for word in ("zeitz", "merseburg", "stadtwerke", "mobilitat", "mobility", "bewohnerparkausweis", "cities"):
        assert word in found.attributes["names"].split()
    assert found.attributes["title"] == "parkleitsystem"


def test_a_partner_that_has_not_confirmed_counts_only_where_sources_name_it() -> None:
    partner = Involvement(make_municipality("150840550550", name="Zeitz"), is_confirmed=False)
    registered = document(ProjectSource(project=make_project(origin=Origin.REGISTERED), involvements=(partner,)))
    compiled = document(ProjectSource(project=make_project(origin=Origin.COMPILED), involvements=(partner,)))
    assert registered.attributes["municipalities"] == []
    assert "zeitz" not in registered.attributes["names"]
    assert compiled.attributes["municipalities"] == ["150840550550"]


def test_a_partner_that_somebody_named_counts_in_no_entry_before_it_confirmed() -> None:
    zeitz = make_municipality("150840550550", name="Zeitz")
    for origin in Origin:
        asked = Involvement(zeitz, is_confirmed=False, is_asked=True)
        said = Involvement(zeitz, is_confirmed=True, is_asked=True)
        unheard = document(ProjectSource(project=make_project(origin=origin), involvements=(asked,)))
        heard = document(ProjectSource(project=make_project(origin=origin), involvements=(said,)))
        assert (unheard.attributes["municipalities"], heard.attributes["municipalities"]) == ([], ["150840550550"])


def test_reuse_is_what_is_under_way() -> None:
    confirmed = {"confirmed_by_owner_at": "2026-01-01T00:00:00.000000Z"}
    adoptions = tuple(make_adoption(status=status, **confirmed) for status in AdoptionStatus)
    assert document(ProjectSource(project=make_project(), adoptions=adoptions)).attributes["reuse"] == 2


def test_network_only_texts_stand_apart_until_they_are_opened() -> None:
    secret: dict[str, Any] = {"what_failed": "Insolvenz", "lessons_learned": "Früher fragen", "one_off_cost": 48_211}
    closed = make_document("a", **secret)
    opened = make_document("a", **secret, opened=("what_failed", "one_off_cost"))
    assert closed.attributes["notes"] == ""
    assert {"insolvenz", "48211"} <= set(closed.attributes["network_words"])
    assert "insolvenz" in opened.attributes["words"]
    assert set(closed.attributes["network_notes"].split()) == {"insolvenz", "fruher", "fragen", "48211"}
    assert set(opened.attributes["notes"].split()) == {"insolvenz", "48211"}
    assert set(opened.attributes["network_notes"].split()) == {"fruher", "fragen"}
    public = {name: value for name, value in closed.attributes.items() if not name.startswith("network_")}
    assert not [name for name, value in public.items() if "insolvenz" in str(value) or "48211" in str(value)]


def test_reuse_counts_confirmed_adoptions_as_each_audience_sees_them() -> None:
    confirmed = {"confirmed_by_owner_at": "2026-01-01T00:00:00.000000Z"}
    adoptions = (
        make_adoption(**confirmed),
        make_adoption(readers=("network",), **confirmed),
        make_adoption(readers=("admin", "hub:zeitz"), **confirmed),
        make_adoption(),
    )
    found = document(ProjectSource(project=make_project(), adoptions=adoptions)).attributes
    assert (found["reuse"], found["network_reuse"]) == (1, 2)


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (0, "UNDER_2000"),
        (1_999, "UNDER_2000"),
        (2_000, "UNDER_5000"),
        (4_999, "UNDER_5000"),
        (5_000, "UNDER_20000"),
        (19_999, "UNDER_20000"),
        (20_000, "UNDER_100000"),
        (99_999, "UNDER_100000"),
        (100_000, "ABOVE"),
    ],
)
def test_size_classes(population: int, expected: str) -> None:
    assert size_class(population) == expected


def test_districts_and_states_have_no_size_class() -> None:
    district = make_municipality("15084", kind=MunicipalityKind.KREIS, population=170_000)
    assert make_document("a", involved=[district]).attributes["size_class"] == []


def test_weights_fall_from_title_to_notes() -> None:
    weights = {attribute.name: attribute.weight for attribute in TEXTS}
    assert weights["title"] > weights["names"] > weights["summary"] > weights["writeup"] > weights["notes"] > 0


def test_words_are_those_of_all_open_texts_once_each() -> None:
    found = make_document(
        "a", "Kita-App", summary="Eltern suchen eine Kita.", owner=make_hub("zeitz", name="DigitalHub Zeitz")
    ).attributes
    assert found["words"] == sorted({*found["title"].split(), *found["names"].split(), *found["summary"].split()})
    assert found["head_words"] == sorted({*found["title"].split(), *found["names"].split()})
    assert found["network_words"] == []


def test_official_keys_are_found_as_they_are() -> None:
    found = document(
        ProjectSource(
            project=make_project("p1", slug="parken-zeitz", licence="EUPL-1.2"),
            owner=make_municipality("150840550550", ags="15084550"),
            involvements=(Involvement(make_university("03sft3r75"), is_confirmed=True),),
            services=(make_service("99108004012000", ozg_id="10236"),),
            results=(Result(id="r", kind="publication", title="Studie", doi="10.5281/zenodo.1", readers=(PUBLIC,)),),
        )
    )
    assert set(found.attributes["keys"]) == {
        *("p1", "parken-zeitz", "eupl-1.2", "150840550550", "15084550", "03sft3r75"),
        *("99108004012000", "10236", "10.5281/zenodo.1"),
    }


def test_titles_of_results_stand_where_their_readers_read() -> None:
    def studie(*readers: str) -> Result:
        return Result(id="r", kind="publication", title="Nutzerstudie", doi="10.5281/zenodo.1", readers=readers)

    def of(result: Result) -> dict[str, Any]:
        return dict(document(ProjectSource(project=make_project("p"), results=(result,))).attributes)

    everybody, network, insiders = of(studie(PUBLIC)), of(studie(NETWORK)), of(studie("admin", "hub:zeitz"))
    assert everybody["notes"] == network["network_notes"] == "nutzerstudie"
    assert network["notes"] == insiders["notes"] == insiders["network_notes"] == ""
    assert "10.5281/zenodo.1" in everybody["keys"]
    assert "10.5281/zenodo.1" not in network["keys"]
