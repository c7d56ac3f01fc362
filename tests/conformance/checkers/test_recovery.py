"""Getting stuck or not, judged from made recordings."""

from __future__ import annotations

import pytest

from conformance.playbook import LISTS, PUSHES, Play, entry, information
from mockpilot.conformance.levels import Level

LATE, SECOND = "link.survives-late-confirmation", "link.survives-second-confirmation"
ERROR, MALFORMED = "requests.survives-error-answer", "link.survives-malformed-messages"
EARLY = "boot.survives-early-push"
BACK = "link.reconnects"


def late(verb: str = "delay") -> Play:
    """A list whose confirmation comes late, or twice."""
    play = Play().armed("odd", verb).exchange().asks(entry("a"))
    if verb == "repeat":
        play.takes()
    return play.wait(20).confirms_list("odd")


def refused(**payload: object) -> Play:
    """A list that a fault refuses."""
    play = Play().armed("odd", "answer").exchange().asks(entry("a"))
    return play.hands(3, LISTS, payload or {"message": "no"}, play._asked, "odd")


def garbled(how: str = "cut") -> Play:
    """A push that a fault damages."""
    play = Play().armed("odd", "damage", how=how).exchange()
    return play.hands_raw('[1,"CMS","depot-7"', "odd")


def stuck(play: Play) -> Play:
    """Four pushes that nobody answers, a polite end, and a next link that is no better."""
    for _ in range(4):
        play.push().wait(16)
    return play.closed().connect().boot().accept().push().wait(16)


UPSET = {LATE: late, SECOND: lambda: late("repeat"), ERROR: refused, MALFORMED: garbled}


@pytest.mark.parametrize("rule", UPSET)
def test_going_on_holds(rule: str) -> None:
    """Pushes are answered as before."""
    assert UPSET[rule]().pushed().held(rule)


@pytest.mark.parametrize("rule", UPSET)
def test_coming_back_holds(rule: str) -> None:
    """Ending the link and starting over is right, too."""
    assert UPSET[rule]().ended("product", "cleanly").exchange().held(rule)


@pytest.mark.parametrize(
    ("rule", "level"), [(LATE, Level.MUST), (SECOND, Level.SHOULD), (ERROR, Level.MUST), (MALFORMED, Level.SHOULD)]
)
def test_standstill_is_convicted_alone(rule: str, level: Level) -> None:
    """Neither this link nor the next shows any answer."""
    play = stuck(UPSET[rule]())
    assert play.convicted_of(rule).level is level
    assert play.complaints() == {rule}


def test_staying_away_is_convicted() -> None:
    """The second chance brings no link at all."""
    play = late()
    for _ in range(4):
        play.push().wait(16)
    assert play.closed().wait(310).musts() == {LATE, BACK}


@pytest.mark.parametrize("rule", UPSET)
def test_standstill_without_a_second_chance_decides_nothing(rule: str) -> None:
    """We never ended the link."""
    play = UPSET[rule]()
    for _ in range(4):
        play.push().wait(16)
    assert not play.exercised(rule)


@pytest.mark.parametrize("rule", UPSET)
def test_recovery_on_the_next_link_decides_nothing(rule: str) -> None:
    """The second chance was taken."""
    play = UPSET[rule]()
    for _ in range(4):
        play.push().wait(16)
    assert not play.closed().exchange().exercised(rule)


@pytest.mark.parametrize("payload", [{"errorMessage": "no"}, {"message": "no", "code": 4711}, {"text": 1}])
def test_getting_stuck_over_another_form_of_error_is_a_warning(payload: dict[str, object]) -> None:
    """Only the dialect's own form has to be read."""
    assert stuck(refused(**payload)).convicted_of(ERROR).level is Level.SHOULD


def test_refusal_that_the_product_brought_about_is_another_matter() -> None:
    """No fault made it, so what follows is not judged here."""
    play = Play().exchange().asks(entry("a"))
    assert not play.hands(3, LISTS, {"message": "no"}, play._asked).pushed().exercised(ERROR)


@pytest.mark.parametrize("how", ["fragments", "split-utf8", "ping-between", "huge", "extra-field", "absurd"])
def test_what_can_be_read_is_not_malformed(how: str) -> None:
    """Other rules ask what becomes of it."""
    play = Play().armed("odd", "damage", how=how).exchange()
    assert not play.hands(1, PUSHES, information(), play.fresh(), "odd").pushed().exercised(MALFORMED)


def test_answer_to_a_garbled_push_is_no_stray() -> None:
    """Whoever reads past the damage may answer, under its id or by an error under any."""
    play = Play().armed("odd", "damage", how="type").exchange()
    push_id = play.fresh()
    play.hands_raw(f'["1","CMS","depot-7","2031-03-04T17:20:00Z","{push_id}","{PUSHES}",{{}}]', "odd")
    play.says(2, PUSHES, {}, push_id).says(3, PUSHES, {"message": "what?"})
    assert not play.pushed().complaints()


def test_hammering_after_a_malformed_message_is_a_warning() -> None:
    """Ending the link over it is right, but not without a pause ever after."""
    play = garbled().ended("product", "cleanly")
    for _ in range(12):
        play.wait(0.1).connect().ended("product", "cleanly")
    assert play.convicted_of(MALFORMED).level is Level.SHOULD


def test_going_on_after_an_early_push_holds() -> None:
    """Answered or not, it does no harm."""
    def early() -> Play:
        return Play().armed("odd", "swap").connect().boot().push(fault="odd")

    assert early().accept(fault="odd").pushed(2).held(EARLY)
    assert early().confirm().accept(fault="odd").pushed(2).held(EARLY)


def test_standstill_after_an_early_push_is_a_warning() -> None:
    """No later push is answered, here or on the next link."""
    play = stuck(Play().armed("odd", "swap").connect().boot().push(fault="odd").accept(fault="odd"))
    assert play.convicted_of(EARLY).level is Level.SHOULD
    assert not play.musts()
