"""How often the CMS pushes, learnt from the pushes, and when its silence has lasted too long."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass, field

MISSED_PUSHES = 3
SILENCE_FLOOR_S = 5.0
"""However fast the pushes are: a CMS that is busy for a moment is not gone."""
_ENOUGH = 3


@dataclass(slots=True)
class Rhythm:
    """The gaps between pushes, over all links."""

    first_guess_s: float
    """Never taken for shorter: a burst of pushes isn't a new rhythm."""
    _gaps: deque[float] = field(default_factory=lambda: deque(maxlen=5))
    _last: float | None = None

    def link_opened(self) -> None:
        """A new link: the gap to the last push of the old one means nothing."""
        self._last = None

    def pushed(self, now: float) -> None:
        """A push came at ``now``."""
        if self._last is not None:
            self._gaps.append(now - self._last)
        self._last = now

    def silence_after(self) -> float:
        """Seconds without a push after which the CMS counts as gone."""
        observed = statistics.median(self._gaps) if len(self._gaps) >= _ENOUGH else 0.0
        return max(MISSED_PUSHES * max(self.first_guess_s, observed), SILENCE_FLOOR_S)
