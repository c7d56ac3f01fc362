"""The power of one vehicle over time, piece by piece, and all that follows from it at any moment.

Every piece has constant power, so state of charge and energy are known exactly wherever one looks, however often. Times
are seconds after the depot's start; the last piece has no power and no end. Decides nothing: ``sharing`` makes curves.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

WH_PER_KWS = 1000.0 / 3600.0


class Curve:
    """Parallel lists, one item per piece: when it begins, what flows during it, what there is when it begins."""

    __slots__ = ("at", "charging_kw", "hvac_kw", "rate", "soc", "systems_kw", "wh")

    def __init__(self, begins: float, soc_percent: float) -> None:
        self.at = [begins]
        self.charging_kw = [0.0]
        self.rate = [0.0]
        """Percent per second."""
        self.soc = [soc_percent]
        self.wh = [0.0]
        """Through the meter since the curve began."""
        self.hvac_kw: list[float] = []
        """Empty without preconditioning, like the next."""
        self.systems_kw: list[float] = []

    def add(self, at: float, kw: float, rate: float, soc: float) -> None:
        """Begin a piece of charging where the last one ends."""
        last = len(self.at) - 1
        self.wh.append(self.wh[last] + self.charging_kw[last] * (at - self.at[last]) * WH_PER_KWS)
        self.at.append(at)
        self.charging_kw.append(kw)
        self.rate.append(rate)
        self.soc.append(soc)

    def piece_at(self, at: float) -> int:
        """Number of the piece at a time, 0 before the first."""
        return max(bisect_right(self.at, at) - 1, 0)

    def soc_at(self, at: float) -> float:
        """State of charge in percent."""
        piece = self.piece_at(at)
        soc = self.soc[piece] + self.rate[piece] * max(at - self.at[piece], 0.0)
        return min(soc, self.soc[piece + 1]) if piece + 1 < len(self.soc) else soc

    def last_soc(self) -> float:
        """State of charge when everything is over."""
        return self.soc[-1]

    def reaches(self, soc_percent: float) -> float:
        """When a state of charge is reached: the beginning if it is there from the start, infinity if never."""
        after = bisect_left(self.soc, soc_percent)
        if after == 0:
            return self.at[0]
        if after == len(self.soc):
            return math.inf
        before = after - 1
        if not self.rate[before]:  # a rise too small to take any time
            return self.at[after]
        return min(self.at[before] + (soc_percent - self.soc[before]) / self.rate[before], self.at[after])

    def warm(self, spans: Iterable[tuple[float, float, float, float]]) -> None:
        """Lay preconditioning over the curve: from, until, kW for hvac, kW for systems, in their order."""
        spans = tuple(spans)
        if not spans:
            return
        cuts = sorted({edge for span in spans for edge in span[:2] if edge > self.at[0]}.union(self.at))
        pieces = [self.piece_at(cut) for cut in cuts]
        heat = [_heat(spans, cut) for cut in cuts]
        socs = [self.soc_at(cut) for cut in cuts]
        self.charging_kw = [self.charging_kw[piece] for piece in pieces]
        self.rate = [self.rate[piece] for piece in pieces]
        self.at, self.soc = cuts, socs
        self.hvac_kw, self.systems_kw = [hvac for hvac, _ in heat], [systems for _, systems in heat]
        self._meter()

    def _meter(self) -> None:
        self.wh = [0.0]
        for piece in range(len(self.at) - 1):
            kw = self.charging_kw[piece] + self.hvac_kw[piece] + self.systems_kw[piece]
            self.wh.append(self.wh[piece] + kw * (self.at[piece + 1] - self.at[piece]) * WH_PER_KWS)


def _heat(spans: Iterable[tuple[float, float, float, float]], at: float) -> tuple[float, float]:
    for begins, ends, hvac_kw, systems_kw in spans:
        if begins <= at < ends:
            return hvac_kw, systems_kw
    return 0.0, 0.0
