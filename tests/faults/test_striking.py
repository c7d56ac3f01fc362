"""When an armed fault strikes, and when it lets things pass."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.faults import Fault, damage, drop, lose
from mockpilot.faults.striking import Armed, Occasion, is_open, strikes
from mockpilot.protocol.envelope import Action, MessageType

PUSH, LIST = Action.PROVIDE_CHARGING_INFORMATION, Action.PROVIDE_CHARGING_REQUESTS
PUSHED = Occasion(10.0, 1, "Presystem1", MessageType.REQUEST, PUSH)
ASKED = Occasion(10.0, 1, "Presystem1", MessageType.REQUEST, LIST, "in")


def armed(fault: Fault, name: str = "it", seed: int = 1) -> Armed:
    """A fault that was armed ten seconds after the run began."""
    return Armed(name, fault, 10.0, random.Random(seed))


def struck(one: Armed, occasions: list[Occasion], *others: Armed) -> list[int]:
    """Which of these occasions it strikes, counted from one."""
    return [number for number, each in enumerate(occasions, 1) if strikes(one, each, [one, *others])]


@pytest.mark.parametrize(("fault", "numbers"), [
    (lose("request", nth="every 3"), [3, 6, 9]), (lose("request", nth=[2, 5]), [2, 5]),
    (lose("request", times=2), [1, 2]), (lose("request", nth="every 2", times=2), [2, 4]),
    (lose("request", link=1), [*range(1, 10)]), (lose("request", link=2), []),
    (lose("request", link="Presystem1", nth=4), [4]), (lose("request", link="Presystem2"), []),
    (lose("request", direction="in"), []), (lose("confirmation"), []), (lose("request", LIST), []),
])  # fmt: skip
def test_selectors_choose(fault: Fault, numbers: list[int]) -> None:
    """Of nine pushes on one link."""
    assert struck(armed(fault), [PUSHED] * 9) == numbers


def test_nth_counts_over_all_links_of_the_scenario() -> None:
    """Among messages that the other selectors match."""
    links = [replace(PUSHED, link=number) for number in (1, 2, 2, 1, 3)]
    assert struck(armed(lose("request", nth=3)), links) == [3]
    assert struck(armed(lose("request", nth=2, link=1)), links) == [4]


def test_direction_in_means_messages_of_the_presystem() -> None:
    """And only those."""
    assert struck(armed(lose("request", direction="in")), [PUSHED, ASKED]) == [2]


@pytest.mark.parametrize(("fault", "numbers"), [
    (lose("request", after=4.0), [5, 6, 7]), (lose("request", after="4 s", nth=1), [5]),
    (lose("request", until=4.0), [1, 2, 3, 4]), (lose("request", after=2, until="4 s"), [3, 4]),
])  # fmt: skip
def test_seconds_count_from_arming(fault: Fault, numbers: list[int]) -> None:
    """A push a second; what passes outside is not counted."""
    assert struck(armed(fault), [replace(PUSHED, at=10.0 + second) for second in range(7)]) == numbers


@pytest.mark.parametrize(("fault", "before", "afterwards"), [
    (lose("request", PUSH, after=LIST), False, True), (lose("request", PUSH, until=LIST), True, False),
])  # fmt: skip
def test_action_opens_or_closes_once_such_a_request_passed(fault: Fault, before: bool, afterwards: bool) -> None:
    """Either way, after the arming; a confirmation of it is no request."""
    one = armed(fault)
    one.passes(replace(ASKED, type=MessageType.CONFIRMATION))
    one.passes(PUSHED)
    assert is_open(one, 10.0, [one]) is before
    one.passes(ASKED)
    assert is_open(one, 10.0, [one]) is afterwards


def test_after_a_fault_means_after_its_last_firing() -> None:
    """Two confirmations are lost before the drop may come."""
    lost = armed(lose("request", nth=[1, 3], name="lost"), "lost")
    after = armed(drop("reset", after="lost"))
    opened = []
    for _ in range(4):
        strikes(lost, PUSHED, [lost])
        opened.append(is_open(after, 10.0, [lost, after]))
    assert opened == [False, False, True, True]


@pytest.mark.parametrize(("fault", "firings"), [
    (lose("request"), 1), (lose("request", times=3), 3), (lose("request", nth=2), 2), (damage("cut", nth=[1, 4]), 4),
])  # fmt: skip
def test_fault_is_spent_with_its_last_firing(fault: Fault, firings: int) -> None:
    """One without an end counts as soon as it has fired; a disarmed one has fired its last."""
    one = armed(fault)
    spent = []
    for _ in range(firings):
        strikes(one, PUSHED, [one])
        spent.append(one.is_spent)
    assert spent == [False] * (firings - 1) + [True]


def test_disarmed_fault_is_spent_if_it_ever_fired() -> None:
    """What waits for it need not wait any more."""
    one = armed(lose("request", times=5))
    one.disarmed = True
    assert not one.is_spent
    one.fired = 1
    assert one.is_spent
    assert not strikes(one, PUSHED, [one])


@given(st.integers(0, 50), st.sampled_from([0.1, 0.5, 0.9]))
def test_share_is_a_chance_with_a_seed(seed: int, share: float) -> None:
    """The same seed strikes the same messages, and about as many as it should."""
    found = [struck(armed(lose("request", share=share), seed=seed), [PUSHED] * 400) for _ in range(2)]
    assert found[0] == found[1]
    assert abs(len(found[0]) - 400 * share) < 60


def test_share_of_all_strikes_all() -> None:
    """A chance of one is none."""
    assert struck(armed(lose("request", share=1.0)), [PUSHED] * 5) == [1, 2, 3, 4, 5]
