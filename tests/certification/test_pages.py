"""Pages in a run folder: when the run ends, and when somebody renders it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_run import known_run, made, written
from mockpilot.certification.digests import read_digests
from mockpilot.certification.pages import MADE, called, write_pages
from mockpilot.results import encode_result


def test_an_ended_run_has_all_pages_and_their_digests(tmp_path: Path) -> None:
    """Of everything that lies there."""
    folder = written(tmp_path / "run", *known_run())
    names = {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file()}
    assert {*MADE, "result.json", "run.toml", "ca.pem", "output/boot_accepted.log"} <= names
    assert (read_digests(folder.path) or {}).keys() == names - {"digests.txt"}


def test_pages_that_are_made_again_get_new_digests_and_nothing_else(tmp_path: Path) -> None:
    """Or rendering would vouch for what somebody changed."""
    result, histories = known_run()
    folder = written(tmp_path / "run", result, histories)
    before = read_digests(folder.path) or {}
    folder.write_profile("# changed")
    write_pages(folder, result, {}, ended=False)
    after = read_digests(folder.path) or {}
    assert {name for name in before if before[name] != after[name]} == {"report.html"}
    assert "run.toml" in (folder.path / "report.html").read_text(encoding="utf-8")
    assert "✗ changed" in (folder.path / "report.html").read_text(encoding="utf-8")


def test_a_killed_run_gets_no_digests_afterwards(tmp_path: Path) -> None:
    """They would vouch for nothing."""
    result, histories = known_run()
    folder = made(tmp_path / "run")
    folder.write_result(encode_result(result))
    write_pages(folder, result, histories, ended=False)
    assert read_digests(folder.path) is None
    assert (folder.path / "report.html").is_file()


@pytest.mark.parametrize("out", ["runs", "deep/runs"])
def test_a_folder_is_called_as_it_was_named(out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not by a link that points elsewhere tomorrow, nor with somebody's home in it."""
    monkeypatch.chdir(tmp_path)
    run = Path(out) / "2027-01-14T09-12-31Z"
    run.mkdir(parents=True)
    (Path(out) / "latest").symlink_to(run.name)
    assert called(run) == called(Path(out) / "latest") == str(run)
    assert called(run.absolute()) == run.name
