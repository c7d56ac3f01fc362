"""Ids on the wire: as they are, or as URIs."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockpilot.protocol.vocabulary import DIALECTS
from mockpilot.protocol.vocabulary.spelling import AS_THEY_ARE, AS_URIS, is_uri
from protocol.strategies import near_uris, uris

VALIDATOR = jsonschema_rs.Draft4Validator({"type": "string", "format": "uri"}, validate_formats=True)
UUID = "3f0c2a5e-8b7d-4c61-9e12-5d40a7b6c8f1"


@given(st.one_of(near_uris(), uris(), st.text(st.characters(exclude_categories=["Cs"]))))
def test_uris_are_what_the_format_of_the_schemas_accepts(text: str) -> None:
    """Whoever asks us hears what the strict reading would say."""
    assert VALIDATOR.is_valid(text) == is_uri(text)


@pytest.mark.parametrize(
    ("own", "wire"),
    [
        (UUID, f"urn:uuid:{UUID}"), ("D1/S1/P1", "urn:mockpilot:D1%2FS1%2FP1"), ("", "urn:mockpilot:"),
        ("Süd 7", "urn:mockpilot:S%C3%BCd%207"), ("urn:depot:7", "urn:depot:7"), ("http://a/b", "http://a/b"),
        (f"{UUID}/0", f"urn:mockpilot:{UUID}%2F0"), (UUID.upper(), f"urn:mockpilot:{UUID.upper()}"),
    ],
)  # fmt: skip
def test_ids_are_spelt_as_uris_and_read_back(own: str, wire: str) -> None:
    """UUIDs and free texts get a scheme, URIs stay."""
    assert (AS_URIS.out(own), AS_URIS.back(wire)) == (wire, own)


@given(st.text() | near_uris())
def test_what_is_spelt_is_a_uri_and_is_spelt_again_alike(own: str) -> None:
    """Whatever the id, the wire carries a URI, and reading it back loses nothing that the wire could show."""
    wire = AS_URIS.out(own)
    assert is_uri(wire)
    assert AS_URIS.out(AS_URIS.back(wire)) == wire


@given(uris())
def test_uri_of_another_is_kept(text: str) -> None:
    """A presystem finds its own spelling in our pushes."""
    assert AS_URIS.out(AS_URIS.back(text)) == text


@given(st.text())
def test_elsewhere_ids_stay_as_they_are(text: str) -> None:
    """No other dialect touches an id."""
    assert {one.name for one in DIALECTS.values() if one.spelling is not AS_THEY_ARE} == {"vdv-1.0"}
    assert AS_THEY_ARE.out(text) == AS_THEY_ARE.back(text) == text
