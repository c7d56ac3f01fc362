"""Time stamps of a clock that is off, or writes otherwise."""

from __future__ import annotations

import pytest

from faults.pushes import ALL_DIALECTS, payload
from mockpilot.faults import Fault, clock
from mockpilot.faults.stamping import restamped, restamped_all
from mockpilot.protocol.envelope import Action, MessageType, parse_timestamp
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import Dialect

STAMP = "2031-03-04T17:20:00.250Z"


@pytest.mark.parametrize(("made", "written"), [
    (clock(skew="2 h"), "2031-03-04T19:20:00.250Z"), (clock(skew="-20 min"), "2031-03-04T17:00:00.250Z"),
    (clock(form="seconds"), "2031-03-04T17:20:00Z"), (clock(form="milliseconds"), STAMP),
    (clock(form="offset"), "2031-03-04T17:20:00.250+00:00"),
    (clock(form="nanoseconds"), "2031-03-04T17:20:00.250000000Z"),
])  # fmt: skip
def test_stamp_is_written(made: Fault, written: str) -> None:
    """All of them can be read, and name the instant that the clock shows."""
    assert restamped(made, STAMP) == written
    assert parse_timestamp(written) is not None


def test_texts_that_are_no_stamps_stay() -> None:
    """Ids, names and numbers are not the clock's."""
    value = {"name": "Depot 2031-03-04", "count": 7, "list": ["x", None, True]}
    assert restamped_all(clock(skew=60), value) == value


def test_time_that_we_only_repeat_stays_when_our_clock_is_off() -> None:
    """It is the presystem's; how it is written is ours all the same."""
    value = {"requestedTimeForDeparture": STAMP, "predictedTime": STAMP}
    assert restamped_all(clock(skew="1 h"), value) == {
        "requestedTimeForDeparture": STAMP, "predictedTime": "2031-03-04T18:20:00.250Z"
    }  # fmt: skip
    assert set(restamped_all(clock(form="seconds"), value).values()) == {"2031-03-04T17:20:00Z"}


@pytest.mark.parametrize("dialect", ALL_DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("made", [
    clock(skew="3 h"), clock(form="seconds"), clock(form="offset"), clock(form="nanoseconds"),
])  # fmt: skip
def test_push_with_other_stamps_is_valid(made: Fault, dialect: Dialect) -> None:
    """And differs, since processes tell times."""
    told = restamped_all(made, payload(dialect))
    assert told != payload(dialect)
    assert violations(told, dialect, Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST) == []
