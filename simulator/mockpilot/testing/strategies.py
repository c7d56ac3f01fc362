"""Hypothesis strategies for other projects' property tests: what CMS and presystem can say, and what they nearly can.

Valid things are compiled from the structs of a dialect, so they follow it by themselves; nearly valid ones have a
place or two changed and may, by chance, be valid all the same. Payloads are JSON values, envelopes texts of messages.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from mockpilot.faults import Fault
from mockpilot.protocol.envelope import Action, MessageType, Source
from mockpilot.protocol.schema import violations
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, dialect
from mockpilot.testing.fault_strategies import faults_in

Json = Any

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_OFFSETS = st.sampled_from(["Z", "z", "+00:00", "+02:00", "-05:30"])
_MOMENTS = st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds"))
_NEAR_TIMES = st.sampled_from([
    "2031-02-30T00:00:00Z", "2031-03-04 17:20:00Z", "2031-03-04T17:20:00", "2031-03-04T24:00:00Z", "tomorrow", "",
    "2031-03-04T17:20:00+0100", "2031-03-04T17:20:00.Z", "2031-13-04T17:20:00Z", "2031-03-04",
])  # fmt: skip


_NEAR_URIS = st.sampled_from([
    "urn:uuid:3f0c2a5e-8b7d-4c61-9e12-5d40a7b6c8f1", "urn:", "a:", "http://a b/", "http://[::1]/x", "http://[::1/x",
    "http://[v1.a]/", "http://[fe80::1%25en0]/", "http://[1::2::3]/", "http://a:port/", "http://a:80/?q#f", "a:#b#c",
    "//a/b", "a:%zz", "a:%C3%BC", "ü:a", "a:ü", "1a:b", "a:[b]", "a://u@h@i", "a://u:p@h:/x//y", "Presystem1",
])  # fmt: skip
_URI_PIECES = st.sampled_from([
    *"az09AZ:/?#[]@!$&'()*+,;=-._~%", "//", "urn:", "%41", "%", "::1", "[::1]", "[v1.x]", " ", "é", "{", "|", "\\", '"',
])  # fmt: skip


# -- what users ask for ------------------------------------------------------------------------------------------------


def pushes(dialect_name: str = DEFAULT_DIALECT.name) -> st.SearchStrategy[Json]:
    """Payloads of ProvideChargingInformation requests that the dialect allows."""
    return _messages(dialect_name, Action.PROVIDE_CHARGING_INFORMATION, MessageType.REQUEST)


def nearly_valid_pushes(dialect_name: str = DEFAULT_DIALECT.name) -> st.SearchStrategy[Json]:
    """The same with keys dropped or added, or values replaced, in one or two places."""
    return _damaged(pushes(dialect_name))


def request_lists(dialect_name: str = DEFAULT_DIALECT.name) -> st.SearchStrategy[Json]:
    """Payloads of ProvideChargingRequests requests that the dialect allows."""
    return _messages(dialect_name, Action.PROVIDE_CHARGING_REQUESTS, MessageType.REQUEST)


def nearly_valid_request_lists(dialect_name: str = DEFAULT_DIALECT.name) -> st.SearchStrategy[Json]:
    """The same with keys dropped or added, or values replaced, in one or two places."""
    return _damaged(request_lists(dialect_name))


def envelopes(dialect_name: str = DEFAULT_DIALECT.name) -> st.SearchStrategy[str]:
    """Whole messages as text, of any kind and either side."""
    return _slots(dialect_name).map(_text)


def nearly_valid_envelopes(dialect_name: str = DEFAULT_DIALECT.name) -> st.SearchStrategy[str]:
    """Messages with something wrong: a slot, a place in the payload, or the text itself."""
    texts = _damaged(_slots(dialect_name)).map(_text)
    bits = st.sampled_from(["", "\x00", ",", "]"])
    return texts | st.builds(_torn, envelopes(dialect_name), st.integers(0, 10_000), bits)


def fault_plans(dialect_name: str = DEFAULT_DIALECT.name, *, max_size: int = 3) -> st.SearchStrategy[list[Fault]]:
    """Faults to arm together in a dialect; all optional, since nobody knows what the product will give occasion to."""
    return st.lists(faults_in(dialect(dialect_name)), min_size=1, max_size=max_size)


def _damaged(valid: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.builds(lambda damage, payload: damage(payload), damages(), valid)


def _messages(dialect_name: str, action: Action, message_type: MessageType) -> st.SearchStrategy[Json]:
    spoken = dialect(dialect_name)
    wanted = spoken.payloads.get((action, message_type))
    if wanted is None:
        return st.dictionaries(_TEXTS, _TEXTS, max_size=2)
    # A struct does not say everything: of a boot's two keys exactly one is wanted.
    return payloads(wanted).filter(lambda payload: not violations(payload, spoken, action, message_type))


def _slots(dialect_name: str) -> st.SearchStrategy[list[Json]]:
    pairs = [(action, message_type) for action in Action for message_type in MessageType]
    spoken = dialect(dialect_name)
    sources = [str(source) for source in spoken.sources or Source]
    return st.sampled_from(pairs).flatmap(lambda pair: st.tuples(
        st.just(int(pair[1])), st.sampled_from(sources), st.just(spoken.default_presystem_id), date_times(),
        st.uuids().map(str), st.just(str(pair[0])), _messages(dialect_name, *pair),
    )).map(list)  # fmt: skip


def _text(slots: Json) -> str:
    return json.dumps(slots, ensure_ascii=False)


def _torn(text: str, where: int, what: str) -> str:
    place = where % len(text)
    return text[:place] + what + text[place + 1:]


# -- what they are made of ---------------------------------------------------------------------------------------------


@cache
def near_uris() -> st.SearchStrategy[str]:
    """Texts made of what URIs are made of, and a little that they are not made of."""
    return _NEAR_URIS | st.lists(_URI_PIECES, max_size=8).map(lambda pieces: "a:" + "".join(pieces))


@cache
def uris() -> st.SearchStrategy[str]:
    """URIs as RFC 3986 wants them."""
    return st.one_of(
        st.uuids().map(lambda made: made.urn),
        st.builds(
            "{}{}:{}".format, st.sampled_from("az"), st.text("az09+.-", max_size=5), st.text("az09._~/-", max_size=9)
        ),
        st.sampled_from(["http://[::1]:80/x?y#z", "a:", "urn:mockpilot:A%2F1", "mailto:a@b", "a://u:p@h/x;y=1,2"]),
    )  # fmt: skip


@cache
def date_times() -> st.SearchStrategy[str]:
    """Date-times as RFC 3339 wants them."""
    return st.builds(lambda moment, offset: moment + offset, _MOMENTS, _OFFSETS)


@cache
def payloads(wanted: Any) -> st.SearchStrategy[Json]:
    """Payloads that a type of a dialect's vocabulary allows."""
    return _of(inspect.type_info(wanted))


@cache
def strange_values() -> st.SearchStrategy[Json]:
    """JSON values of every kind; no number with a fraction of zero, about which drafts of JSON Schema disagree."""
    numbers = st.sampled_from([-1, 0, 1, 100, 101, 10**20, -0.5, 99.5, 100.5, 1e300])
    return st.one_of(
        st.none(), st.booleans(), numbers, _TEXTS, _NEAR_TIMES, near_uris(), st.just([]), st.just({}), st.just([None]),
        st.dictionaries(_TEXTS, st.none(), max_size=2),
    )  # fmt: skip


@cache
def damages() -> st.SearchStrategy[Callable[[Json], Json]]:
    """Functions that drop or add a key or replace a value of a payload, twice."""
    one = st.tuples(st.integers(0, 10_000), st.integers(0, 2), strange_values(), _TEXTS)
    return st.tuples(one, one).map(lambda both: lambda payload: _damage(_damage(payload, *both[0]), *both[1]))


def _of(kind: inspect.Type) -> st.SearchStrategy[Json]:
    match kind:
        case inspect.Metadata():
            texts = {"date-time": date_times, "uri": uris}.get((kind.extra_json_schema or {}).get("format", ""))
            if texts is not None:
                return texts()
            return _of(kind.type)
        case inspect.StructType():
            required = {field.encode_name: _of(field.type) for field in kind.fields if field.required}
            optional = {field.encode_name: _of(field.type) for field in kind.fields if not field.required}
            return st.fixed_dictionaries(required, optional=optional)
        case inspect.VarTupleType():
            return st.lists(_of(kind.item_type), min_size=kind.min_length or 0, max_size=2)
        case inspect.EnumType():
            return st.sampled_from([str(member.value) for member in kind.cls])
        case inspect.StrType():
            return _TEXTS
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(-(10**6), 10**6)
        case inspect.FloatType():
            return st.floats(kind.ge, kind.le, allow_nan=False, allow_infinity=False) | st.integers(
                int(kind.ge or 0), int(kind.le or 1000)
            )
    raise TypeError(kind)


def _damage(payload: Json, where: int, how: int, value: Json, key: str) -> Json:
    broken = copy.deepcopy(payload)
    places = list(_places(broken))
    if not places:
        return {**broken, key: value}
    container, step = places[where % len(places)]
    if how == 0:
        del container[step]
    elif how == 1 and isinstance(container, dict):
        container[key] = value
    else:
        container[step] = value
    return broken


def _places(value: Json) -> list[tuple[Any, Any]]:
    steps: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    found: list[tuple[Any, Any]] = []
    for step in steps:
        found.append((value, step))
        if isinstance(value[step], dict | list):
            found += _places(value[step])
    return found
