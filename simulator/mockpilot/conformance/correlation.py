"""Who answers what: matches the product's answers to our pushes, link by link.

Ids come first, exactly; then answers of unknown id are taken for late or misnumbered ones, in order, so that one
mistake (another id) does not look like two (no answer, and a stray one).
"""

from __future__ import annotations

import base64
import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from mockpilot.conformance.conversation import Frame, Link
from mockpilot.protocol.envelope import Action, MessageType, Trouble


class Fate(enum.Enum):
    """What an answer turned out to be."""

    EXACT = "exact"              # carries the id of a push of this link
    OTHER_ID = "other id"        # answers a push, under another id
    BROKEN_ID = "broken id"      # answers a push, and its id is no UUID: judged as such
    EXTRA = "extra"              # one more than the push was handed
    EARLIER_LINK = "earlier link"  # answers a push of a link before
    OWN_REQUEST = "own request"  # carries the id of a request of the product: an answer to an answer
    GARBLED = "garbled"          # answers something of ours that a fault made unreadable
    STRAY = "stray"              # belongs to nothing


@dataclass(eq=False)
class Push:
    """One push, as often as it was handed."""

    handed: list[Frame]
    plain: bool
    """Handed on an accepted link and touched by no fault."""
    answers: list[Frame] = field(default_factory=list)
    unreadable: bool = False
    """Some frame of which nobody can say what it answers may have been its answer."""

    @property
    def first(self) -> Frame:
        """The first handing."""
        return self.handed[0]

    @property
    def message_id(self) -> str:
        """Its id as a value."""
        assert self.first.envelope is not None
        return self.first.envelope.message_id.lower()

    @property
    def answered_s(self) -> float | None:
        """Seconds from handing to answer, None while unanswered."""
        return self.answers[0].at - self.first.at if self.answers else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the product, and what it answers."""

    frame: Frame
    fate: Fate
    push: Push | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """All pushes and answers of one link."""

    pushes: tuple[Push, ...]
    fates: dict[int, Answer]
    """What became of each answer, by the index of its frame, in order."""

    def median_answer_s(self) -> float:
        """Median time in which pushes were answered, 0 if none was."""
        times = [push.answered_s for push in self.pushes if push.answered_s is not None]
        return median(times) if times else 0.0


def exchanges_of(links: Sequence[Link]) -> dict[int, Exchange]:
    """Match answers to pushes on every link, links in the order of their beginning."""
    earlier: set[str] = set()
    own: list[tuple[int, str]] = [
        (frame.index, frame.envelope.message_id.lower())
        for link in links for frame in link.received
        if frame.envelope is not None and frame.envelope.message_type is MessageType.REQUEST
        and frame.envelope.action is not Action.PROVIDE_CHARGING_INFORMATION
    ]  # fmt: skip
    first_used: dict[str, int] = {}
    for index, message_id in own:
        first_used[message_id] = min(index, first_used.get(message_id, index))
    exchanges = {}
    garbled: list[Frame] = []
    for link in links:
        pushes = _pushes(link)
        garbled += [frame for frame in link.sent if frame.envelope is None]
        exchanges[link.number] = _match(link, pushes, earlier, first_used, garbled)
        earlier |= {push.message_id for push in pushes}
    return exchanges


def _pushes(link: Link) -> list[Push]:
    found: dict[str, Push] = {}
    for frame in link.pushes_handed():
        assert frame.envelope is not None
        message_id = frame.envelope.message_id.lower()
        if message_id in found:
            found[message_id].handed.append(frame)
            continue
        accepted = link.accepted is not None and link.accepted.index < frame.index
        plain = accepted and frame.fault is None and not link.tainted and not link.is_late(frame)
        found[message_id] = Push([frame], plain)
    return list(found.values())


def _candidates(link: Link) -> list[Frame]:
    return [frame for frame in link.received if frame.is_answer or is_answer_as_request(frame)]


def is_answer_as_request(frame: Frame) -> bool:
    """Whether it is a push by its slots; a presystem sends none, so it may be meant as an answer."""
    return frame.is_a(MessageType.REQUEST, Action.PROVIDE_CHARGING_INFORMATION)


def _match(
    link: Link, pushes: list[Push], earlier: set[str], own: dict[str, int], garbled: Sequence[Frame]
) -> Exchange:
    by_id = {push.message_id: push for push in pushes}
    fates: dict[int, Answer] = {}
    rest: list[Frame] = []
    for frame in _candidates(link):
        assert frame.envelope is not None
        message_id = frame.envelope.message_id.lower()
        push = by_id.get(message_id)
        if push is not None and push.first.index < frame.index:
            handings = sum(handed.index < frame.index for handed in push.handed)
            if len(push.answers) < handings:
                push.answers.append(frame)
                fates[frame.index] = Answer(frame, Fate.EXACT, push)
            else:
                fates[frame.index] = Answer(frame, Fate.EXTRA, push)
        elif message_id in earlier:
            fates[frame.index] = Answer(frame, Fate.EARLIER_LINK)
        elif frame.is_answer and own.get(message_id, frame.index) < frame.index:
            fates[frame.index] = Answer(frame, Fate.OWN_REQUEST)
        elif _answers_garbled(frame, message_id, garbled):
            fates[frame.index] = Answer(frame, Fate.GARBLED)
        else:
            rest.append(frame)
    _match_in_order(rest, pushes, fates)
    if link.instance == 0 and not earlier:
        _spare_leftovers(fates)
    _spare_for_unreadable(link, pushes)
    return Exchange(tuple(pushes), dict(sorted(fates.items())))


def _answers_garbled(frame: Frame, message_id: str, garbled: Sequence[Frame]) -> bool:
    """Whether it answers what a fault made unreadable: by its id, or by an error that could not know the id."""
    before = [other for other in garbled if other.index < frame.index]
    if any(message_id in _raw(other) for other in before):
        return True
    return bool(before) and frame.envelope is not None and frame.envelope.message_type is MessageType.ERROR


def _raw(frame: Frame) -> str:
    event = frame.event
    text = event.text if event.text is not None else base64.b64decode(event.base64 or "").decode(errors="replace")
    return text.lower()


def _match_in_order(rest: list[Frame], pushes: list[Push], fates: dict[int, Answer]) -> None:
    for frame in rest:
        assert frame.envelope is not None
        # A push of the product's own is one only if it is empty; else it is what it says.
        if not frame.is_answer and frame.envelope.payload != {}:
            continue
        push = _first_open(pushes, frame)
        if push is None:
            if frame.is_answer:
                fates[frame.index] = Answer(frame, Fate.STRAY)
            continue
        push.answers.append(frame)
        broken = any(defect.trouble is Trouble.MESSAGE_ID for defect in frame.reading.defects)
        fates[frame.index] = Answer(frame, Fate.BROKEN_ID if broken else Fate.OTHER_ID, push)


def _first_open(pushes: list[Push], frame: Frame) -> Push | None:
    """The first push that nothing answers yet, else the first that was handed again and answered less often."""
    earlier = [push for push in pushes if push.first.index < frame.index]
    unanswered = (push for push in earlier if not push.answers)
    spare = (push for push in earlier if len(push.answers) < sum(h.index < frame.index for h in push.handed))
    return next(unanswered, None) or next(spare, None)


def _spare_leftovers(fates: dict[int, Answer]) -> None:
    """A product that ran before may still answer what a link before this recording brought it.

    Only where it echoes ids otherwise: who never does, answers wrongly. And only at first: who has answered two
    pushes of this link is done with those before it.
    """
    exact = [index for index, answer in fates.items() if answer.fate is Fate.EXACT]
    if not exact:
        return
    until = sorted(exact)[:2][-1] if len(exact) > 1 else float("inf")
    for index, answer in fates.items():
        if answer.fate in (Fate.OTHER_ID, Fate.STRAY) and index < until:
            if answer.push is not None:
                answer.push.answers.remove(answer.frame)
                answer.push.unreadable = True
            fates[index] = Answer(answer.frame, Fate.EARLIER_LINK)


def _spare_for_unreadable(link: Link, pushes: list[Push]) -> None:
    """What cannot be read is convicted as such; the push that it may have answered is not unanswered as well."""
    for frame in link.received:
        if frame.envelope is None:
            push = next((p for p in pushes if not p.answers and not p.unreadable and p.first.index < frame.index), None)
            if push is not None:
                push.unreadable = True
