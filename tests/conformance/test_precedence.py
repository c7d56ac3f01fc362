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
    """Or beginnings of them."""
    for precedence in PRECEDENCES:
        assert precedence.winner in RULES
        assert all(any(rule.startswith(loser) for rule in RULES) for loser in precedence.losers)


def test_password_given_away_leaves_nothing_else_on_that_link() -> None:
    """Clear text at the target of a redirect is the password's affair."""
    told = seen("handshake.keeps-credentials-from-others")
    assert first_causes([told, seen("handshake.uses-tls"), seen("frames.valid", link=2)]) == [
        told, seen("frames.valid", link=2),
    ]  # fmt: skip


def test_foreign_confirmation_taken_for_the_own_one_explains_early_lists() -> None:
    """Waiting for no confirmation at all explains it in turn."""
    taken, early = seen("boot.ignores-foreign-confirmation"), seen("requests.after-first-push")
    hasty = seen("boot.waits-for-confirmation")
    assert first_causes([taken, early]) == [taken]
    assert first_causes([taken, early, hasty]) == [hasty]


def test_link_without_a_boot_says_nothing_of_what_follows_a_boot() -> None:
    """Neither pings nor Close weigh there."""
    assert first_causes([seen("boot.comes"), seen("link.answers-close")]) == [seen("boot.comes")]


def test_feature_that_is_not_read_excuses_no_plain_push() -> None:
    """Pushes with the feature are not plain, and are not owed an answer anyway."""
    both = [seen("frames.reads-large-messages"), seen("information.is-answered")]
    assert first_causes(both) == both
    assert first_causes([seen("information.survives-unknown"), seen("information.is-answered")]) == [
        seen("information.survives-unknown"),
    ]  # fmt: skip
