"""Numbers, sums and times as people read them, in both languages, and the numbers inside sentences."""

from datetime import date

import pytest

from network.pages.frame.formats import formats, markdown
from network.pages.frame.language import Language
from network.pages.frame.rendering import environment

GERMAN, ENGLISH = Language.GERMAN, Language.ENGLISH


@pytest.mark.parametrize(
    ("name", "value", "german", "english"),
    [
        ("number", None, "", ""),
        ("number", 0, "0", "0"),
        ("number", 10_786, "10.786", "10,786"),
        ("number", -1_234.5, "-1.234,5", "-1,234.5"),
        ("euro", None, "", ""),
        ("euro", 0, "0 €", "€0"),
        ("euro", 68_000, "68.000 €", "€68,000"),
        ("euro", -5, "-5 €", "-€5"),
        ("day", None, "", ""),
        ("day", "2021", "2021", "2021"),
        ("day", "2021-05", "Mai 2021", "May 2021"),
        ("day", "2021-03-04", "4. März 2021", "4 March 2021"),
        ("day", "9999-12-31", "31. Dezember 9999", "31 December 9999"),
        ("moment", None, "", ""),
        ("moment", "2026-01-05T08:05:00Z", "5. Januar 2026, 09:05 Uhr", "5 January 2026, 09:05"),
        # The hour that there is twice, and the one that there is not.
        ("moment", "2026-10-25T01:30:00Z", "25. Oktober 2026, 02:30 Uhr", "25 October 2026, 02:30"),
        ("moment", "2026-03-29T01:00:00.000000Z", "29. März 2026, 03:00 Uhr", "29 March 2026, 03:00"),
        ("moment", "2026-12-31T23:00:00+00:00", "1. Januar 2027, 00:00 Uhr", "1 January 2027, 00:00"),
        ("day_of", "2026-12-31T23:00:00Z", "1. Januar 2027", "1 January 2027"),
        ("day_of", "2026-06-30T21:59:59.999999Z", "30. Juni 2026", "30 June 2026"),
    ],
)
def test_a_value_reads_as_people_of_the_language_write_it(name: str, value: object, german: str, english: str) -> None:
    assert formats(GERMAN)[name](value) == german
    assert formats(ENGLISH)[name](value) == english


def test_days_of_the_week_stand_alone() -> None:
    monday, sunday = date(2026, 1, 5), date(2026, 1, 11)
    german, english = formats(GERMAN)["weekday"], formats(ENGLISH)["weekday"]
    assert [german(one, "short") for one in (monday, sunday)] == ["Mo", "So"]
    assert [english(one, "short") for one in (monday, sunday)] == ["Mon", "Sun"]
    assert (german(monday, "wide"), english(sunday, "wide")) == ("Montag", "Sunday")


@pytest.mark.parametrize(
    "template",
    [
        '{{ ngettext("1 Kommune", "%(num)s Kommunen", found) }}',
        "{% trans count=found %}und eine weitere Frage{% pluralize %}und {{ count }} weitere Fragen{% endtrans %}",
        '{{ _("Mindestens %(count)s Projekte", count=found) }}',
    ],
)
def test_numbers_in_sentences_are_written_like_all_others(template: str) -> None:
    told = {
        language: environment(language).from_string(template).render(found=10_786) for language in (GERMAN, ENGLISH)
    }
    assert "10.786" in told[GERMAN]
    assert "10,786" in told[ENGLISH]


def test_what_is_one_is_told_as_one_and_texts_stay_as_they_are() -> None:
    made = environment(GERMAN)
    text = '{{ ngettext("1 Kommune", "%(num)s Kommunen", 1) }}, {{ _("begonnen ab %(year)s", year=value) }}'
    assert made.from_string(text).render(value="2021") == "1 Kommune, begonnen ab 2021"
    assert made.from_string(text).render(value="<b>") == "1 Kommune, begonnen ab &lt;b&gt;"


def test_a_table_stays_a_table_as_far_as_people_write_them() -> None:
    rows = "".join(f"| {number} | b | c |\n" for number in range(150))
    shown = markdown(f"| A | B | C |\n|---|:-:|---|\n{rows}\nDanach\n\n| A |\n|---|\n| kurz |\n")
    assert (shown.count("<table>"), shown.count("<tr>")) == (2, 153)
    assert "<p>Danach</p>" in shown


def test_a_short_text_makes_no_large_page() -> None:
    # Cells that a row lacks are filled up, so that two characters could become a row of hundreds.
    wide = "|" + "a|" * 250 + "\n|" + "-|" * 250 + "\n" + "a\n" * 260 + "\n"
    narrow = "|a|b|c|d|\n|-|-|-|-|\n" + "a\n" * 200 + "\n"
    for text in (wide, wide * 3, narrow * 10, "> " + wide.replace("\n", "\n> "), "- " + wide.replace("\n", "\n  ")):
        shown = markdown(text)
        assert len(shown) < 20 * len(text) + 60_000
        assert shown.count("<td>") <= 4_000
    # What is too large is shown as it was written.
    assert "a|a|a" in markdown(wide)
