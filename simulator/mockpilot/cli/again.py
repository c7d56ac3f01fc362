"""``mockpilot report`` and ``mockpilot judge``: an old run rendered again, an old recording judged by today's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from mockpilot.errors import UsageError


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
def report(run: Path) -> int:
    """Render the pages of a run folder again, from what lies in it; finished or not."""
    from mockpilot.certification.run_folder import RunFolder
    from mockpilot.report.html import About, render_html
    from mockpilot.report.markdown import render_markdown
    from mockpilot.report.text import render_text
    from mockpilot.scenario.catalogue import load_catalogue

    folder = RunFolder(run)
    result = folder.result()
    about = {
        one.name: About(one.what_the_cms_does, one.what_the_presystem_must_do) for one in load_catalogue(()).values()
    }
    page = render_html(result, folder.histories(result), about=about, profile=folder.profile())
    folder.write_pages(render_markdown(result), page)
    click.echo(render_text(result, report=str(run / "report.html")))
    return 0


@click.command()
@click.argument("traces", nargs=-1, required=True, type=click.Path(path_type=Path))
def judge(traces: tuple[Path, ...]) -> int:
    """Apply today's rules to recorded traces, or to all of a run folder; exit status 1 if one fails."""
    from mockpilot.conformance.levels import Outcome
    from mockpilot.conformance.verdict import judge as judge_history
    from mockpilot.history.trace import from_lines
    from mockpilot.report.text import scenario_line
    from mockpilot.results import scenario_result

    failed = False
    for trace in _spread(traces):
        try:
            history = from_lines(trace.read_bytes(), str(trace))
        except OSError as error:
            raise UsageError(f"{trace}: the trace of a scenario is expected: {error.strerror}") from error
        verdict = judge_history(history)
        click.echo(scenario_line(scenario_result(trace.stem, verdict, history, duration_s=history.end - history[0].at)))
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
