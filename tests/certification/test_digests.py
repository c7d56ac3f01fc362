"""Digests of a folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from mockpilot.certification.digests import digest_lines, digests_of, read_digests
from mockpilot.errors import MockpilotError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, one in a subfolder, a draft, and digests."""
    (tmp_path / "traces").mkdir()
    for name, text in {"a": "1", "traces/b c": "2", ".a.new": "3", "digests.txt": "x"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_file_has_its_digest(folder: Path) -> None:
    """But drafts and the digests themselves."""
    assert digests_of(folder) == {
        "a": hashlib.sha256(b"1").hexdigest(), "traces/b c": hashlib.sha256(b"2").hexdigest(),
    }  # fmt: skip


def test_digests_are_read_back(folder: Path) -> None:
    """As they were written."""
    digests = digests_of(folder)
    (folder / "digests.txt").write_text(digest_lines(digests), encoding="utf-8")
    assert read_digests(folder) == digests


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not there")
def test_the_usual_tool_reads_them(folder: Path) -> None:
    """Whoever has no mockpilot can check them too."""
    (folder / "digests.txt").write_text(digest_lines(digests_of(folder)), encoding="utf-8")
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "digests.txt"], cwd=folder, check=True)


def test_a_run_without_digests_has_none(tmp_path: Path) -> None:
    """Nobody made them: it did not end by itself."""
    assert read_digests(tmp_path) is None


def test_a_line_that_is_no_digest_is_named(folder: Path) -> None:
    """By its number."""
    with pytest.raises(MockpilotError, match=r"digests\.txt: line 1: 64 hexadecimal digits and a file name"):
        read_digests(folder)
