"""Outages, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

RETURNS, COMES = "link.returns-after-outage", "requests.change-comes-after-outage"
A, B = entry("a"), entry("b")


def outage(do: str = "refuse", status: int = 503, **how: Any) -> Play:
    """A link is lost, and two attempts are refused."""
    play = Play().exchange().ended("us")
    parameters: dict[str, Any] = {"how": "http", "status": status} | how
    play.armed("refused", do, **parameters)
    for _ in range(2):
        play.wait(15).refused(status)
    return play.wait(15).line(ev.FaultDisarmed(name="refused", do=do))


def test_coming_back_holds() -> None:
    """An attempt is enough."""
    assert outage().wait(290).tls().held(RETURNS)


def test_coming_back_in_the_same_burst_holds() -> None:
    """Who tries again at once gets in right after the last refusal."""
    play = Play().exchange().ended("us").armed("refused", "refuse", how="http", status=503)
    for _ in range(3):
        play.wait(0.05).refused()
    assert play.line(ev.FaultDisarmed(name="refused", do="refuse")).wait(0.05).connect().boot().held(RETURNS)


def test_attempt_under_way_when_the_outage_ended_is_a_return() -> None:
    """It was accepted before, and opened after."""
    play = Play().exchange().ended("us").armed("refused", "refuse", how="http", status=503)
    play.wait(15).refused().wait(15).tls().line(ev.FaultDisarmed(name="refused", do="refuse"))
    assert play.upgrade().boot().held(RETURNS)


@pytest.mark.parametrize(("status", "level"), [(503, Level.MUST), (500, Level.MUST), (404, Level.SHOULD)])
def test_giving_up_is_convicted(status: int, level: Level) -> None:
    """A must after what busy servers answer; stock loops give up on others."""
    assert outage(status=status).wait(380).convicted_of(RETURNS).level is level


def test_giving_up_after_bad_certificates_is_a_warning() -> None:
    """Nobody healthy shows them."""
    play = Play().exchange().closed().armed("bad", "certificate", kind="expired")
    play.tls("expired").ended("product", sent=0).wait(15).line(ev.FaultDisarmed(name="bad", do="certificate"))
    assert play.wait(380).convicted_of(RETURNS).level is Level.SHOULD


def alien() -> Play:
    """An attempt is answered with a subprotocol that nobody offered, and given up."""
    play = Play().exchange().closed().armed("alien", "refuse", how="alien-subprotocol")
    play.tls().upgrade(fault="alien").ended("product").wait(15)
    return play.line(ev.FaultDisarmed(name="alien", do="refuse"))


def test_giving_up_after_an_alien_subprotocol_is_a_warning() -> None:
    """A 101 that must be refused is no way in."""
    assert alien().wait(380).convicted_of(RETURNS).level is Level.SHOULD
    assert alien().wait(200).connect().boot().held(RETURNS)


@pytest.mark.parametrize("status", [401, 403])
def test_staying_away_after_a_refused_login_is_right(status: int) -> None:
    """Coming back is not owed."""
    assert not outage(status=status).wait(400).exercised(RETURNS)


def test_longest_back_off_is_not_over_yet() -> None:
    """A quarter longer than the limit, for jitter."""
    assert not outage().wait(340).exercised(RETURNS)


def test_product_that_is_gone_does_not_return() -> None:
    """It does not run."""
    assert not outage().line(ev.ProductExited(status=0, by_us=False)).wait(400).exercised(RETURNS)


def test_without_an_attempt_during_the_outage_another_rule_asks() -> None:
    """Whoever never tried has not come back at all."""
    play = Play().exchange().ended("us").armed("refused", "refuse", how="http", status=503).wait(60)
    play.line(ev.FaultDisarmed(name="refused", do="refuse")).wait(400)
    assert play.musts() == {"link.reconnects"}
    assert not play.exercised(RETURNS)


# -- what changed meanwhile ----------------------------------------------------------------------------------------


def offline() -> Play:
    """A request is created while no link is up."""
    return Play().exchange().asks(A).takes().pushed().ended("us").step("create-request").wait(10).exchange()


def test_change_in_the_next_list_holds() -> None:
    """However late."""
    assert offline().pushed(2).asks(A, B).takes().held(COMES)


def test_change_that_never_comes_is_convicted() -> None:
    """Not on the second link either."""
    play = offline().pushed(6).closed().exchange().pushed(6)
    assert play.convicted_of(COMES).level is Level.MUST
    assert play.complaints() == {COMES}


def test_lists_without_the_change_do_not_make_up_for_it() -> None:
    """It is the new request that is missing."""
    play = offline().asks(A).takes().pushed(6).closed().exchange().asks(A).takes().pushed(6)
    assert "2 lists without it" in play.convicted_of(COMES).observed


def test_change_before_the_second_chance_decides_nothing() -> None:
    """One link is not enough."""
    assert not offline().pushed(9).exercised(COMES)


def test_cancelled_change_need_not_come() -> None:
    """It was taken back."""
    play = offline().step("cancel-request").pushed(6).closed().exchange().pushed(6)
    assert not play.exercised(COMES)


def test_change_on_a_link_is_another_matter() -> None:
    """A list was owed there and then."""
    play = Play().exchange().asks(A).takes().step("create-request").pushed(9).closed().exchange().pushed(6)
    assert not play.exercised(COMES)


def test_list_that_was_dropped_unread_counts_as_offline() -> None:
    """Sent, but never read."""
    play = Play().exchange().asks(A).takes().pushed().step("create-request").asks(A, B, unread=True).ended("us")
    assert play.exchange().pushed(6).closed().exchange().pushed(6).convicted_of(COMES).level is Level.MUST


def test_nothing_is_owed_by_a_product_that_never_sent_a_list() -> None:
    """There may be no way from steps to lists."""
    play = Play().exchange().pushed().ended("us").step("create-request").wait(10).exchange()
    assert not play.pushed(6).closed().exchange().pushed(6).exercised(COMES)


# -- values that changed meanwhile ---------------------------------------------------------------------------------


def charged_to(soc: float) -> dict[str, Any]:
    """The request with this target."""
    return entry("a", soc=soc)


def changed_offline(*controls: float) -> Play:
    """A request is changed on a live link, to each of these values, and once more while no link is up."""
    play = Play().exchange().asks(charged_to(60)).takes()
    for soc in controls:
        play.step("change-request", request="a").asks(charged_to(soc)).takes()
    return play.pushed().ended("us").step("change-request", request="a").wait(10).exchange()


def told_on_two_links(play: Play, *soc: float) -> Play:
    """A list with these values, if any, on this link and on the next."""
    for value in soc:
        play.asks(charged_to(value)).takes()
    play.pushed(6).closed().exchange()
    for value in soc:
        play.asks(charged_to(value)).takes()
    return play.pushed(6)


def test_other_values_in_the_next_list_hold() -> None:
    """On whatever link."""
    assert changed_offline(65, 70).pushed(2).asks(charged_to(75)).takes().held(COMES)


@pytest.mark.parametrize(("listed", "observed"), [((), "no list"), ((70,), "2 lists with the old values")])
def test_values_that_never_come_are_convicted(listed: tuple[float, ...], observed: str) -> None:
    """Not on the second link either."""
    play = told_on_two_links(changed_offline(65, 70), *listed)
    found = play.convicted_of(COMES)
    assert (found.level, found.observed) == (Level.MUST, observed)
    assert play.complaints() == {COMES}


@pytest.mark.parametrize("controls", [(), (80,), (80, 80), (60, 65)])
def test_command_that_may_change_nothing_decides_nothing(controls: tuple[float, ...]) -> None:
    """One that sets a value changes it once at most, and two changes that were seen are asked for."""
    assert not told_on_two_links(changed_offline(*controls)).exercised(COMES)


def test_values_that_went_round_decide_nothing() -> None:
    """After several changes they may be the old ones."""
    play = changed_offline(65, 70).step("change-request", request="a")
    assert not told_on_two_links(play).exercised(COMES)


@pytest.mark.parametrize("listed", [(60,), (65,), (70, 65)])
def test_values_of_an_older_list_decide_nothing(listed: tuple[float, ...]) -> None:
    """It may have been sent again, and nothing was changed."""
    play = told_on_two_links(changed_offline(65, 70), *listed)
    assert COMES not in play.complaints()
    assert not play.exercised(COMES)


def test_new_values_after_those_of_an_older_list_hold() -> None:
    """The change came."""
    assert told_on_two_links(changed_offline(65, 70), 65, 75).held(COMES)


def test_values_that_come_back_with_each_second_change_hold() -> None:
    """Some commands go to and fro."""
    assert told_on_two_links(changed_offline(65, 60), 65).held(COMES)


def test_old_values_before_the_second_chance_decide_nothing() -> None:
    """One link is not enough."""
    assert not changed_offline(65, 70).asks(charged_to(70)).takes().pushed(9).exercised(COMES)


def test_change_of_what_is_cancelled_need_not_come() -> None:
    """It was taken back."""
    play = changed_offline(65, 70).step("cancel-request", request="a")
    assert not told_on_two_links(play).exercised(COMES)


def test_list_that_was_not_confirmed_before_is_another_matter() -> None:
    """It has to come again in any case."""
    play = Play().exchange().asks(charged_to(60)).takes()
    for soc in (65, 70):
        play.step("change-request", request="a").asks(charged_to(soc))
    play.loses_confirmation().pushed().ended("us").step("change-request", request="a").wait(10).exchange()
    assert not told_on_two_links(play).exercised(COMES)
