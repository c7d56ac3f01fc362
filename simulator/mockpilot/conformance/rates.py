"""Whether a look at something that may come too often was long enough to clear it. Knows no rule."""

from __future__ import annotations

from mockpilot.conformance.waiting import ROUNDING_S

MINUTE_S = 60.0


def shows_calm(count: int, watched_s: float, a_minute: int) -> bool:
    """Whether so many in so many seconds show that no more than ``a_minute`` come in a minute.

    A whole minute shows it by itself. A shorter look does if a steady pace beyond the limit would have shown one more.
    """
    watched_s += ROUNDING_S
    return watched_s >= MINUTE_S or count + 1 <= a_minute * watched_s / MINUTE_S
