"""How long a scenario usually takes follows the profile's limits and pushes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.limits import Limits
from mockpilot.profile import load_profile
from mockpilot.scenario.usual import usual_s
from rig import PROFILE, catalogue, perform, quick
from running import DEMO

QUICK = load_profile(DEMO)
PUSHES_S = QUICK.cms.push_interval_s


def test_with_the_defaults_it_is_what_the_catalogue_says() -> None:
    """For every scenario."""
    assert [usual_s(one, Limits(), 15.0) for one in catalogue().values()] == pytest.approx(
        [min(one.typical_s, one.worst_s(Limits())) for one in catalogue().values()]
    )


def test_it_is_never_more_than_the_worst() -> None:
    """Nor nothing, with whatever limits."""
    for limits in (Limits(), QUICK.limits):
        assert all(0 < usual_s(one, limits, 15.0) <= one.worst_s(limits) for one in catalogue().values())


def test_the_demo_takes_minutes() -> None:
    """Four to five, as the README shows."""
    assert sum(usual_s(one, QUICK.limits, PUSHES_S) for one in catalogue().values()) == pytest.approx(265, rel=0.1)


@pytest.mark.parametrize("name", [
    "information_burst", "point_renamed", "confirmation_late", "confirmation_missing_for_long", "requests_steady",
    "link_reset", "outage_503", "certificate_expired",
])  # fmt: skip
def test_a_quick_product_takes_about_as_long(name: str) -> None:
    """Give or take a factor of two and two seconds."""
    profile = replace(PROFILE, limits=QUICK.limits, cms=replace(PROFILE.cms, push_interval_s=PUSHES_S))
    history = perform(catalogue()[name], profile=profile, adjust=quick)
    took = history.end - history[0].at
    assert took / 2 - 2 <= usual_s(catalogue()[name], QUICK.limits, PUSHES_S) <= took * 2 + 2


def test_longer_limits_make_no_product_slower() -> None:
    """Only what is waited out in any case lasts longer."""
    slow = Limits().with_changes({"reconnect_within": 3000.0, "open_observe": 1200.0})
    assert usual_s(catalogue()["link_reset"], slow, 15.0) == catalogue()["link_reset"].typical_s
    assert usual_s(catalogue()["confirmation_missing_for_long"], slow, 15.0) > 1000
