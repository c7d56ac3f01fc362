"""How links ended, in one phrase."""

from __future__ import annotations

import pytest

from conformance.playbook import Play
from mockpilot.conformance.endings import how_links_ended


@pytest.mark.parametrize(
    ("by", "how", "phrase"),
    [
        ("us", "cleanly", "by us, cleanly"),
        ("us", "broken on purpose", "by us, broken on purpose"),
        ("product", "cleanly", "by the product, cleanly"),
        ("product", "broken off", "by the product, broken off"),
        ("unknown", "broken off", "by the product, broken off"),
    ],
)
def test_phrase_says_who_and_how(by: str, how: str, phrase: str) -> None:
    """Clearing up included."""
    assert how_links_ended(Play().exchange().ends().ended(by, how).history) == phrase


def test_last_open_link_counts() -> None:
    """Refused attempts after it do not."""
    play = Play().exchange().closed().exchange().ended("product", "broken off").refused(503)
    assert how_links_ended(play.history) == "by the product, broken off"


def test_link_without_end_is_still_open() -> None:
    """As far as the recording goes."""
    assert how_links_ended(Play().exchange().history) == "still open"


def test_no_link_never_opened() -> None:
    """Whatever was tried, and whatever was left over from before."""
    assert how_links_ended(Play().refused(401).on(9).upgrade().history) == "never opened"
