"""Second chances: what counts as one, and when it has passed."""

from __future__ import annotations

from conformance.playbook import Play
from mockpilot.conformance.case import Case
from mockpilot.conformance.chances import Chance, second_chances, spent
from mockpilot.history import events as ev


def chances(play: Play) -> tuple[Case, list[Chance]]:
    """All of the first product process."""
    case = Case(play.whole)
    return case, list(second_chances(case, 0, 1))


def test_new_link_with_an_answered_push_after_our_end_is_a_chance() -> None:
    """Its answer is where the limit counts from."""
    play = Play().exchange().closed().exchange()
    case, found = chances(play)
    assert [chance.link.number for chance in found] == [2]
    assert found[0].answered_index == play.last
    assert spent(case, found[0], 0.0, 60) is False


def test_chance_passes_with_its_limit() -> None:
    """On a link that is there so long."""
    case, found = chances(Play().exchange().closed().exchange().wait(61))
    assert spent(case, found[0], 0.0, 60) is True


def test_chance_that_ends_with_its_link_did_not_pass() -> None:
    """Nor does one on which we stalled, or that the product did not live to see."""
    ended = chances(Play().exchange().closed().exchange().wait(30).ended().wait(60))
    stalled = chances(Play().exchange().closed().exchange().wait(30).line(ev.Stalled(late_s=20)).wait(60))
    left = ev.ProductExited(status=0, by_us=False)
    gone = chances(Play().exchange().closed().exchange().wait(30).line(left).wait(60))
    assert not spent(ended[0], ended[1][0], 0.0, 60)
    assert not spent(stalled[0], stalled[1][0], 0.0, 60)
    assert not spent(gone[0], gone[1][0], 0.0, 60)


def test_end_by_the_product_is_no_chance() -> None:
    """It acted by its own will, not because it had to."""
    assert chances(Play().exchange().ended("product", "cleanly").exchange())[1] == []


def test_link_without_an_answered_push_is_no_chance() -> None:
    """Nothing shows that the product is there."""
    assert chances(Play().exchange().closed().connect().boot().accept().push())[1] == []
