"""How long is long enough: deadlines that grow by our own stalls, and the guard for frames in flight."""

from __future__ import annotations

from collections.abc import Sequence

from mockpilot.history.events import Stalled

MAX_CLOUD_S = 5.0
"""A window in which we ourselves stalled longer than that decides nothing."""

ROUNDING_S = 1e-4
"""More than the recorder takes from times by rounding them."""


class Waiting:
    """Deadlines of one recording.

    Args:
        stalls: what our own heartbeat missed.
        own_stall_s: lateness up to this is ordinary.
        ends_at: when the observation ended.
    """

    def __init__(self, stalls: Sequence[Stalled], own_stall_s: float, ends_at: float) -> None:
        late = [stall for stall in stalls if stall.late_s > own_stall_s]
        self._windows = [(stall.at - stall.late_s, stall.at) for stall in late]
        self.ends_at = ends_at

    def stalled_s(self, start: float, end: float) -> float:
        """How long we stalled between two times, in seconds."""
        return sum(max(0.0, min(end, to) - max(start, begun)) for begun, to in self._windows)

    def clouded(self, start: float, end: float) -> bool:
        """Whether we stalled so long between two times that nothing can be said of pace."""
        return self.stalled_s(start, end) > MAX_CLOUD_S

    def piled_up(self, start: float, end: float) -> bool:
        """Whether what we read between two times may have come long before, for we had just stalled."""
        return self.clouded(start - 2 * MAX_CLOUD_S, end)

    def deadline(self, start: float, within_s: float) -> float:
        """When patience ends that began at ``start``."""
        deadline, grown = start + within_s, -1.0
        while (stalled := self.stalled_s(start, deadline)) > grown:
            grown, deadline = stalled, start + within_s + stalled
        return deadline

    def lasted(self, start: float, end: float, within_s: float) -> bool:
        """Whether somebody waited so long between two recorded times, give or take their rounding."""
        return end - start >= within_s - ROUNDING_S

    def ran_out(self, start: float, within_s: float, until: float | None = None) -> bool | None:
        """Whether the deadline passed before ``until`` and before the end; None if our own stalls forbid to say."""
        deadline = self.deadline(start, within_s)
        if deadline >= min(self.ends_at, self.ends_at if until is None else until):
            return False
        return None if self.clouded(start, deadline) else True
