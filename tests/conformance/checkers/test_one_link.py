"""One link at a time, judged from made recordings."""

from __future__ import annotations

from conformance.playbook import Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

ONE = "link.one-at-a-time"
A = entry("a")


def two() -> Play:
    """A second link beside the first."""
    return Play().exchange().exchange().wait(31)


def test_requests_on_both_links_are_a_warning() -> None:
    """Half a minute after the second booted."""
    play = two().asks(A).takes().on(1).asks(A).takes()
    assert play.convicted_of(ONE).level is Level.SHOULD
    assert not play.musts()


def test_answers_on_the_old_link_hold() -> None:
    """Pushes still come there."""
    assert two().on(1).push().confirm().on(2).asks(A).takes().wait(1).held(ONE)


def test_requests_while_the_old_link_is_left_hold() -> None:
    """Close handshakes take their time."""
    play = Play().exchange().exchange().asks(A).takes().on(1).wait(10).asks(A).takes()
    assert play.here(ev.CloseReceived(code=1000)).ended("product", "cleanly").on(2).wait(30).held(ONE)


def test_bms_beside_itcs_are_two_presystems() -> None:
    """Each has a link of its own."""
    play = Play().exchange()
    play.sent_as = "ITCS"
    play.connect().boot(payload={"presystem": "ITCS"}).accept().push().confirm().wait(31).asks(A).takes()
    play.sent_as = "BMS"
    assert not play.on(1).asks(A).takes().exercised(ONE)


def test_link_that_we_closed_or_silenced_is_not_the_products() -> None:
    """It was ending when the second came."""
    closed = Play().exchange().here(ev.CloseSent(code=1001)).exchange().wait(31).asks(A).takes()
    silent = Play().exchange().here(ev.WentSilent(fault="silent")).exchange().wait(31).asks(A).takes()
    assert not closed.on(1).asks(A, ending=True).exercised(ONE)
    assert not silent.on(1).asks(A, ending=True).exercised(ONE)


def test_what_was_read_late_was_sent_at_an_unknown_time() -> None:
    """We did not read the old link for a while; its list lay there."""
    play = Play().exchange().here(ev.ReadingPaused(fault="slow")).exchange().wait(40).asks(A).takes().on(1)
    assert not play.here(ev.ReadingResumed(fault="slow")).asks(A).takes().complaints()


def test_link_that_is_left_unread_before_the_next_is_opened_holds() -> None:
    """Its Close lay there until we read again; a product that takes its time before it returns has one at a time."""
    play = Play().exchange().here(ev.ReadingPaused(fault="slow")).wait(300).here(ev.ReadingResumed(fault="slow"))
    play.here(ev.CloseReceived(code=1001)).ended("product", "cleanly").wait(44)
    assert play.exchange().held(ONE)


def test_silence_on_both_links_shows_nothing() -> None:
    """Who sends no request at all uses neither."""
    assert not two().wait(60).exercised(ONE)
