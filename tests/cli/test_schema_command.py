"""``mockpilot schema``: one JSON object on standard output."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from mockpilot.cli.main import main
from mockpilot.protocol.schema import schemas
from mockpilot.protocol.vocabulary import DIALECTS, dialect


@pytest.mark.parametrize("name", DIALECTS)
def test_schemas_of_a_dialect_are_one_object(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By official titles, each value a JSON Schema that stands alone and can be used at once."""
    assert main(["schema", "--dialect", name]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == schemas(dialect(name))
    for title, schema in printed.items():
        assert schema["title"] == title
        assert jsonschema_rs.meta.is_valid(schema)
        assert not jsonschema_rs.validator_for(schema).is_valid([])


def test_schemas_are_chargepilots_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    """The default dialect, on standard output alone."""
    assert main(["schema"]) == 0
    printed = capsys.readouterr()
    assert (json.loads(printed.out), printed.err) == (schemas(dialect("chargepilot")), "")


def test_unknown_dialect_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence that names the known ones."""
    assert main(["schema", "--dialect", "vdv-9"]) == 3
    assert "dialect: one of chargepilot, vdv-1.0, " in capsys.readouterr().err


def test_the_schema_of_results_is_printed_as_it_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    """For whoever checks a result.json without mockpilot."""
    assert main(["schema", "--result"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["title"] == "mockpilot.result/1"
    assert "RunResult" in printed["$defs"]
