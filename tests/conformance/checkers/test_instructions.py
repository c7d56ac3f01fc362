"""chargingInstruction, judged from made recordings."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.playbook import LISTS, Play, entry
from mockpilot.conformance.levels import Level
from mockpilot.history import events as ev

FITS = "requests.instruction-fits"


def told(name: str, instruction: str, soc: float = 80) -> dict[str, Any]:
    """An entry with an instruction."""
    return entry(name, soc=soc) | {"chargingInstruction": instruction}


def known() -> Play:
    """A confirmed list of one entry."""
    return Play().exchange().asks(entry("a")).takes().pushed()


@pytest.mark.parametrize("one", [
    told("a", "Normal"), told("a", "Changed", 60), told("a", "Changed"), told("a", "Terminate"), told("b", "Normal"),
])  # fmt: skip
def test_instruction_that_fits_holds(one: dict[str, Any]) -> None:
    """Normal for what is new or as it was, the others for what is known."""
    play = known().asks(one).takes()
    assert play.held(FITS)
    assert FITS not in play.complaints()


@pytest.mark.parametrize("entries", [
    (told("a", "Normal", 60),), (entry("a"), told("b", "Changed")), (entry("a"), told("b", "Terminate")),
])  # fmt: skip
def test_instruction_that_does_not_fit_is_a_warning(entries: tuple[dict[str, Any], ...]) -> None:
    """Normal with other values, or speaking of what nobody knows."""
    assert known().asks(*entries).takes().convicted_of(FITS).level is Level.SHOULD


def test_time_written_otherwise_is_no_change() -> None:
    """Instants are compared."""
    same = told("a", "Normal")
    stamp = same["chargingRequestData"]["requestedTimeForDeparture"]
    same["chargingRequestData"]["requestedTimeForDeparture"] = stamp.replace("Z", "+00:00")
    assert known().asks(same).takes().held(FITS)


def test_first_list_may_speak_to_an_older_cms() -> None:
    """What that one was told nobody here can know: a remark."""
    play = Play().exchange().asks(told("a", "Changed")).takes()
    assert play.convicted_of(FITS).level is Level.MAY
    assert not play.complaints()


def test_normal_after_a_lost_answer_is_free() -> None:
    """The CMS may hold anything."""
    play = known().asks(told("a", "Changed", 60)).loses_confirmation().wait(1).asks(told("a", "Normal", 60)).takes()
    assert not play.complaints()


def test_normal_after_a_refused_list_is_free() -> None:
    """Nobody can know whether it was carried out."""
    play = known().asks(entry("a", soc=60), message_id="00000000-0000-4000-8000-000000000900")
    play.hands(3, LISTS, {"message": "no"}, "00000000-0000-4000-8000-000000000900")
    play.wait(1).asks(told("a", "Normal", 70)).takes()
    assert FITS not in play.complaints()


def test_cms_that_forgot_knows_nothing_to_compare_with() -> None:
    """Normal and Changed are both right afterwards."""
    play = known().line(ev.DepotChanged(what="requests forgotten")).asks(told("a", "Normal", 60)).takes()
    assert not play.complaints()


def test_list_without_instructions_is_no_occasion() -> None:
    """The CMS compares by itself."""
    assert not known().asks(entry("a", soc=60)).takes().exercised(FITS)


def test_version_without_instructions_has_a_rule_of_its_own() -> None:
    """In 2.0 any instruction is wrong."""
    play = Play(dialect="vdv-2.0-rc1").exchange().asks(told("a", "Changed")).takes()
    assert not play.exercised(FITS)


def test_normal_after_an_answer_that_may_never_have_come_is_right() -> None:
    """It was handed just before the link broke, so the list counts as unconfirmed."""
    play = Play().exchange().asks(told("a", "Normal")).takes().ended("us").wait(5).exchange()
    assert FITS not in play.asks(told("a", "Normal", 60)).takes().complaints()
