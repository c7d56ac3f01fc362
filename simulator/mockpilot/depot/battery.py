"""What a traction battery takes: full power up to 80 %, then less and less, down to a tenth at 100 %.

Pure arithmetic on kW, percent and kWh. Knows nothing of points, plans or time.
"""

from __future__ import annotations

TAPER_PERCENT = 80.0
"""From here on the battery takes less."""
LAST_SHARE = 0.1
"""What is left of the full power at 100 %."""

TAPER_PER_PERCENT = (1.0 - LAST_SHARE) / (100.0 - TAPER_PERCENT)
"""Share of the full power that is lost with each percent above."""


def percent_per_kws(usable_kwh: float) -> float:
    """By how many percent one kW raises the state of charge in one second."""
    return 100.0 / (usable_kwh * 3600.0)
