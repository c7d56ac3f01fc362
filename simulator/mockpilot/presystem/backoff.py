"""How long to wait before the next attempt; pure arithmetic, chance comes in as a number."""

from __future__ import annotations

from dataclasses import dataclass

_ENOUGH_DOUBLINGS = 40


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that start at ``first_s``, double, and end at ``cap_s``."""

    first_s: float
    cap_s: float
    jitter: float = 0.2
    """Share by which a pause may be shorter or longer, so that a fleet doesn't come back as one."""

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds to wait after failure number ``attempt`` (0 is the first); ``chance`` lies between 0 and 1."""
        doubled: float = self.first_s * 2 ** min(attempt, _ENOUGH_DOUBLINGS)
        swing = 1 + self.jitter * (2 * chance - 1)
        return min(min(doubled, self.cap_s) * swing, self.cap_s)
