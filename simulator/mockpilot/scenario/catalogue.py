"""Finds scenario files and loads them; one file, one scenario, named alike.

Shipped scenarios travel beside the package: in a wheel as ``_scenarios``, in a checkout as the folder ``scenarios`` of
the repository. They are data that happens to be Python, never imported by name.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path

from mockpilot.errors import ScenarioError
from mockpilot.scenario.definition import GROUPS, Scenario

VERSION = "1"
"""Version of the shipped catalogue; grows when a scenario is added or changes its meaning."""


def shipped_folder() -> Path:
    """The folder that came with this installation.

    Raises:
        ScenarioError: there is none; the installation is damaged.
    """
    package = Path(__file__).resolve().parent.parent
    # In a checkout the repository's own folder wins: an editable install may leave a stale copy elsewhere.
    for folder in (package.parent.parent / "scenarios", package / "_scenarios"):
        if (folder / "depots").is_dir():
            return folder
    raise ScenarioError(f"{package}: a folder of shipped scenarios is expected there; install mockpilot again")


def load_catalogue(more: Iterable[Path] = ()) -> Mapping[str, Scenario]:
    """Load all shipped scenarios and those of further folders, in the order in which they run.

    Raises:
        ScenarioError: names the file and what is wrong with it.
    """
    found: dict[str, Scenario] = {}
    for folder in (shipped_folder(), *more):
        if not folder.is_dir():
            raise ScenarioError(f"{folder}: a folder with scenario files is expected")
        for file in sorted(folder.glob("*.py")):
            scenario = load_scenario(file)
            if scenario.name in found:
                raise ScenarioError(f"{file}: scenario {scenario.name!r} exists already; give it another name")
            found[scenario.name] = scenario
    ordered = sorted(found.values(), key=lambda one: (GROUPS.index(one.group), one.name))
    return {one.name: one for one in ordered}


def load_scenario(file: Path) -> Scenario:
    """Load one scenario file.

    Raises:
        ScenarioError: names the file, and the line where its code fails.
    """
    scenarios = [value for value in vars(_execute(file)).values() if isinstance(value, Scenario)]
    if len(scenarios) != 1 or scenarios[0].name != file.stem:
        names = ", ".join(one.name for one in scenarios) or "none"
        raise ScenarioError(f"{file}: exactly one scenario named {file.stem!r} is expected, found {names}")
    return scenarios[0]


def _execute(file: Path) -> object:
    name = f"_mockpilot_scenarios.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ScenarioError as error:
        raise ScenarioError(f"{file}: {error}") from error
    except Exception as error:
        line = _line_of(error, file)
        raise ScenarioError(f"{file}:{line}: the file cannot be loaded: {error!r}") from error
    return module


def _line_of(error: Exception, file: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == file.absolute()]
    return (lines[-1] if lines else 1) or 1
