"""One cause, one conviction."""

from __future__ import annotations

from mockpilot.conformance.observation import Observation, held
from mockpilot.conformance.precedence import PRECEDENCES, first_causes
from mockpilot.conformance.rules import RULES


def seen(rule: str, link: int | None = 1) -> Observation:
    """A violation."""
    return Observation(rule, False, link=link)


def test_lowest_rung_of_the_ladder_is_left() -> None:
    """Per link."""
    ladder = [seen("requests.after-first-push"), seen("boot.waits-for-confirmation"), seen("boot.comes-first")]
    other = seen("requests.after-first-push", link=2)
    assert first_causes([*ladder, other]) == [seen("boot.comes-first"), other]


def test_trusting_a_bad_certificate_leaves_nothing_else_on_that_link() -> None:
    """Held or not."""
    trusted = seen("handshake.verifies-certificate")
    assert first_causes([trusted, held("handshake.uses-tls", link=1), seen("boot.payload")]) == [trusted]


def test_new_ids_explain_missing_entries_in_the_whole_scenario() -> None:
    """On any link."""
    renamed = seen("requests.stable-ids")
    assert first_causes([renamed, seen("requests.complete-list", link=2)]) == [renamed]


def test_what_was_held_silences_nothing() -> None:
    """Only findings do."""
    both = [held("boot.comes-first", link=1), seen("boot.waits-for-confirmation")]
    assert first_causes(both) == both


def test_table_names_known_rules() -> None:
    """All but the one that silences everything."""
    for precedence in PRECEDENCES:
        assert precedence.winner in RULES
        assert all(not loser or loser in RULES for loser in precedence.losers)
