"""Whatever a CMS may push can be read."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from example_project.depot_app.parsing import points_of
from mockpilot.testing import strategies

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None)


@UNHURRIED
@given(payload=strategies.pushes("chargepilot"))
def test_every_push_can_be_read(payload: dict[str, Any], bug: str) -> None:
    """Ids are texts, however many depots there are."""
    assert all(isinstance(point, str) for point in points_of(payload, bug))

