"""The page of a big run still fits an e-mail."""

from __future__ import annotations

import pytest

from made_big_run import big_run
from mockpilot.report.html import render_html


@pytest.mark.parametrize(("scenarios", "frames"), [
    (8, 1_000),
    pytest.param(80, 50_000, marks=pytest.mark.slow),
    pytest.param(150, 50_000, marks=pytest.mark.slow),
])  # fmt: skip
def test_a_big_page_stays_under_five_megabytes(scenarios: int, frames: int) -> None:
    """Logs are cut in the middle, and say where the rest is; what failed keeps its frames."""
    result, histories = big_run(scenarios, frames)
    page = render_html(result, histories)
    assert len(page.encode()) < 5_000_000
    cut = "more events stand in the trace, <code>traces/scenario_00.jsonl</code>" in page
    assert cut is (frames > 10_000)
    failed = [one.name for one in result.scenarios if one.outcome == "failed"]
    assert failed
    assert all(f'id="{name}-{result.scenario(name).findings[0].events[0]}"' in page for name in failed)
