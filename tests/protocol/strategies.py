"""Hypothesis strategies for payloads as they stand on the wire, compiled from our own structs."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import inspect

Json = Any

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The chosen profile without its clocks: the first example compiles every schema."""

A_FIFTH = settings(UNHURRIED, max_examples=max(settings().max_examples // 5, 20))
"""Of the chosen examples, where each is a connection of its own."""

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


@functools.cache
def near_uris() -> st.SearchStrategy[str]:
    """Texts made of what URIs are made of, and a little that they are not made of."""
    return _NEAR_URIS | st.lists(_URI_PIECES, max_size=8).map(lambda pieces: "a:" + "".join(pieces))


@functools.cache
def uris() -> st.SearchStrategy[str]:
    """URIs as RFC 3986 wants them."""
    return st.one_of(
        st.uuids().map(lambda made: made.urn),
        st.builds(
            "{}{}:{}".format, st.sampled_from("az"), st.text("az09+.-", max_size=5), st.text("az09._~/-", max_size=9)
        ),
        st.sampled_from(["http://[::1]:80/x?y#z", "a:", "urn:mockpilot:A%2F1", "mailto:a@b", "a://u:p@h/x;y=1,2"]),
    )  # fmt: skip


@functools.cache
def date_times() -> st.SearchStrategy[str]:
    """Date-times as RFC 3339 wants them."""
    return st.builds(lambda moment, offset: moment + offset, _MOMENTS, _OFFSETS)


@functools.cache
def payloads(wanted: Any) -> st.SearchStrategy[Json]:
    """Payloads that the type allows."""
    return _of(inspect.type_info(wanted))


@functools.cache
def strange_values() -> st.SearchStrategy[Json]:
    """JSON values of every kind; no number with a fraction of zero, about which drafts of JSON Schema disagree."""
    numbers = st.sampled_from([-1, 0, 1, 100, 101, 10**20, -0.5, 99.5, 100.5, 1e300])
    return st.one_of(
        st.none(), st.booleans(), numbers, _TEXTS, _NEAR_TIMES, near_uris(), st.just([]), st.just({}), st.just([None]),
        st.dictionaries(_TEXTS, st.none(), max_size=2),
    )  # fmt: skip


@functools.cache
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
