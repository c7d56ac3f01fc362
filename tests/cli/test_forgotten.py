"""What was perhaps forgotten on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockpilot.cli.forgotten import forgotten


@pytest.mark.parametrize(("words", "hint"), [
    (["certify", "sh", "run.sh"], "; if 'sh' begins the COMMAND, put -- before it: mockpilot certify … -- sh …"),
    (["certify", "boot_accepted", "./run.sh"],
     "; if './run.sh' begins the COMMAND, put -- before it: mockpilot certify … -- ./run.sh …"),
    (["again", "runs/latest", "sh"], "; if 'sh' begins the COMMAND, put -- before it: mockpilot again … -- sh …"),
    (["certify", "acme.toml"], "; if 'acme.toml' is the product's profile, put --profile before it"),
    (["certify", "--profile", "acme.toml", "nonsense"], ""), (["certify", "nonsense"], ""),
    (["certify", "sh", "--", "sh"], ""), (["serve", "sh"], ""), ([], ""),
])  # fmt: skip
def test_a_hint_says_what_to_put_where(
    words: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where a word is a program or a profile."""
    monkeypatch.chdir(tmp_path)
    Path("run.sh").write_text("echo", encoding="utf-8")
    Path("acme.toml").write_text("", encoding="utf-8")
    assert forgotten(words) == hint
