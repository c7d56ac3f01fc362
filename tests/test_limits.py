"""The limits of this tool."""

from __future__ import annotations

import pytest

from mockpilot.limits import LIMIT_NAMES, SAFE_FLOORS, Limits, short_limits


def test_defaults_are_not_short() -> None:
    """What real products get judges the product, not the machine."""
    assert short_limits(Limits(), 15.0) == ()


def test_floors_name_limits_and_lie_below_the_defaults() -> None:
    """A floor of nothing, or above the default, would be a mistake of ours."""
    values = Limits().as_seconds()
    assert set(SAFE_FLOORS) <= set(LIMIT_NAMES) == set(values)
    assert all(0 < floor <= values[name] for name, floor in SAFE_FLOORS.items())


def test_short_limits_names_those_below_their_floor() -> None:
    """In the order of the limits; a push interval makes silence long."""
    short = Limits().with_changes({"confirm_within": 1.9, "hold": 0.5, "reconnect_within": 10.0,
    "silence_within": 149.0})
    assert short_limits(short, 15.0) == ("hold", "confirm_within", "silence_within")
    assert short_limits(short, 14.9) == ("hold", "confirm_within")


def test_with_changes_refuses_what_is_no_limit() -> None:
    """The first name that is unknown is named, and the limits stay as they were."""
    limits = Limits()
    with pytest.raises(KeyError, match="patience"):
        limits.with_changes({"hold": 1.0, "patience": 1.0})
    assert limits == Limits()
    assert limits.with_changes({"hold": 1.0}).hold == 1.0
