"""``mockpilot judge``: what it says of a recording whose time was not the product's."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.playbook import Play
from mockpilot.cli.main import main
from mockpilot.history.trace import to_line


@pytest.mark.parametrize(("mode", "told"), [("manual", "manual time: what came late"), ("real", "")])
def test_time_mode_is_told_beside_the_verdict(
    mode: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what it means; real time needs no word."""
    trace = tmp_path / "made.jsonl"
    trace.write_bytes(b"".join(map(to_line, Play(time=mode).exchange().ends().events)))
    assert main(["judge", str(trace)]) == 0
    said = capsys.readouterr().out
    assert told in said
    assert ("time" in said) is bool(told)
