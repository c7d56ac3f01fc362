"""How identifiers are spelled on the wire: as they are, or as the URIs that version 1.0 asks for.

Knows RFC 3986 and nothing of messages. What ``out`` writes, ``back`` reads again, and every URI that somebody else
made comes out as it came in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, unquote

_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_NAME = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
_USER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:{_USER}@)?(?:\[(?P<literal>[^\[\]]*)\]|{_NAME})(?::[0-9]*)?(?:/{_CHARACTER}*)*"
    rf"|/(?:{_CHARACTER}+(?:/{_CHARACTER}*)*)?"
    rf"|(?:{_CHARACTER}+(?:/{_CHARACTER}*)*)?)"
    rf"(?:\?(?:{_CHARACTER}|[/?])*)?(?:#(?:{_CHARACTER}|[/?])*)?"
)
"""RFC 3986 appendix A, ``URI``; what stands in brackets is looked at apart."""

_FUTURE_ADDRESS = re.compile(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_PREFIX = "urn:uuid:"
_OWN_PREFIX = "urn:mockpilot:"


@dataclass(frozen=True, slots=True)
class Spelling:
    """Our identifiers to the wire and back."""

    name: str
    """For people."""
    out: Callable[[str], str]
    """Our id as it stands on the wire."""
    back: Callable[[str], str]
    """What stands on the wire as our id."""


def is_uri(text: str) -> bool:
    """Whether a text is a URI by RFC 3986: absolute, and free of anything that would have to be percent-encoded."""
    match = _URI.fullmatch(text)
    return match is not None and _is_address(match["literal"])


def _is_address(literal: str | None) -> bool:
    if literal is None or _FUTURE_ADDRESS.fullmatch(literal):
        return True
    try:
        IPv6Address(literal)
    except AddressValueError:
        return False
    return "%" not in literal


def _as_uri(own: str) -> str:
    if _UUID.fullmatch(own):
        return _UUID_PREFIX + own
    return own if is_uri(own) else _OWN_PREFIX + quote(own, safe="", errors="surrogatepass")


def _from_uri(text: str) -> str:
    for prefix in (_UUID_PREFIX, _OWN_PREFIX):
        own = unquote(text.removeprefix(prefix), errors="surrogatepass") if text.startswith(prefix) else text
        if own != text and _as_uri(own) == text:
            return own
    return text


def _as_it_is(text: str) -> str:
    return text


AS_THEY_ARE = Spelling("any text", _as_it_is, _as_it_is)

AS_URIS = Spelling("URIs (RFC 3986): urn:uuid:… of a UUID, else urn:mockpilot:…, percent-encoded", _as_uri, _from_uri)
