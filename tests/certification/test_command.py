"""COMMAND as it was written: what cannot be started is known before, a near miss in braces is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mockpilot.certification.command import check_command, near_misses
from mockpilot.errors import UsageError


@pytest.mark.parametrize(("head", "mode", "trouble"), [
    ("#!/bin/sh\n", 0o644, "is not found or not executable"),
    ("#!/no/such/shell -e\n", 0o755, "names an interpreter that is not there, '/no/such/shell'"),
    ("echo\n", 0o755, "has no first line such as #!/bin/sh"),
])  # fmt: skip
def test_command_that_cannot_be_started_is_a_mistake_of_use(
    head: str, mode: int, trouble: str, tmp_path: Path
) -> None:
    """Known before any scenario begins."""
    script = tmp_path / "script"
    script.write_text(head)
    script.chmod(mode)
    with pytest.raises(UsageError) as mistake:
        check_command([str(script), "--cms"])
    assert trouble in str(mistake.value)


def test_command_that_is_not_there_is_a_mistake_of_use(tmp_path: Path) -> None:
    """Nor is a folder a program."""
    for command in ("no-such-program", str(tmp_path)):
        with pytest.raises(UsageError, match="COMMAND: a program that can be started is expected"):
            check_command([command])


def test_programs_and_scripts_can_be_started(tmp_path: Path) -> None:
    """By path or by name."""
    script = tmp_path / "script"
    script.write_text("#! /usr/bin/env python3\n")
    script.chmod(0o755)
    for command in (sys.executable, "sh", str(script)):
        check_command([command])


@pytest.mark.parametrize(("word", "near"), [
    ("{uri}", [("uri", "url")]), ("--ca={ca}", [("ca", "ca_file")]), ("{ca-file}", [("ca-file", "ca_file")]),
    ("{URL}{pass}", [("URL", "url"), ("pass", "password")]), ("{url}{ca_file}{user}{slot}", []),
    ("${USER}", []), ("{{user}}", []), ("{}", []), ('{"url": 1}', []), ("{colour}", []),
])  # fmt: skip
def test_names_in_braces_that_look_like_ours_are_named(word: str, near: list[tuple[str, str]]) -> None:
    """Whatever a shell, a template or JSON may mean by its braces is left alone."""
    assert list(near_misses(["./acme", word, word])) == near
