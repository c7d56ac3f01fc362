"""The wheel: what travels with the package, where its version stands, how it is started."""

from __future__ import annotations

import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from email import message_from_string
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

import mockpilot
from running import OUTER_S, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SHIPPED = ROOT / "scenarios"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """The wheel of this checkout; with the build backend of this environment, if it has one."""
    folder = tmp_path_factory.mktemp("wheel")
    here = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", *here,
         "--wheel-dir", str(folder), str(ROOT)],
        check=True, timeout=OUTER_S,
    )  # fmt: skip
    (file,) = folder.glob("mockpilot-*.whl")
    with ZipFile(file) as opened:
        yield opened


def metadata(wheel: ZipFile, name: str) -> str:
    """A file of the wheel's own folder."""
    return wheel.read(f"mockpilot-{mockpilot.__version__}.dist-info/{name}").decode()


def names(requirements: Iterable[str]) -> set[str]:
    """Distributions that are required, whatever their versions."""
    return {re.split(r"[^\w.-]", one)[0] for one in requirements}


def described(wheel: ZipFile) -> Message:
    """The wheel's description."""
    return message_from_string(metadata(wheel, "METADATA"))


def test_catalogue_travels_with_the_package(wheel: ZipFile) -> None:
    """Scenarios, depots, profiles and the protocol's description, none missing and none stale."""
    files = {path for path in SHIPPED.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    wanted = {path.relative_to(SHIPPED).as_posix() for path in files}
    prefix = "mockpilot/_scenarios/"
    found = {name.removeprefix(prefix) for name in wheel.namelist() if name.startswith(prefix)}
    assert found == wanted
    assert {"boot_accepted.py", "PROTOCOL.md", "depots/small.toml", "profiles/demo.toml"} <= found


def test_every_module_and_its_data_are_there(wheel: ZipFile) -> None:
    """The typed marker, and templates and style of the report, too."""
    package = ROOT / "simulator"
    files = {path for path in (package / "mockpilot").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(package).as_posix() for path in files} <= set(wheel.namelist())
    shipped = {"mockpilot/py.typed", "mockpilot/report/page.html.j2", "mockpilot/report/style.css"}
    assert shipped <= set(wheel.namelist())


def test_nothing_else_is_there(wheel: ZipFile) -> None:
    """No tests, no runs, no compiled files, no certificates."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"mockpilot", f"mockpilot-{mockpilot.__version__}.dist-info"}
    assert not [name for name in wheel.namelist() if Path(name).suffix in {".pyc", ".pem", ".key", ".jsonl"}]


def test_version_stands_in_one_place(wheel: ZipFile) -> None:
    """The package's; the wheel takes it from there."""
    assert "version" in PROJECT["dynamic"]
    assert described(wheel)["Version"] == mockpilot.__version__


def test_description_says_what_the_project_says(wheel: ZipFile) -> None:
    """Needs, licence and Python version."""
    description = described(wheel)
    needed = [line for line in description.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert names(needed) == names(PROJECT["dependencies"])
    assert (description["License-Expression"], description["Requires-Python"]) == ("Apache-2.0", ">=3.11")
    assert metadata(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_entry_points_lead_somewhere(wheel: ZipFile) -> None:
    """Each names an attribute or a module that can be imported."""
    parser = ConfigParser()
    parser.read_string(metadata(wheel, "entry_points.txt"))
    assert parser["console_scripts"]["mockpilot"] == "mockpilot.cli.main:main"
    for section in parser.sections():
        for target in parser[section].values():
            module, _, attribute = target.partition(":")
            found = importlib.import_module(module)
            assert not attribute or callable(getattr(found, attribute))
