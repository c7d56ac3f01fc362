"""What follows from a list that was rightly refused is no matter of its own."""

from __future__ import annotations

from conformance.playbook import LISTS, Play, entry

A, B = entry("a"), entry("b")


def stops_after(refused: bool, *, soc: float = 180.0) -> Play:
    """A list, perhaps one that is refused, and none ever after, whatever is created meanwhile."""
    play = Play().exchange().asks(A).takes().pushed().asks(entry("a", soc=soc))
    play = play.hands(3, LISTS, {"message": "no"}, play._asked) if refused else play.takes()
    play.pushed().ended("us").step("create-request").wait(5).exchange()
    return play.pushed(6).closed().exchange().pushed(6)


def test_silence_after_a_refused_list_is_convicted_as_what_was_refused() -> None:
    """Keeping quiet and calling a person is an answer, too."""
    assert stops_after(refused=True).musts() == {"requests.soc-range", "requests.soc-order"}


def test_silence_for_no_such_reason_is_convicted() -> None:
    """The list was taken, or it was right and refused for a reason of ours."""
    assert "requests.change-comes-after-outage" in stops_after(refused=False).musts()
    assert "requests.change-comes-after-outage" in stops_after(refused=True, soc=90).musts()
