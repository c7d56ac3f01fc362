"""What stays of a test on disk: a run folder with result, traces and page, one per test and nobody else's.

Folders of many tests, from many processes, become one report by ``mockpilot report``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec.structs import replace

from mockpilot import __version__
from mockpilot.certification.pages import write_pages
from mockpilot.certification.run_folder import TRACES, RunFolder
from mockpilot.history.events import ScenarioStarted
from mockpilot.history.trace import to_line
from mockpilot.limits import short_limits
from mockpilot.profile import Profile, effective_profile
from mockpilot.protocol.envelope import format_timestamp
from mockpilot.results import Product, RunFacts, ScenarioResult, encode_result, run_result
from mockpilot.scenario.catalogue import VERSION
from mockpilot.testing.judging import Played, result_of

LONGEST_NAME = 120


def folder_name(test: str) -> str:
    """A test's name as one of a folder; two tests never share one."""
    plain = re.sub(r"[^\w.]+", "-", test).strip("-")[-LONGEST_NAME:]
    return f"{plain}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"


def keep(
    folder: Path, profile: Profile, played: Sequence[Played], allowed: Mapping[str, str], *, pages: bool
) -> None:
    """Write down what came of a test's episodes.

    Args:
        folder: of this test alone; made if it is missing, replaced if it isn't.
        profile: what the CMS went by.
        played: the episodes.
        allowed: rules that might be violated.
        pages: write the pages, too.
    """
    (folder / TRACES).mkdir(parents=True, exist_ok=True)
    run, names = RunFolder(folder), _names(played)
    results = [_result(run, name, one, allowed) for name, one in zip(names, played, strict=True)]
    result = run_result(_facts(profile, played), results, expected=profile.expected, today=date.today())
    run.write_profile(effective_profile(profile))
    run.write_result(encode_result(result))
    if pages:
        histories = {name: one.history for name, one in zip(names, played, strict=True)}
        write_pages(run, result, histories, ended=True)


def _names(played: Sequence[Played]) -> list[str]:
    plain = [re.sub(r"[^\w.\[\]-]+", "-", one.name).strip("-")[-LONGEST_NAME:] for one in played]
    return [name if plain.count(name) == 1 else f"{name}-{number}" for number, name in enumerate(plain, 1)]


def _result(run: RunFolder, name: str, played: Played, allowed: Mapping[str, str]) -> ScenarioResult:
    trace = run.trace_name(name)
    (run.path / trace).write_bytes(b"".join(map(to_line, played.history)))
    return replace(result_of(played, allowed), name=name, trace=trace)


def _facts(profile: Profile, played: Sequence[Played]) -> RunFacts:
    first, presystem = played[0].history[0], profile.presystem
    assert isinstance(first, ScenarioStarted)
    begun = datetime.fromisoformat(first.wall)
    return RunFacts(
        mockpilot=__version__, catalogue=VERSION, dialect=first.dialect, seed=first.seed,
        started=format_timestamp(begun), duration_s=(datetime.now(UTC) - begun).total_seconds(),
        push_interval_s=first.push_interval_s, limits=first.limits, time=first.time,
        product=Product(name=presystem.name, version=presystem.version, kind=presystem.kind, id=presystem.id,
                        sends_requests=presystem.sends_requests),
        short_limits=short_limits(profile.limits, first.push_interval_s),
    )  # fmt: skip
