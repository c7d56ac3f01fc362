"""``mockpilot judge``: an old recording judged by today's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from mockpilot.errors import UsageError


@click.command()
@click.argument("traces", nargs=-1, required=True, type=click.Path(path_type=Path))
def judge(traces: tuple[Path, ...]) -> int:
    """Apply today's rules to recorded traces, or to all of a run folder; exit status 1 if one fails."""
    from mockpilot.conformance.levels import Outcome
    from mockpilot.conformance.verdict import judge as judge_history
    from mockpilot.history.trace import from_lines
    from mockpilot.report.text import scenario_line
    from mockpilot.report.time_mode import REAL, time_of, time_words
    from mockpilot.results import scenario_result

    failed = False
    for trace in _spread(traces):
        try:
            history = from_lines(trace.read_bytes(), str(trace))
        except OSError as error:
            raise UsageError(f"{trace}: the trace of a scenario is expected: {error.strerror}") from error
        verdict = judge_history(history)
        click.echo(scenario_line(scenario_result(trace.stem, verdict, history, duration_s=history.end - history[0].at)))
        if (mode := time_of(history)) != REAL:
            click.echo(f"    {time_words(mode)}: what came late, too often or not at all is a remark")
        for finding in verdict.findings:
            click.echo(f"    {finding.rule}: {finding.message or finding.observed}")
        failed |= verdict.outcome is Outcome.FAILED
    return 1 if failed else 0


def _spread(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        found = sorted((path / "traces").glob("*.jsonl")) if path.is_dir() else [path]
        if not found:
            raise UsageError(f"{path}: traces/*.jsonl of a run are expected in that folder")
        yield from found
