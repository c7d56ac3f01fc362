"""Recordings as JSON lines, and back."""

from __future__ import annotations

import functools
import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from mockpilot.errors import MockpilotError
from mockpilot.history import events
from mockpilot.history.events import TRACE_SCHEMA, AnyEvent, Event, FaultArmed, Mark, Presystem, ScenarioStarted
from mockpilot.history.recorder import History
from mockpilot.history.trace import from_lines, to_line

KINDS: tuple[type[Event], ...] = get_args(AnyEvent)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
BROKEN_TEXTS = st.text(st.characters(), max_size=12)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS

FIRST = ScenarioStarted(
    index=0, scenario="one", exercises=("B-01",), dialect="chargepilot", push_interval_s=15.0, limits={"hold": 3.0},
    presystem=Presystem(id="Presystem1", kind="BMS", user="depot", path="/vdv463/Presystem1"), seed=7,
    mockpilot="0.1.0",
    catalogue="1",
)  # fmt: skip


@functools.cache
def event_of(kind: type[Event], texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Event]:
    """Events of one kind with any values that its types allow."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    fields = {field.name: _values(field.type, texts) for field in described.fields}
    if kind is ScenarioStarted:
        fields["schema"] = st.just(TRACE_SCHEMA)
    return st.builds(kind, **fields)


SIMPLE: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.IntType: st.integers(-1, 2**70),
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
    inspect.AnyType: PLAIN | st.lists(PLAIN, max_size=2),
}


def _values(kind: inspect.Type, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.StrType():
            return texts
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.UnionType():
            return st.one_of([_values(one, texts) for one in kind.types])
        case inspect.VarTupleType():
            return st.lists(_values(kind.item_type, texts), max_size=3).map(tuple)
        case inspect.TupleType():
            return st.tuples(*(_values(one, texts) for one in kind.item_types))
        case inspect.DictType():
            return st.dictionaries(texts, _values(kind.value_type, texts), max_size=3)
        case inspect.StructType():
            return st.builds(kind.cls, **{field.name: _values(field.type, texts) for field in kind.fields})
    return SIMPLE[type(kind)]


def trace(*lines: bytes) -> bytes:
    """A trace with a good first line."""
    return b"".join([to_line(FIRST), *lines])


def test_any_event_names_every_kind() -> None:
    """A kind that is missing there could be written and never read."""
    declared = {
        one for one in vars(events).values()
        if isinstance(one, type) and issubclass(one, Event) and one not in (Event, events.Message)
    }  # fmt: skip
    assert set(KINDS) == declared


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(st.data())
def test_what_was_written_is_read_back(kind: type[Event], data: st.DataObject) -> None:
    """Every kind of event, whatever it says, is a line that reads as the same event."""
    event = data.draw(event_of(kind))
    line = to_line(event)
    assert line.count(b"\n") == 1
    history = from_lines(line if kind is ScenarioStarted else trace(line))
    assert history[-1] == event


@given(st.one_of([event_of(kind, BROKEN_TEXTS) for kind in KINDS]))
def test_to_line_never_raises(event: Event) -> None:
    """Half surrogates in any text of any event become signs, in keys too."""
    line = to_line(event)
    assert len(from_lines(line if isinstance(event, ScenarioStarted) else trace(line))) >= 1


def test_to_line_puts_a_sign_where_half_a_surrogate_pair_stands() -> None:
    """The rest of the text stays."""
    assert json.loads(to_line(Mark(text="a\ud800b")))["text"] == "a\ufffdb"
    how = {"k\udfff": ["\ud800", {"x": "y"}]}
    assert json.loads(to_line(FaultArmed(name="a", do="lose", how=how)))["how"] == {"k\ufffd": ["\ufffd", {"x": "y"}]}


def test_every_line_has_the_fields_that_all_events_share() -> None:
    """Also where they hold their defaults."""
    line = json.loads(to_line(Mark(text="")))
    assert {"index", "at", "wall", "link", "event"} <= line.keys()
    assert (line["event"], line["link"]) == ("mark", None)


def test_simulated_time_stands_beside_the_walls_only_where_it_is_another() -> None:
    """A recording in real time says nothing of it."""
    assert "simulated" not in json.loads(to_line(Mark(text="")))
    told = json.loads(to_line(Mark(text="", wall="a", simulated="b")))
    assert list(told)[:4] == ["index", "at", "wall", "simulated"]
    assert "time_factor" not in json.loads(to_line(FIRST))
    assert json.loads(to_line(msgspec.structs.replace(FIRST, time_factor=600.0)))["time_factor"] == 600.0


def test_first_line_names_the_schema() -> None:
    """So that a reader knows what it has before it."""
    assert json.loads(to_line(FIRST))["schema"] == TRACE_SCHEMA


def test_last_line_that_was_cut_off_is_left_out() -> None:
    """Wherever the writer died in it, even in the middle of a character."""
    whole, last = trace(to_line(Mark(index=1, text="ä"))), to_line(Mark(index=2, text="ü"))
    for end in range(len(last)):
        assert len(from_lines(whole + last[:end])) == 2


def test_unknown_fields_of_newer_traces_are_ignored() -> None:
    """An older reader reads what it knows."""
    newer = json.loads(to_line(Mark(index=1, text="x"))) | {"invented": [1]}
    assert from_lines(trace(msgspec.json.encode(newer) + b"\n"))[1] == Mark(index=1, text="x")


@pytest.mark.parametrize("line", [
    b'{"index":1,"event":"invented"}', b'{"index":1}', b"not json", b'{"event":"mark"}', b"[]",
    b'{"event":"mark","text":1}',
    b'{"event":"mark","text":"\xff"}', b'{"event":"wait_started","awaited":"x","within_s":null}', b"[" * 5000,
])  # fmt: skip
def test_line_that_cannot_be_read_is_named(line: bytes) -> None:
    """An unknown event, broken JSON or a missing field: one sentence with source and line."""
    expected = r"^one\.jsonl: line 3: an event of mockpilot\.trace/1 is expected: "
    with pytest.raises(MockpilotError, match=expected) as raised:
        from_lines(trace(to_line(Mark(index=1, text="x")), line + b"\n"), "one.jsonl")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("data", [b"", b"\n", b"{", to_line(Mark(text="x"))])
def test_trace_without_its_first_line_is_none(data: bytes) -> None:
    """All that judging needs stands there."""
    with pytest.raises(MockpilotError, match="line 1: a trace begins with event 'scenario_started'"):
        from_lines(data)


@given(st.binary(max_size=60))
def test_from_lines_raises_nothing_else(data: bytes) -> None:
    """Any file is a trace or a mistake that is told."""
    for given_bytes in (data, trace(data)):
        try:
            assert isinstance(from_lines(given_bytes), History)
        except MockpilotError:
            continue
