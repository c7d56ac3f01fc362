"""``mockpilot report``: a run rendered again, from whatever lies in its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockpilot.certification.run_folder import RunFolder
    from mockpilot.history.recorder import History
    from mockpilot.results import RunResult


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--html", "form", flag_value="html", help="report.html on standard output")
@click.option("--junit", "form", flag_value="junit", help="junit.xml on standard output")
@click.option("--markdown", "form", flag_value="markdown", help="summary.md on standard output")
@click.option("--json", "form", flag_value="json", help="result.json on standard output")
def report(run: Path, form: str | None) -> int:
    """Render a run again, finished or killed, from what lies in its folder (or in a ZIP file of it).

    Without an option the pages in the folder are made anew and the summary is shown; with one, nothing is changed.
    A folder of such folders, as tests leave it behind, becomes one report.
    """
    from mockpilot.certification.pages import page, write_pages
    from mockpilot.certification.run_folder import PAGE
    from mockpilot.cli.colours import show
    from mockpilot.report.junit import render_junit
    from mockpilot.report.markdown import render_markdown
    from mockpilot.report.text import render_text
    from mockpilot.results import encode_result

    with _read(run) as (folder, result, histories):
        match form:
            case "html":
                click.echo(page(folder, result, histories), nl=False)
            case "junit":
                click.echo(render_junit(result), nl=False)
            case "markdown":
                click.echo(render_markdown(result), nl=False)
            case "json":
                click.echo(encode_result(result), nl=False)
            case _:
                write_pages(folder, result, histories, ended=False)
                show(render_text(result, report=str(run / PAGE), run=str(run)))
    return 0


@contextmanager
def _read(run: Path) -> Iterator[tuple[RunFolder, RunResult, Mapping[str, History]]]:
    from mockpilot.certification.gathering import gather, is_gathering
    from mockpilot.certification.recovery import read_run
    from mockpilot.certification.run_folder import RunFolder
    from mockpilot.cli.run_argument import opened

    if run.is_dir() and is_gathering(run):
        result, folder = gather(run), RunFolder(run)
        yield folder, result, folder.histories(result)
        return
    with opened(run) as folder:
        result, histories = read_run(folder, lambda damage: click.echo(f"mockpilot: {damage}; left out", err=True))
        yield folder, result, histories
