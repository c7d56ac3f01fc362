"""What scenarios ask of the depot."""

from __future__ import annotations

import pytest

from depot.made import DEPOT, NOW, request
from mockpilot.depot.site import Site
from mockpilot.scenario.places import real_point_of


@pytest.mark.parametrize(("bound", "point"), [
    ({"chargingPointId": "p2"}, "p2"), ({}, ""), ({"chargingPointId": "d/0/0"}, ""), ({"chargingPointId": "gone"}, ""),
])  # fmt: skip
def test_default_point_is_no_point_that_a_request_is_bound_to(bound: dict[str, str], point: str) -> None:
    """It stands in every push: no scenario may take it away, and nobody is plugged in there."""
    assert real_point_of(request(**bound), Site(DEPOT, NOW)) == point
