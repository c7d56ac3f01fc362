"""What a scenario is: a coroutine that provokes and asserts nothing, and the record that describes it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockpilot.durations import parse_duration
from mockpilot.errors import ScenarioError
from mockpilot.limits import LIMIT_NAMES, Limits
from mockpilot.protocol.vocabulary import DIALECTS

if TYPE_CHECKING:
    from mockpilot.scenario.stage import Stage

GROUPS = ("Connecting", "Booting", "Information", "Requests", "Losing the link", "Refusing")
"""Groups in the order of the catalogue: polite scenarios first, refusing ones last."""

NEEDS = ("requests", "provoking", "ca key", "subprotocol")
"""What a scenario can need: a product that sends lists, steps in it, the key of the CA, a subprotocol that the product
offers."""

Script = Callable[["Stage"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One provocation."""

    name: str
    what_the_cms_does: str
    what_the_presystem_must_do: str
    exercises: tuple[str, ...]
    """Requirement ids that it claims: not exercised means inconclusive."""
    group: str
    needs: tuple[str, ...]
    typical_s: float
    """Against a presystem that does everything at once."""
    bounded_by: tuple[str, ...]
    """Limits whose sum bounds how long it can take."""
    script: Script = field(repr=False)
    also: tuple[str, ...] = ()
    """Requirement ids that it puts to the test where the product gives occasion; claimed by nobody."""
    dialects: tuple[str, ...] = ()
    """Where it can be played at all; empty: everywhere."""
    since: str = "1"
    """First version of the catalogue that had it."""
    lasts_s: float = 0.0
    """How long it may take beside those limits."""

    def worst_s(self, limits: Limits) -> float:
        """Seconds that it can take with these limits, connecting and settling included."""
        values = limits.as_seconds()
        bounds = sum(values[name] for name in self.bounded_by)
        return values["connect_within"] + values["confirm_within"] + bounds + self.lasts_s


def scenario(
    *,
    exercises: Sequence[str],
    group: str,
    also: Sequence[str] = (),
    needs: Sequence[str] = (),
    typical: str = "5 s",
    bounded_by: Sequence[str] = (),
    dialects: Sequence[str] = (),
) -> Callable[[Script], Scenario]:
    """Make a coroutine a scenario; its docstring has two parts: what the CMS does, what a presystem must do.

    Args:
        exercises: requirement ids that it claims.
        also: requirement ids that it exercises where the product gives occasion.
        group: one of ``GROUPS``.
        needs: of ``NEEDS``.
        typical: how long it usually takes, as a duration.
        bounded_by: names of the limits that it may have to wait out; one may stand there twice.
        dialects: where it can be played, if not everywhere.
    """

    def describe(script: Script) -> Scenario:
        name = script.__name__
        does, _, duty = inspect.cleandoc(script.__doc__ or "").partition("\n\n")
        if not does or not duty:
            raise ScenarioError(
                f"scenario {name}: a docstring of two parts is expected: what the CMS does, an empty line, "
                f"what a conforming presystem must do"
            )
        _check(name, "group", [group], GROUPS)
        _check(name, "needs", needs, NEEDS)
        _check(name, "bounded_by", bounded_by, LIMIT_NAMES)
        _check(name, "dialects", dialects, tuple(DIALECTS))
        return Scenario(
            name, _one_line(does), _one_line(duty), tuple(exercises), group, tuple(needs),
            parse_duration(typical), tuple(bounded_by), script, tuple(also), tuple(dialects),
        )  # fmt: skip

    return describe


def _check(name: str, what: str, found: Sequence[str], known: Sequence[str]) -> None:
    for value in found:
        if value not in known:
            raise ScenarioError(f"scenario {name}: {what} is of {', '.join(known)}; found {value!r}")


def _one_line(text: str) -> str:
    return " ".join(text.split())
