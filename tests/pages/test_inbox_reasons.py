"""Why somebody hears of news: every reason that the network gives has an English sentence, and no name gets out of it."""

import pytest

from graph.telling import askers, deliveries, followers, houses
from network.pages.frame.language import Language
from network.pages.mine.inbox_reasons import reason_in

GIVEN = sorted(
    {
        *houses.OF_THE_OWNER.values(),
        *houses.OF_AN_ADOPTION.values(),
        *houses.OF_THE_ADOPTER.values(),
        *(houses.ASKED, houses.REQUESTED, houses.SERVED, askers.ASKED, askers.ANSWERED),
        *(reason.format(name="<b>Straße</b>") for reason in followers.REASONS.values()),
        *deliveries.REASONS.values(),
        "Ihre Suche „<b>Straße</b>“",
    }
)


@pytest.mark.parametrize("reason", GIVEN)
def test_our_reasons_are_said_in_english(reason: str) -> None:
    said = str(reason_in(Language.ENGLISH, reason))

    assert said.replace('<span lang="de">&lt;b&gt;Straße&lt;/b&gt;</span>', "").isascii()
    assert ("Straße" in said) is ("Straße" in reason)
    assert reason not in said
    assert "<b>" not in said
    assert reason_in(Language.GERMAN, reason) == reason


def test_a_sentence_that_is_none_of_ours_stays_german_and_is_said_to_be() -> None:
    assert reason_in(Language.ENGLISH, "Einfach <so>") == '<span lang="de">Einfach &lt;so&gt;</span>'
    assert reason_in(Language.ENGLISH, "") == ""
