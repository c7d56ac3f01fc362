"""``mockpilot selftest``: mockpilot on trial, in memory and on a virtual clock."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from mockpilot.durations import format_duration
from mockpilot.errors import UsageError

if TYPE_CHECKING:
    from mockpilot.selftest.matrix import Matrix


@click.command()
@click.argument("words", nargs=-1, metavar="[RULE…]")
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="processes  [default: one per core]")
def selftest(words: tuple[str, ...], jobs: int | None) -> int:
    """Play the whole catalogue against conforming presystems and against an offender for each rule.

    RULE (an id, a requirement, or the beginning of one) plays the offenders of those rules alone.
    """
    from mockpilot.selftest.cast import CONFORMING_ROLES, offender
    from mockpilot.selftest.matrix import matrix_of
    from mockpilot.selftest.trial import play_all, plays_of

    rules = _rules(words)
    roles = [*([] if words else CONFORMING_ROLES.values()), *map(offender, rules)]
    plays = plays_of(roles)
    begun = time.monotonic()
    with click.progressbar(play_all(plays, jobs or os.cpu_count() or 1), len(plays), "plays", file=sys.stderr) as some:
        played = list(some)
    matrix = matrix_of(played, rules)
    for line in _lines(matrix):
        click.echo(line)
    click.echo(f"{len(plays)} plays in {format_duration(time.monotonic() - begun)}")
    click.echo(matrix.summary)
    return 1 if matrix.problems else 0


def _rules(words: Sequence[str]) -> list[str]:
    from mockpilot.conformance.rules import RULES

    for word in words:
        if not any(_fits(word, rule) for rule in RULES):
            raise UsageError(f"RULE: a rule or requirement (or the beginning of one) is expected, found {word!r}; "
                             "'mockpilot list rules' names them")  # fmt: skip
    return [rule for rule in RULES if not words or any(_fits(word, rule) for word in words)]


def _fits(word: str, rule: str) -> bool:
    from mockpilot.conformance.rules import RULES

    return rule.startswith(word) or (RULES[rule].requirement or "").startswith(word)


def _lines(matrix: Matrix) -> Iterator[str]:
    from mockpilot.conformance.rules import RULES
    from mockpilot.selftest.cast import level_found

    width = max(len(row.rule) for row in matrix.rows)
    for row in matrix.rows:
        first = ", ".join(row.convicted_by[:3])
        more = f" and {len(row.convicted_by) - 3} more" if len(row.convicted_by) > 3 else ""
        mark = "✓" if row.convicted_by else "✗"
        weight = f"{RULES[row.rule].requirement or '–':<5} {level_found(row.rule):<6}"
        yield f"{mark} {row.rule:<{width}}  {weight}  {first or 'by no scenario'}{more}"
    yield from (f"✗ {problem}" for problem in matrix.problems)
