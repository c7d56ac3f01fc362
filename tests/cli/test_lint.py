"""``mockpilot lint``: problems by file, line and key; the exit status says whether there are any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mockpilot.cli.main import main
from mockpilot.profile import commented_profile

SHIPPED = Path(__file__).parents[2] / "scenarios"
Lints = Callable[..., tuple[int, list[str], str]]

DEPOT = """\
[depot]
id = "d"
grid_limit_kw = -5

[[station]]
id = "s"
point = [
  { id = "p" },
  { id = "p", state = "reserved" },
]

[[visit]] # of nobody
vehicle = "b"
departs = "2 h"
"""

PROFILE = """\
[presystem]
kind = "BNS"
password_env = "NOBODY_SETS_THIS"

[limits]
holdd = "3 s"
hold = "3 sec"

[cms]
depot = "smal"

[[expected]]
rule = "link.backs-off"
reason = "later"

[[expected]]
rule = "link.backoff"
"""


@pytest.fixture
def lints(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lints:
    """Lint texts as files in an empty folder, or files that are there; answers exit status, lines and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*files: str | Path, **texts: str) -> tuple[int, list[str], str]:
        for name, text in texts.items():
            Path(f"{name}.toml").write_text(text, encoding="utf-8")
        status = main(["lint", *map(str, files), *(f"{name}.toml" for name in texts)])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return run


def test_shipped_depots_and_profiles_have_no_problems(lints: Lints) -> None:
    """What we hand out is clean, and that is said."""
    files = [*SHIPPED.glob("depots/*.toml"), *SHIPPED.glob("profiles/*.toml")]
    assert lints(*files) == (0, [f"{len(files)} files, no problems"], "")


def test_the_commented_profile_has_no_problems(lints: Lints) -> None:
    """Nor has what init writes."""
    assert lints(acme=commented_profile()) == (0, ["1 file, no problems"], "")


def test_problems_of_a_depot_stand_by_line(lints: Lints) -> None:
    """All of them, from top to bottom; what is missing stands at its table."""
    assert lints(d=DEPOT) == (1, [
        "d.toml:3: depot.grid_limit_kw: a number of at least 0 is expected, found -5",
        "d.toml:9: station[1].point[2].id: every id is expected once, found 'p' at station[1].point[1].id too",
        "d.toml:12: visit[1].arrives: is missing",
        "d.toml:13: visit[1].vehicle: the id of a vehicle in this file is expected, found 'b'",
    ], "")  # fmt: skip


def test_problems_of_a_profile_stand_by_line(lints: Lints) -> None:
    """Those that only show when it is used, too; but not that a password is set nowhere."""
    assert lints(p=PROFILE) == (1, [
        "p.toml:2: presystem.kind: one of BMS, ITCS is expected, found 'BNS'; did you mean BMS?",
        "p.toml:6: limits.holdd: unknown key; did you mean hold?",
        "p.toml:7: limits.hold: a duration such as '500 ms', '15 s', '5 min' or '2 h' is expected, found '3 sec'",
        "p.toml:10: cms.depot: a depot file or one of edge_cases, night_shift, small is expected, there is no 'smal'",
        "p.toml:16: expected[2].reason: is missing",
        "p.toml:17: expected[2].rule: the id of a rule is expected, found 'link.backoff'; did you mean link.backs-off?",
    ], "")  # fmt: skip


def test_a_depot_file_of_a_profile_is_looked_for_beside_it(lints: Lints) -> None:
    """Relative paths are meant from the profile's folder."""
    profile = '[cms]\ndepot = "depots/ours.toml"\n'
    assert lints(p=profile)[1][0].startswith("p.toml:2: cms.depot: a depot file or one of ")
    Path("depots").mkdir()
    Path("depots/ours.toml").touch()
    assert lints(p=profile)[0] == 0


@pytest.mark.parametrize(("text", "line"), [
    ('[depot]\nid = "d\n', "x.toml:2: is no TOML: "),
    ("[presystem]\nid = 1\nid = 2\n", "x.toml:3: is no TOML: "),
    ("[depot]\nx = " + "9" * 9000 + "\n", "x.toml:2: is no TOML: "),
])  # fmt: skip
def test_a_mistake_of_form_stands_by_line(text: str, line: str, lints: Lints) -> None:
    """Whatever the file was to be."""
    status, lines, err = lints(x=text)
    assert (status, len(lines), err) == (1, 1, "")
    assert lines[0].startswith(line)


def test_problems_of_several_files_are_told_file_by_file(lints: Lints) -> None:
    """In the order of the command line; one clean file does not make the rest clean."""
    status, lines, _ = lints(p=PROFILE, good="[cms]\n", d=DEPOT)
    assert status == 1
    assert [line.partition(":")[0] for line in lines] == ["p.toml"] * 6 + ["d.toml"] * 4


@pytest.mark.parametrize(("file", "said"), [
    (SHIPPED / "boot_accepted.py", "scenarios are not linted yet, 'mockpilot certify --scenarios DIR --dry-run'"),
    ("nowhere.toml", "nowhere.toml: a depot file, a profile or a plan is expected, there is no such file"),
    (SHIPPED, "it cannot be read: "),
])  # fmt: skip
def test_what_cannot_be_linted_is_refused(file: Path | str, said: str, lints: Lints) -> None:
    """One sentence, and a status of its own."""
    status, lines, err = lints(file, good="[cms]\n")
    assert (status, lines, err.count("\n")) == (3, [], 1)
    assert said in err


@pytest.mark.parametrize("text", ["", "[presystm]\n", "# nothing\n"])
def test_neither_depot_nor_plan_nor_profile_is_refused(text: str, lints: Lints) -> None:
    """By saying how to tell them."""
    status, lines, err = lints(x=text)
    assert (status, lines) == (3, [])
    assert "a depot file with [depot], a plan with [[fault]] or a profile with one of presystem, cms" in err


def test_plan_is_linted_by_line_and_key(lints: Lints) -> None:
    """What it claims included."""
    text = 'title = "x"\nexercises = ["L-03", "L-3"]\n\n[[fault]]\ndo = "drop"\nhow = "explode"\n'
    status, lines, _ = lints(plan=text)
    assert status == 1
    assert [line.split(": ")[:2] for line in lines] == [
        ["plan.toml:2", "exercises[2]"], ["plan.toml:6", "fault[1].how"]
    ]  # fmt: skip


def test_shipped_plans_are_without_problems(lints: Lints) -> None:
    """All of them."""
    files = sorted((SHIPPED / "plans").glob("*.toml"))
    assert len(files) >= 3
    assert lints(*files)[0] == 0


def test_latin_text_is_refused(lints: Lints) -> None:
    """TOML is UTF-8."""
    Path("old.toml").write_bytes('[depot]\nid = "Süd"\n'.encode("latin-1"))
    status, _, err = lints("old.toml")
    assert status == 3
    assert "old.toml: a text file in UTF-8 is expected" in err
