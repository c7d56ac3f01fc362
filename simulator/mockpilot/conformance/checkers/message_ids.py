"""Message ids: a request has one of its own, but for the same request sent again until its answer has arrived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mockpilot.conformance.case import Case
from mockpilot.conformance.conversation import Frame, Link
from mockpilot.conformance.levels import Level
from mockpilot.conformance.observation import Observation, held
from mockpilot.protocol.envelope import Action, MessageType, Trouble

MESSAGE_ID_IS_NEW = "envelope.message-id-is-new"


@dataclass(eq=False)
class _Use:
    """What is known of one message id in one product process."""

    link: Link
    frame: Frame
    answers: list[tuple[Link, Frame]] = field(default_factory=list)


def check(case: Case) -> Iterator[Observation]:
    """Every request of the product on links that we did not break."""
    uses: dict[tuple[int, str], _Use] = {}
    answers = _our_answers(case)
    fresh = 0
    for link, frame in _requests(case):
        assert frame.envelope is not None
        if any(defect.trouble is Trouble.MESSAGE_ID for defect in frame.reading.defects):
            continue
        key = link.instance, frame.envelope.message_id.lower()
        if key not in uses:
            uses[key] = _Use(link, frame, answers.get(key[1], []))
            fresh += 1
            if fresh > 1:
                yield held(MESSAGE_ID_IS_NEW, frame.index, link=link.number)
            continue
        yield from _used_again(case, uses[key], link, frame)


def _requests(case: Case) -> list[tuple[Link, Frame]]:
    found = [
        (link, frame) for link in case.clean_links for frame in link.in_order()
        if frame.envelope is not None and frame.envelope.message_type is MessageType.REQUEST
        and frame.envelope.action is not Action.PROVIDE_CHARGING_INFORMATION
    ]  # fmt: skip
    return sorted(found, key=lambda pair: pair[1].index)


def _our_answers(case: Case) -> dict[str, list[tuple[Link, Frame]]]:
    by_id: dict[str, list[tuple[Link, Frame]]] = {}
    for link in case.clean_links:
        for sent in link.sent:
            if sent.envelope is not None and sent.is_answer:
                by_id.setdefault(sent.envelope.message_id.lower(), []).append((link, sent))
    return by_id


def _used_again(case: Case, use: _Use, link: Link, frame: Frame) -> Iterator[Observation]:
    """Sending the same request again until its answer has arrived for certain is right."""
    first, again = use.frame.envelope, frame.envelope
    assert first is not None
    assert again is not None
    shown = (use.frame.index, frame.index)
    if again.action is not first.action:
        yield Observation(MESSAGE_ID_IS_NEW, False, shown, "a message id of its own",
                          f"the id of a {first.action}", cause="other action", link=link.number)  # fmt: skip
        return
    before = [(where, sent) for where, sent in use.answers if sent.index < frame.index]
    if any(sent.fault is not None for _, sent in before):
        return
    proved = [case.delivery.known_at(where, at) for where, sent in before
              if (at := case.delivery.proved_at(where, sent.index)) is not None]  # fmt: skip
    if any(at < frame.at for at in proved):
        yield Observation(
            MESSAGE_ID_IS_NEW, False, shown, "a message id of its own",
            "the id of a request whose answer had arrived", cause="answered", link=link.number,
        )  # fmt: skip
    elif again.payload != first.payload:
        yield Observation(
            MESSAGE_ID_IS_NEW, False, shown, "a message id of its own, for the content is another",
            "the id of an unanswered request", Level.SHOULD, cause="changed", link=link.number,
        )  # fmt: skip
