"""``mockpilot explain`` of a dialect: all that it consists of, and how it differs."""

from __future__ import annotations

import pytest

from mockpilot.cli.dialects import NEIGHBOURS, tell
from mockpilot.cli.main import main
from mockpilot.protocol.comparing import differences
from mockpilot.protocol.schema import schemas
from mockpilot.protocol.vocabulary import DIALECTS, dialect

EACH_DIALECT = pytest.mark.parametrize("name", DIALECTS)


@EACH_DIALECT
def test_everything_of_a_dialect_is_told(name: str) -> None:
    """Messages, subprotocols, switches with their reasons, notes."""
    one, told = dialect(name), " ".join(tell(name).split())
    expected = [*schemas(one), *one.subprotocols, one.error_key, one.default_presystem_id, *one.notes]
    expected += [f"{quirk.name} · {quirk.changes} {quirk.reason}" for quirk in one.quirks]
    assert [text for text in expected if text not in told] == []


@EACH_DIALECT
def test_every_difference_to_every_neighbour_is_told(name: str) -> None:
    """Field by field, as the schemas have it."""
    told = " ".join(tell(name).split())
    lines = [
        f"{found.place}: {found.here} here, {found.there} in {other}"
        for other in NEIGHBOURS[name] for found in differences(dialect(name), dialect(other))
    ]  # fmt: skip
    assert lines
    assert [line for line in lines if line not in told] == []


def test_neighbours_know_one_another() -> None:
    """Every dialect has one, and is one of its own neighbours' neighbours."""
    assert set(NEIGHBOURS) == set(DIALECTS)
    assert all(name in NEIGHBOURS[other] for name, others in NEIGHBOURS.items() for other in others)


@EACH_DIALECT
def test_dialect_fits_on_a_terminal(name: str) -> None:
    """No line is longer than 120 characters."""
    assert [line for line in tell(name).splitlines() if len(line) > 120] == []


@EACH_DIALECT
def test_dialect_is_explained_by_its_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the word dialect before it or without."""
    assert main(["explain", name]) == 0
    told = capsys.readouterr().out
    assert told == tell(name) + "\n"
    assert main(["explain", "dialect", name]) == 0
    assert capsys.readouterr().out == told
