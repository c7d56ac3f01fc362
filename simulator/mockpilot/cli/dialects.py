"""A dialect in full: what it consists of, its switches with their reasons, and how it differs from its neighbours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from mockpilot.protocol.comparing import Difference, differences, switches
from mockpilot.protocol.envelope import MessageType
from mockpilot.protocol.schema import schemas
from mockpilot.protocol.vocabulary import DIALECTS, Dialect

NEIGHBOURS = {
    "chargepilot": ("vdv-1.1",),
    "vdv-1.0": ("vdv-1.1",),
    "vdv-1.1": ("vdv-1.0", "vdv-2.0-rc1", "chargepilot"),
    "vdv-2.0-rc1": ("vdv-1.1",),
}
"""With which dialects each is compared: the versions before and after it, and whose profile it is."""

_WIDTH = 120


def tell(name: str) -> str:
    """Tell a dialect in full; empty if there is none of that name."""
    one = DIALECTS.get(name)
    return "\n".join(_lines(one)) if one is not None else ""


def _lines(one: Dialect) -> Iterator[str]:
    yield f"dialect {one.name} · {one.title}"
    yield ""
    for what, text in _facts(one):
        yield _filled(f"{what:<13}", text)
    if one.quirks:
        yield from ("", f"switches, each a deviation or a choice of {one.title}:")
        for quirk in one.quirks:
            yield from ("", f"  {quirk.name} · {quirk.changes}", _filled("    ", quirk.reason))
    if one.notes:
        yield from ("", "slips of its text that change nothing:", "")
        yield from (_filled("  ", note, "  ") for note in one.notes)
    for other in NEIGHBOURS[one.name]:
        yield from ("", *_compared(one, DIALECTS[other]))


def _facts(one: Dialect) -> Iterator[tuple[str, str]]:
    yield "messages", ", ".join(schemas(one))
    yield "subprotocols", ", ".join(one.subprotocols)
    yield "ids", one.spelling.name
    yield "presystem id", f"{one.default_presystem_id}, where none is named"
    strict = any(message_type is MessageType.ERROR for _, message_type in one.payloads)
    form = "a schema says so" if strict else "no schema says anything about the error answers of a presystem"
    yield "errors", f"the text of an error answer stands under {one.error_key!r}; {form}"
    yield "sources", ", ".join(one.sources) or "any text"


def _compared(one: Dialect, other: Dialect) -> Iterator[str]:
    yield f"differs from {other.name}, field by field:"
    yield from ("", *_told(differences(one, other), other.name))
    yield from ("", f"differs from {other.name}, beside its messages:")
    yield from ("", *_told(switches(one, other), other.name))


def _told(found: Iterable[Difference], other: str) -> Iterator[str]:
    told = [_filled("  ", f"{one.place}: {one.here} here, {one.there} in {other}", "  ") for one in found]
    yield from told or ["  nothing"]


def _filled(start: str, text: str, more: str = "") -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=start, subsequent_indent=" " * len(start) + more,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
