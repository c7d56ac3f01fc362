"""Form: every frame by itself, and the presystem id that all have in common.

Frames that came while a link was ending are judged for their form too. A frame with a defect is not judged deeper on
the broken part.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mockpilot.conformance.case import Case
from mockpilot.conformance.checkers.handshake import is_bad_text
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.levels import Basis, Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.protocol.envelope import Action, MessageType, Trouble, parse_timestamp
from mockpilot.protocol.vocabulary.spelling import is_uri

IS_UTC = "envelope.time-stamp-is-utc"
PRESYSTEM_ID = "envelope.presystem-id"
IDS_ARE_URIS = "envelope.ids-are-uris"
DIRECTION = "envelope.direction"

_RULE_OF = {
    Trouble.BINARY:             ("envelope.text-frames", "a text message"),
    Trouble.NOT_UTF8:           ("envelope.text-frames", "text in UTF-8"),
    Trouble.NOT_JSON:           ("envelope.seven-slots", "a JSON array of seven items"),
    Trouble.NOT_AN_ARRAY:       ("envelope.seven-slots", "a JSON array of seven items"),
    Trouble.SLOT_COUNT:         ("envelope.seven-slots", "a JSON array of seven items"),
    Trouble.MESSAGE_TYPE:       ("envelope.message-type", "the integer 1, 2 or 3"),
    Trouble.SOURCE:             ("boot.source", "a string"),
    Trouble.PRESYSTEM_ID:       ("envelope.presystem-id", "a string"),
    Trouble.TIME_STAMP:         ("envelope.time-stamp", "an RFC 3339 date-time with an offset"),
    Trouble.MESSAGE_ID:         ("envelope.message-id-is-uuid", "a hyphenated UUID"),
    Trouble.ACTION:             ("envelope.action", "one of " + ", ".join(Action)),
    Trouble.PAYLOAD:            ("envelope.payload-is-object", "an object"),
    Trouble.BYTE_ORDER_MARK:    ("envelope.clean-json", "no byte order mark"),
    Trouble.DUPLICATE_KEY:      ("envelope.clean-json", "each key once"),
    Trouble.HALF_CHARACTER:     ("envelope.clean-json", "whole characters, no half of a surrogate pair"),
    Trouble.FRACTIONAL_INTEGER: ("envelope.clean-json", "an integer without a fraction"),
}  # fmt: skip

_FORM_RULES = (
    "envelope.text-frames", "envelope.seven-slots", "envelope.clean-json", "envelope.message-type",
    "envelope.message-id-is-uuid", "envelope.time-stamp", "envelope.action", "envelope.payload-is-object",
)  # fmt: skip


def check(case: Case) -> Iterator[Observation]:
    """Every frame of every link that we did not break."""
    for link in case.clean_links:
        for frame in link.received:
            yield from _form(case, link, frame)
            yield from _zone(link, frame)
            yield from _direction(link, frame)
            if case.dialect.ids_are_uris:
                yield from _uri(case, link, frame)
        if link.broken is not None and is_bad_text(link.broken.what) and not _last_is_bad_text(link):
            yield Observation("envelope.text-frames", False, (link.broken.index,), "text in UTF-8", link.broken.what,
                              link=link.number, perhaps=_ENCODING)  # fmt: skip
    yield from _presystem_ids(case)


_ENCODING = "text is encoded as the platform has it; encode it in UTF-8"
_NO_TEXT = "a value that is configured is written as a number or null; write it as a string"
_HINTS = {Trouble.NOT_UTF8: _ENCODING, Trouble.SOURCE: _NO_TEXT, Trouble.PRESYSTEM_ID: _NO_TEXT}
"""Where a trouble has another likely cause than others of its rule."""


def _last_is_bad_text(link: Link) -> bool:
    """Whether the broken frame was recorded as a message too."""
    last = link.received[-1].reading.defects if link.received else ()
    return any(defect.trouble is Trouble.NOT_UTF8 for defect in last)


def _form(case: Case, link: Link, frame: Frame) -> Iterator[Observation]:
    broken = set()
    for defect in frame.reading.defects:
        rule, expected = _RULE_OF[defect.trouble]
        broken.add(rule)
        yield Observation(
            rule, False, (frame.index,), expected, f"{defect.path}: {defect.found}" if defect.found else defect.path,
            *_weight(case, frame, defect.trouble), cause=_cause(rule, defect.trouble), link=link.number,
            perhaps=_HINTS.get(defect.trouble, ""),
        )  # fmt: skip
        if rule == "envelope.text-frames":
            return
    if frame.envelope is not None:
        for rule in _FORM_RULES:
            if rule not in broken:
                yield held(rule, frame.index, link=link.number)


def _cause(rule: str, trouble: Trouble) -> str:
    return str(trouble) if rule in ("envelope.clean-json", "envelope.seven-slots", "envelope.text-frames") else "form"


def _weight(case: Case, frame: Frame, trouble: Trouble) -> tuple[Level | None, Basis | None]:
    """Where a defect weighs otherwise than its rule."""
    if trouble is Trouble.PAYLOAD and case.dialect.error_answer_may_be_anything and _is_error(frame):
        return Level.MAY, None  # the guideline allows any value in an error answer of the product
    if trouble in (Trouble.SOURCE, Trouble.PRESYSTEM_ID):
        return Level.MUST, Basis.STANDARD  # the schema of the envelope asks for strings
    return None, None


def _is_error(frame: Frame) -> bool:
    return frame.envelope is not None and frame.envelope.message_type is MessageType.ERROR


def _zone(link: Link, frame: Frame) -> Iterator[Observation]:
    stamp = parse_timestamp(frame.envelope.timestamp) if frame.envelope is not None else None
    if stamp is None or frame.envelope is None:
        return
    if stamp.utcoffset() == timedelta(0):
        yield held(IS_UTC, frame.index, link=link.number)
    else:
        yield Observation(IS_UTC, False, (frame.index,), "UTC", frame.envelope.timestamp, link=link.number)


def _uri(case: Case, link: Link, frame: Frame) -> Iterator[Observation]:
    """The slot of the presystem id; the ids of a list are looked at with the rest of it."""
    if frame.envelope is None or not _is_own_id(case, link, frame):
        return
    if any(defect.trouble is Trouble.PRESYSTEM_ID for defect in frame.reading.defects):
        return
    if is_uri(frame.envelope.presystem_id):
        yield held(IDS_ARE_URIS, frame.index, link=link.number)
    else:
        yield Observation(IDS_ARE_URIS, False, (frame.index,), "a URI as presystem id", frame.envelope.presystem_id,
                          cause="presystem id", link=link.number)  # fmt: skip


def _direction(link: Link, frame: Frame) -> Iterator[Observation]:
    if frame.envelope is None or frame.envelope.message_type is not MessageType.REQUEST:
        return
    if frame.envelope.action is Action.PROVIDE_CHARGING_INFORMATION:
        yield Observation(
            DIRECTION, False, (frame.index,), "requests of type BootNotification or ProvideChargingRequests",
            "a message of type 1 with action ProvideChargingInformation", link=link.number,
        )  # fmt: skip
    else:
        yield held(DIRECTION, frame.index, link=link.number)


# -- presystem id --------------------------------------------------------------------------------------------------


def _presystem_ids(case: Case) -> Iterator[Observation]:
    first_of_kind: dict[str, tuple[Link, Frame]] = {}
    ids: set[str] = set()
    shown: list[int] = []
    differs = False
    for link in case.clean_links:
        own = [frame for frame in link.received if _is_own_id(case, link, frame)]
        for found in _differing_on(link, own):
            differs = True
            yield found
        if not own:
            continue
        assert own[0].envelope is not None
        kind = own[0].envelope.source
        other = first_of_kind.setdefault(kind, (link, own[0]))
        assert other[1].envelope is not None
        if other[1].envelope.presystem_id != own[0].envelope.presystem_id and not other[0].alive_until(own[0].at):
            differs = True
            yield _differing(link, other[1], own[0], "links")
        ids |= {frame.envelope.presystem_id for frame in own if frame.envelope is not None}
        shown += [own[0].index, own[-1].index]
    if differs or not ids:
        return
    if case.presystem.id in ids:
        yield held(PRESYSTEM_ID, *dict.fromkeys(shown))
    else:
        yield Observation(
            PRESYSTEM_ID, False, tuple(shown), case.presystem.id, ", ".join(sorted(ids)),
            Level.SHOULD if case.presystem.launched else Level.MAY, Basis.POLICY,
            message="The presystem should use the id that it was given.", cause="profile",
            perhaps="the id is built in, or configured apart from the address; use the one that was handed over",
        )  # fmt: skip


def _is_own_id(case: Case, link: Link, frame: Frame) -> bool:
    """Answers repeat what their request says, so those that repeat a wrong id of ours prove nothing."""
    if frame.envelope is None:
        return False
    if not frame.is_answer:
        return True
    answer = case.exchanges[link.number].fates.get(frame.index)
    push = answer.push if answer is not None else None
    asked = push.first.envelope if push is not None else None
    return asked is None or asked.presystem_id != frame.envelope.presystem_id or asked.presystem_id == case.presystem.id


def _differing_on(link: Link, frames: list[Frame]) -> Iterator[Observation]:
    for frame in frames[1:]:
        assert frame.envelope is not None
        assert frames[0].envelope is not None
        if frame.envelope.presystem_id != frames[0].envelope.presystem_id:
            yield _differing(link, frames[0], frame, "link")


def _differing(link: Link, one: Frame, other: Frame, cause: str) -> Observation:
    assert one.envelope is not None
    assert other.envelope is not None
    return Observation(
        PRESYSTEM_ID, False, (one.index, other.index), f"{one.envelope.presystem_id}, as before",
        other.envelope.presystem_id, cause=cause, link=link.number,
    )  # fmt: skip
