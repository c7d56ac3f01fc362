"""What stays of a test on disk."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.playbook import Play
from mockpilot.certification.run_folder import RunFolder
from mockpilot.history.recorder import History
from mockpilot.profile import Profile
from mockpilot.testing.judging import Played
from mockpilot.testing.keeping import folder_name, keep

NAME = "test_it[a/b ü]"


def played(*plays: Play) -> list[Played]:
    """Episodes of one test, all of one name."""
    return [Played(NAME, History(play.events)) for play in plays]


def test_folder_names_never_meet() -> None:
    """However alike two tests are called, and however long."""
    names = {folder_name(test) for test in ("a::b", "a/b", "a b", "x" * 500, "y" * 500)}
    assert len(names) == 5
    assert all(len(name) < 150 and "/" not in name for name in names)


def test_result_and_recordings_can_be_read_again(tmp_path: Path) -> None:
    """Also of several episodes, with pages or without."""
    conforming, wrong = Play().exchange().ends(), Play().connect().boot().accept().push().confirm(message_id="x").ends()
    keep(tmp_path / "new", Profile(), played(conforming, wrong), {}, pages=False)
    folder = RunFolder(tmp_path / "new")
    result = folder.result()
    assert [one.outcome for one in result.scenarios] == ["passed", "failed"]
    lengths = {len(history) for history in folder.histories(result).values()}
    assert lengths == {len(conforming.events), len(wrong.events)}
    assert not (folder.path / "report.html").exists()


def test_allowed_rule_is_a_known_deviation(tmp_path: Path) -> None:
    """The page of the test says so, too; an older folder of the same test is replaced."""
    play = Play().connect().boot().accept().push().confirm(message_id="00000000-0000-4000-8000-00000000abcd").ends()
    for _ in range(2):
        keep(tmp_path, Profile(), played(play), {"correlation.echoes-message-id": "known"}, pages=True)
    (scenario,) = json.loads((tmp_path / "result.json").read_text())["scenarios"]
    assert scenario["outcome"] == "passed"
    assert [one["expected_deviation"] for one in scenario["findings"]] == [True]
    assert "passed" in (tmp_path / "report.html").read_text()
