"""Values of mutations' inputs: what passes is safe to store and to show, and every refusal says where."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.texts import MAX_LINE, MAX_TEXT, MAX_URL, MAX_WRITEUP
from network.execution.inputs import Checks
from network.execution.names import camel_case
from network.execution.problems import InvalidInputsError
from network.subgraphs.projects.mutations.project_fields import ProjectDetails, read_changes

ANYTHING = st.text(st.characters(), max_size=400)


def passes(check: Checks) -> bool:
    try:
        check.finish()
    except InvalidInputsError:
        return False
    return True


@given(ANYTHING)
def test_a_line_that_passes_is_one_line_of_harmless_text(text: str) -> None:
    check = Checks()

    line = check.line("title", text)

    if passes(check):
        assert 0 < len(line) <= MAX_LINE
        assert line == text.strip()
        assert len(line.splitlines()) == 1
        assert "\n" not in line
        line.encode("utf-8")
        assert not any(unicodedata.category(character) in ("Cs", "Zl", "Zp") for character in line)
        assert not any(unicodedata.category(character) == "Cc" and character != "\t" for character in line)


@given(ANYTHING)
def test_a_text_keeps_its_lines_and_nothing_that_steers(text: str) -> None:
    check = Checks()

    found = check.text("summary", text)

    if passes(check):
        assert found == text.replace("\r\n", "\n").strip()
        assert "\r" not in found
        assert all(character in "\t\n" or unicodedata.category(character) != "Cc" for character in found)
        found.encode("utf-8")


BLANKS = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters=BLANKS), max_size=MAX_LINE))
def test_ordinary_text_passes_as_it_is(text: str) -> None:
    check = Checks()

    assert check.line("title", text, least=0) == text.strip()
    assert passes(check)


@pytest.mark.parametrize(
    "text", ["\u200b", "\u00ad\u00ad", "\ufeff", "\ufe0f", "\U000e0100", "\u3164", "\u2800 \u2800"]
)
def test_a_line_or_text_has_something_to_see(text: str) -> None:
    check = Checks()

    check.line("title", text)
    check.text("summary", text)
    check.text("writeup", text, least=0)

    assert [problem.message for problem in check.problems] == ["expected text that can be seen"] * 3


@pytest.mark.parametrize(
    ("sign", "named"), [("\ufffe", "U+FFFE"), ("\U000e0041", "U+E0041"), ("\U0010ffff", "U+10FFFF")]
)
def test_tags_and_what_is_no_character_are_refused_anywhere(sign: str, named: str) -> None:
    check = Checks()

    check.text("summary", f"Grünes {sign} Parken")

    assert [problem.message for problem in check.problems] == [f"expected text without the character {named}"]


@pytest.mark.parametrize(
    "url",
    [
        "https://stadt.example/",
        "http://stadt.example:8080/a?b=c#d",
        "https://stadt.example/über uns".replace(" ", "%20"),
        "https://xn--mnchen-3ya.example",
        "https://münchen.example/",
        "https://[2001:db8::1]/",
    ],
)
def test_addresses_of_the_web_pass(url: str) -> None:
    check = Checks()

    assert check.url("url", url) == url
    assert passes(check)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " java\tscript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
        ),
        *(
            "ftp://a.example/",
            "file:///etc/passwd",
            "//a.example/",
            "/a",
            "a.example",
            "https:",
            "https://",
            "http:///a",
        ),
        *(
            "https://user:secret@a.example/",
            "https://a@b.example",
            "https://a.example\\@b.example",
            "https://a b.example",
        ),
        *("https://a.example/\u202egpj.exe", "https://a.example/\r\nSet-Cookie: a=b", "https://a.example:99999/"),
        *("https://a.example:x/", "https://[::1", 'https://a.example/"onclick=', "https://a.example/<b>", "\u0000"),
        f"https://a.example/{'a' * MAX_URL}",
    ],
)
def test_other_addresses_do_not(url: str) -> None:
    check = Checks()

    check.url("url", url)

    assert [problem.path for problem in check.problems][:1] == [("input", "url")]


@pytest.mark.parametrize(("email", "is_one"), [
    ("rathaus@stadt.example", True),
    ("a.b+c@amt-mitte.example", True),
    ("a@b", False),
    ("a@@b.example", False),
    ("a@b.example, c@d.example", False),
    ("Amt <a@b.example>", False),
    ("a@b.example\r\nBcc: c@d.example", False),
    ("@b.example", False),
    ("mailto:a@b.example", False),
])  # fmt: skip
def test_an_e_mail_address_is_one_address(email: str, is_one: bool) -> None:
    check = Checks()

    check.email("email", email)

    assert passes(check) is is_one


@pytest.mark.parametrize(
    ("phone", "is_one"),
    [("+49 (0)4823 92 50-0", True), ("04823/9250", True), ("anrufen", False), ("1" * 41, False), ("+", False)],
)
def test_a_telephone_number_is_one(phone: str, is_one: bool) -> None:
    check = Checks()

    check.phone("phone", phone)

    assert passes(check) is is_one


@given(ANYTHING)
def test_only_an_id_of_the_kind_that_is_asked_for_names_a_node(text: str) -> None:
    check = Checks()

    key = check.node("project", text, "Project")

    assert passes(check) is (text.strip().startswith("Project:") and key.value != "" and not check.problems)
    assert key.label == "Project"


def test_a_node_may_be_of_several_kinds() -> None:
    check = Checks()

    assert str(check.node("house", "Hub:zeitz", "Hub", "University")) == "Hub:zeitz"
    assert str(check.node("house", " Municipality:local:amt ", "Municipality")) == "Municipality:local:amt"
    assert passes(check)


def test_keys_come_once_and_a_long_list_is_one_problem() -> None:
    check = Checks()

    assert check.keys("topics", ["parken", "Topic:parken", "mobilitaet"], "Topic") == ("parken", "mobilitaet")
    assert passes(check)
    assert check.keys("topics", ["x\u0000"] * 10_000, "Topic") == ()
    assert [(problem.path, problem.message) for problem in check.problems] == [
        (("input", "topics"), "expected at most 20 items, got 10,000")
    ]


def test_every_problem_is_told_with_its_place() -> None:
    check = Checks()

    check.line("title", "")
    check.text("summary", "a" * (MAX_TEXT + 1))
    check.within("contact").line("function", "a\u0000b")
    check.number("oneOffCost", -5)

    with pytest.raises(InvalidInputsError) as caught:
        check.finish()
    assert [(".".join(problem.path), problem.message) for problem in caught.value.problems] == [
        ("input.title", "expected text"),
        ("input.summary", "expected at most 5,000 characters, got 5,001"),
        ("input.contact.function", "expected text without the character U+0000"),
        ("input.oneOffCost", "expected 0 to 2,147,483,647, got -5"),
    ]


@pytest.mark.parametrize(("length", "is_taken"), [(MAX_WRITEUP, True), (MAX_WRITEUP + 1, False)])
def test_a_write_up_has_a_length(length: int, is_taken: bool) -> None:
    check = Checks()

    read_changes(ProjectDetails(writeup="a" * length), check)

    assert passes(check) is is_taken


@pytest.mark.parametrize(("name", "shown"), [("title", "title"), ("one_off_cost", "oneOffCost"), ("a_b", "aB")])
def test_names_of_the_model_are_shown_as_names_of_the_api(name: str, shown: str) -> None:
    assert camel_case(name) == shown
