"""The documentation is true of the code as it is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from generated_docs import GENERATED, RESULT_SCHEMA, ROOT, renewed, result_schema
from mockpilot.certification.product import Surroundings
from mockpilot.certification.selection import select
from mockpilot.cli.main import COMMANDS, main
from mockpilot.cli.payloads import fields
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.faults.verbs import VERBS
from mockpilot.presystem.steps import STEPS
from mockpilot.profile import Profile, read_profile
from mockpilot.protocol.envelope import Action, MessageType, read
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, DIALECTS
from mockpilot.scenario.catalogue import load_catalogue

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "scenarios/PROTOCOL.md").read_text(encoding="utf-8")
FRAMES = [block for block in re.findall(r"^```json\n(.*?)^```", PROTOCOL, re.MULTILINE | re.DOTALL) if block[0] == "["]
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in ("runs", "node_modules") for part in path.parts)
)  # fmt: skip
REQUIREMENT = re.compile(r"\b[CBEIRLXV]-\d\d\b")


@pytest.mark.parametrize(("file", "name"), list(GENERATED))
def test_generated_part_is_current(file: str, name: str) -> None:
    """Tables made from code are committed as they come out today."""
    assert renewed(file, name) == (ROOT / file).read_text(encoding="utf-8")


def test_schema_of_results_is_current() -> None:
    """It is made from the records, so it cannot promise what is not written."""
    assert result_schema() == RESULT_SCHEMA.read_text(encoding="utf-8")


def test_readme_names_every_command() -> None:
    """Whatever can be called is told on the first page."""
    assert [name for name in COMMANDS if f"mockpilot {name}" not in README] == []


def test_readme_counts_the_catalogue_rightly() -> None:
    """The numbers on the first page and in the changelog are those of the catalogue."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"{len(load_catalogue())} provocations" in README
    assert f"{len(load_catalogue())} scenarios" in changelog
    assert f"{len(RULES)} rules" in changelog
    playable = [one for one in load_catalogue().values() if not one.dialects or DEFAULT_DIALECT.name in one.dialects]
    elsewhere = len(load_catalogue()) - len(playable)
    assert f"{len(playable)} selected · {len(playable)} passed · {elsewhere} not selected" in README


def test_readme_says_how_much_is_covered() -> None:
    """Neither more nor less than the lists say."""
    assert f"the {len(VERBS)} faults" in README
    judged = {rule.requirement for rule in RULES.values()}
    open_rows = [row for row in REQUIREMENTS.values() if not row.not_judged and row.id not in judged]
    assert open_rows == [], "README says: every one"


def test_readme_says_what_a_whole_name_selects() -> None:
    """Itself alone, although others begin with it."""
    whole, longer, begun = re.findall(r"`(\w+)`", README.split("A whole name stands for itself alone")[1])[:3]
    exactly, beginning = (
        [one.name for one in select(load_catalogue(), [word], (), Profile(), bad_certificates=[]).run]
        for word in (whole, begun)
    )
    assert exactly == [whole]
    assert longer in beginning


def test_limits_that_scenarios_name_are_there_and_bound_them() -> None:
    """As what takes so long is told."""
    named = [(one, limit) for one in load_catalogue().values()
             for limit in re.findall(r"the limit (\w+)", one.what_the_cms_does)]  # fmt: skip
    assert [one.name for one, limit in named if limit not in one.bounded_by] == []
    assert "confirmation_missing_for_long" in {one.name for one, _ in named}


def test_readme_names_every_variable_of_a_product() -> None:
    """Whatever COMMAND finds in its environment stands in the table, and nothing else."""
    told = Surroundings("", Path(), "", "", "", "", "", "", 1.0, scenario="x", work_dir=Path()).environment()
    ours = {name for name in told if name.startswith("MOCKPILOT_") and name not in os.environ}
    rows = re.findall(r"^\| (`MOCKPILOT_.*?) \|", README, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == ours


def test_readme_tells_every_step() -> None:
    """A product that is to be provoked knows all it can be asked for."""
    assert re.findall(r"^\| `([\w-]+-requests?)` \|", README, re.MULTILINE) == list(STEPS)


@pytest.mark.parametrize("text", re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
def test_readme_profiles_can_be_read(text: str) -> None:
    """What stands there can be copied into a profile."""
    profile = read_profile(text, Path("acme.toml"), environ={"ACME_MOCK_PASSWORD": "secret"})
    assert profile.provoke or profile.expected or profile.presystem.password == "secret"
    assert {one.rule for one in profile.expected} <= set(RULES)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.split(",")[5].strip(' "'))
def test_frame_of_the_protocol_is_valid(frame: str) -> None:
    """An example that somebody copies is a frame without defects, and valid in the default dialect."""
    reading = read(frame)
    assert reading.envelope is not None
    assert reading.defects == ()
    one = reading.envelope
    assert violations(one.payload, DEFAULT_DIALECT, one.action, one.message_type) == []


def test_protocol_shows_every_request() -> None:
    """A boot, a push and a list."""
    shown = [one for frame in FRAMES if (one := read(frame).envelope)]
    assert {one.action for one in shown if one.message_type is MessageType.REQUEST} == set(Action)


def test_protocol_names_every_field_of_a_charging_request() -> None:
    """The table is complete; parts of preconditioning are left to the command line."""
    found = fields(Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST, DEFAULT_DIALECT)
    names = {field.name for field in found if "Preconditioning" not in field.owner}
    assert {name for name in names if f"`{name}`" not in PROTOCOL} == {"chargingRequestList"}


def test_protocol_leaves_message_ids_free_only_until_the_answer() -> None:
    """What is used up is the business of a must."""
    free = PROTOCOL.split("## What nobody specifies")[1].split("\n## ")[0]
    said = next(one for one in free.split("\n- ") if "message id" in one)
    assert "because no answer came" in said
    assert "(E-03)" in said


def test_protocol_says_which_dialects_exist() -> None:
    """All that can be chosen, and whatever else is described is said to be planned."""
    rows = re.findall(r"^\| `([\w.-]+)`( \(planned\))? \|", PROTOCOL.split("## Versions")[1], re.MULTILINE)
    assert {name for name, planned in rows if not planned} == set(DIALECTS)


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
