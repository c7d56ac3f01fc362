"""The documentation is true of the code as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generated_docs import GENERATED, ROOT, renewed
from mockpilot.cli.main import COMMANDS, main
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.scenario.catalogue import load_catalogue

DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not any(part.startswith(".") or part == "runs" for part in path.parts)
)
REQUIREMENT = re.compile(r"\b[CBEIRLXV]-\d\d\b")


@pytest.mark.parametrize(("file", "name"), list(GENERATED))
def test_generated_part_is_current(file: str, name: str) -> None:
    """Tables made from code are committed as they come out today."""
    assert renewed(file, name) == (ROOT / file).read_text(encoding="utf-8")


def test_readme_names_every_command() -> None:
    """Whatever can be called is told on the first page."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"mockpilot {name}" not in readme] == []


def test_readme_counts_the_catalogue_rightly() -> None:
    """The numbers on the first page and in the changelog are those of the catalogue."""
    readme, changelog = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md"))
    assert f"{len(load_catalogue())} provocations" in readme
    assert f"{len(load_catalogue())} scenarios" in changelog
    assert f"{len(RULES)} rules" in changelog


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_requirement_ids_resolve(document: Path) -> None:
    """An id that a reader meets can be explained."""
    assert set(REQUIREMENT.findall(document.read_text(encoding="utf-8"))) <= set(REQUIREMENTS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Every relative link of a document names a file that exists."""
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_modules_of_the_map_exist() -> None:
    """Files that the map names are there."""
    text = (ROOT / "simulator/README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:cms|conformance|faults|presystem|protocol|results|scenario)/[\w/]+\.py)`", text)
    assert named
    assert [name for name in named if not (ROOT / "simulator/mockpilot" / name).is_file()] == []


@pytest.mark.parametrize("name", [*COMMANDS])
def test_command_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command explains itself."""
    assert main([name, "--help"]) == 0
    assert "Usage: mockpilot" in capsys.readouterr().out
