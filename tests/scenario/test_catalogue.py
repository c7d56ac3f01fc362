"""Scenario files: found, loaded in order, and named with their line when they cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.errors import ScenarioError
from mockpilot.scenario.catalogue import load_catalogue, load_scenario, shipped_folder
from mockpilot.scenario.definition import GROUPS

SOURCE = '''
from mockpilot.scenario import Stage, scenario


@scenario(exercises=["B-01"], group="Booting")
async def NAME(cms: Stage) -> None:
    """The CMS does nothing.

    The presystem boots.
    """
'''


def written(folder: Path, name: str, source: str = SOURCE) -> Path:
    """A scenario file."""
    file = folder / f"{name}.py"
    file.write_text(source.replace("NAME", name), encoding="utf-8")
    return file


def test_shipped_scenarios_are_there_in_order() -> None:
    """By group, polite ones first, and by name within a group."""
    catalogue = load_catalogue()
    places = [(GROUPS.index(one.group), one.name) for one in catalogue.values()]
    assert len(places) >= 17
    assert places == sorted(places)
    assert {one.group for one in catalogue.values()} == set(GROUPS)
    assert set(catalogue) == {file.stem for file in shipped_folder().glob("*.py")}


def test_shipped_scenarios_claim_requirements_that_exist() -> None:
    """At least one each."""
    for one in load_catalogue().values():
        assert one.exercises, one.name
        assert set(one.exercises) <= set(REQUIREMENTS), one.name


def test_more_scenarios_join_the_shipped_ones(tmp_path: Path) -> None:
    """In their group's place."""
    written(tmp_path, "aaa_mine")
    names = list(load_catalogue([tmp_path]))
    assert names.index("boot_accepted") < names.index("aaa_mine") < names.index("boot_rejected")


def test_two_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    """The second file is named."""
    file = written(tmp_path, "boot_accepted")
    with pytest.raises(ScenarioError, match=f"{file}: scenario 'boot_accepted' exists already"):
        load_catalogue([tmp_path])


def test_folder_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    """A file is no folder, either."""
    with pytest.raises(ScenarioError, match="a folder with scenario files is expected"):
        load_catalogue([tmp_path / "nowhere"])
    with pytest.raises(ScenarioError, match="a folder with scenario files is expected"):
        load_catalogue([written(tmp_path, "mine")])


@pytest.mark.parametrize(("source", "found"), [
    ("", "none"),
    (SOURCE.replace("NAME", "another"), "another"),
    (SOURCE + SOURCE.replace("NAME", "another"), "mine, another"),
])  # fmt: skip
def test_a_file_holds_one_scenario_of_its_name(source: str, found: str, tmp_path: Path) -> None:
    """What was found is told."""
    file = written(tmp_path, "mine", source)
    with pytest.raises(ScenarioError) as mistake:
        load_scenario(file)
    assert str(mistake.value) == f"{file}: exactly one scenario named 'mine' is expected, found {found}"


@pytest.mark.parametrize(("source", "line", "what"), [
    ("\n\nasync def mine(:\n", 3, "SyntaxError"),
    ("import json\n\njson.loads('{')\n", 3, "JSONDecodeError"),
    ("\nimport no_such_module\n", 2, "ModuleNotFoundError"),
    ("x = '\\N{no such name}'\n", 1, "SyntaxError"),
])  # fmt: skip
@pytest.mark.parametrize("relative", [False, True])
def test_code_that_fails_is_named_with_its_line(
    source: str, line: int, what: str, relative: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of that file, however deep the mistake showed and however the path was given."""
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, "mine", source)
    named = Path("mine.py") if relative else file
    with pytest.raises(ScenarioError) as mistake:
        load_scenario(named)
    assert str(mistake.value).startswith(f"{named}:{line}: the file cannot be loaded: {what}(")
