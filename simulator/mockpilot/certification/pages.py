"""The pages of a run, written into its folder: when it ends, and again by ``mockpilot report``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mockpilot.certification.digests import digest_lines, digests_of, read_digests
from mockpilot.certification.run_folder import DIGESTS, JUNIT, PAGE, SUMMARY, RunFolder
from mockpilot.history.recorder import History
from mockpilot.report.html import Digest, render_html
from mockpilot.report.junit import render_junit
from mockpilot.report.markdown import render_markdown
from mockpilot.results import RunResult

MADE = (SUMMARY, JUNIT, PAGE)
"""Made of the rest, so nothing is lost when they are made anew."""


def write_pages(folder: RunFolder, result: RunResult, histories: Mapping[str, History], *, ended: bool) -> None:
    """Write summary, JUnit file, page and digests.

    Args:
        folder: of the run.
        result: of the run.
        histories: recordings by scenario.
        ended: the run has just ended by itself, so that its files are as they were meant. Else digests that are there
            are renewed for the pages alone; digests made later would vouch for nothing.
    """
    folder.write_page(SUMMARY, render_markdown(result))
    folder.write_page(JUNIT, render_junit(result))
    folder.write_page(PAGE, page(folder, result, histories))
    now, before = digests_of(folder.path), read_digests(folder.path)
    if ended:
        folder.write_page(DIGESTS, digest_lines(now))
    elif before is not None:
        folder.write_page(DIGESTS, digest_lines(before | {name: now[name] for name in MADE}))


def page(folder: RunFolder, result: RunResult, histories: Mapping[str, History]) -> str:
    """The report page of a run."""
    return render_html(
        result, histories, profile=folder.profile(), digests=_shown(folder.path), run=called(folder.path)
    )  # fmt: skip


def called(folder: Path) -> str:
    """What a reader calls a run folder: as it was named, or its own name where that says where somebody's home is."""
    own = folder.resolve().name  # not "latest", which is another one tomorrow
    return own if folder.is_absolute() else str(folder.parent / own)


def _shown(folder: Path) -> list[Digest]:
    before = read_digests(folder)
    files = {name: digest for name, digest in digests_of(folder).items() if name not in MADE}
    return [
        Digest(name, digest, None if before is None else before.get(name) == digest) for name, digest in files.items()
    ]
