"""What a test may wish of its CMS, by names and plain values, checked when they are made. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from mockpilot.durations import parse_duration
from mockpilot.errors import UsageError
from mockpilot.likeness import guess

SLOWEST, FASTEST = 0.0, 1000.0
"""Between these a scaled clock makes sense."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The settings of one CMS in a test; what is None is left to the profile."""

    dialect: str | None = None
    push_interval: str | float | None = None
    """A duration such as ``400 ms``, or seconds."""
    time: str = "real"
    """``real``, ``scaled:N`` or ``manual``."""
    seed: int | None = None
    """None: another one each time, and nothing is meant to be the same twice."""
    scenario: str | None = None
    """A catalogue scenario, played from the first moment on."""
    judge: bool = True
    """Whether what the product did wrong fails the test at the end."""

    def __post_init__(self) -> None:
        factor_of(self.time)
        if self.seed is not None and type(self.seed) is not int:
            raise UsageError(f"seed: a whole number is expected, found {self.seed!r}")
        if self.push_interval is not None and not self.push_interval_s:
            raise UsageError(f"push_interval: a duration above zero is expected, found {self.push_interval!r}")

    @property
    def push_interval_s(self) -> float | None:
        """Seconds between pushes."""
        if not isinstance(self.push_interval, str):
            return max(0.0, float(self.push_interval)) if self.push_interval is not None else None
        try:
            return parse_duration(self.push_interval)
        except ValueError as error:
            raise UsageError(f"push_interval: {error}") from error

    def changed(self, wishes: Mapping[str, Any]) -> Wishes:
        """These wishes with some others.

        Raises:
            UsageError: there is no such wish.
        """
        for name in wishes:
            if name not in NAMES:
                expected = f"mockpilot: one of {', '.join(NAMES)} is expected"
                raise UsageError(f"{expected}, found {name!r}{guess(name, NAMES)}")
        return replace(self, **wishes)


NAMES = tuple(field.name for field in fields(Wishes))


def factor_of(time: str) -> float | None:
    """How many times as fast as real time the CMS lives; None: its time stands still until it is moved.

    Raises:
        UsageError: it is no time mode.
    """
    if time in ("real", "manual"):
        return 1.0 if time == "real" else None
    kind, _, number = str(time).partition(":")
    try:
        factor = float(number) if kind == "scaled" else 0.0
    except ValueError:
        factor = 0.0
    if not SLOWEST < factor <= FASTEST:
        raise UsageError(f"time: 'real', 'manual' or 'scaled:N' with N up to {FASTEST:g} is expected, found {time!r}")
    return factor
