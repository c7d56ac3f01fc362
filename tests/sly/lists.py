"""Sly about charging requests: lost, kept, revived."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from mockpilot.presystem.conduct import Conduct, Entry, ListDraft
from mockpilot.presystem.information import Information
from mockpilot.presystem.lists import Lists, SentList
from mockpilot.presystem.requests import RequestBook, content_of
from mockpilot.presystem.steps import Step
from mockpilot.protocol.envelope import Envelope
from sly.making import Make, behaving


def opening_lists(later: Callable[[ListDraft], tuple[Entry, ...]]) -> Make:
    """What the first list of every link but the first says."""
    def conduct() -> Conduct:
        links = 0

        def entries(draft: ListDraft) -> tuple[Entry, ...]:
            nonlocal links
            links += draft.opens_link
            return later(draft) if draft.opens_link and links > 1 else draft.entries

        return behaving(entries=entries)

    return conduct


def beginning_with_nothing() -> Conduct:
    """The very first list is empty."""
    lists = itertools.count()
    return behaving(entries=lambda draft: () if next(lists) == 0 else draft.entries)


class ResendsOnce(Lists):
    """Takes a list for delivered once it was sent twice."""

    def due(self, now: float) -> None:
        if self._open is None or not self._resends:
            super().due(now)
            return
        self.book.confirm(self._sent[self._open].content)
        self.desk.memory.unconfirmed, self.desk.memory.misled = "", True
        self._give_up()


class SendsChangesAtOnce(Lists):
    """Sends what has changed although a list is open, as it may."""

    def consider(self, now: float) -> None:
        open_list = self._sent.get(self._open or "")
        if open_list is not None and open_list.content != content_of(self.book.current()):
            self._give_up()
        super().consider(now)


class TakesAnswersInOrder(SendsChangesAtOnce):
    """Takes each confirmation for the list that was sent last, whichever it names."""

    def _meant(self, message: Envelope) -> str:
        key = message.message_id.lower()
        self.desk.memory.misled = self.desk.memory.misled or key != (self._open or key)
        return self._open or key


class ForgetsMeanwhile(Lists):
    """Holds what changed while a list was open for told with it."""

    def _close(self, sent: SentList, now: float) -> None:
        self.desk.memory.misled = True
        super()._close(replace(sent, content=content_of(self.book.current())), now)


class TellsAgain(Lists):
    """Sends its list on every link, as it may."""

    def learn(self, information: Information, at: datetime | None) -> None:
        first = not self._pushed
        super().learn(information, at)
        self._must_tell = self._must_tell or (first and self._pushed)


@dataclass
class Revives(RequestBook):
    """Lists name again what was cancelled."""

    known: dict[str, Entry] = field(default_factory=dict)
    lists: int = 0

    def draft(self, *, opens_link: bool, again: bool = False) -> list[Entry]:
        entries = super().draft(opens_link=opens_link, again=again)
        present = {entry["chargingRequestId"] for entry in entries}
        gone = [entry for request_id, entry in self.known.items() if request_id not in present]
        self.known |= {entry["chargingRequestId"]: entry for entry in entries}
        self.lists = self.lists + 1 if gone else 0
        return [*entries, *gone] if self.is_due(opens_link=opens_link) else entries

    def is_due(self, *, opens_link: bool) -> bool:
        """The list after the one that leaves something out."""
        return self.lists > 1


class RevivesOnLinks(Revives):
    """The first list of a link does."""

    def is_due(self, *, opens_link: bool) -> bool:
        return opens_link


@dataclass
class GoesBack(RequestBook):
    """With a new link the list before the last one holds again."""

    sent_lists: list[list[Entry]] = field(default_factory=list)

    def draft(self, *, opens_link: bool, again: bool = False) -> list[Entry]:
        if opens_link and len(self.sent_lists) > 1:
            self.sent_lists.pop()
            self.entries = copy.deepcopy(self.sent_lists[-1])
        if not self.sent_lists or self.sent_lists[-1] != self.entries:
            self.sent_lists.append(copy.deepcopy(self.entries))
        return super().draft(opens_link=opens_link, again=again)


class DropsWhatCharges(RequestBook):
    """A change of a request whose vehicle is charging takes the request away."""

    def apply(self, step: Step, now: datetime) -> str:
        if step.step == "change-request" and step.charging_request_id in self._charging:
            return super().apply(replace(step, step="cancel-request"), now)
        return super().apply(step, now)


@dataclass
class ChangesAreLost(RequestBook):
    """What changes after the first three changes is lost, as if it were told to a link that is gone."""

    changes: int = 0

    def apply(self, step: Step, now: datetime) -> str:
        self.changes += step.step == "change-request"
        return "lost" if self.changes > 3 and step.step == "change-request" else super().apply(step, now)


class FixedValue(RequestBook):
    """A change sets one and the same value."""

    def _change(self, entry: Entry) -> str:
        entry["chargingRequestData"]["minTargetSoc"] = 80
        return str(entry["chargingRequestId"])


class KeepsPoints(RequestBook):
    """Names a point only where a step said one, and that one for ever."""

    def _place(self) -> None:
        pass


class LetsGoOfPoints(RequestBook):
    """Names a point only where a step said one, and none once it has gone."""

    def _place(self) -> None:
        for entry in self.entries:
            if entry.get("chargingPointId") not in self.points:
                entry.pop("chargingPointId", None)


class NamesNoPoint(KeepsPoints):
    """Leaves it to the CMS where its vehicles charge, whatever a step says."""

    def add_bus(self, now: datetime, point: str = "") -> str:
        return super().add_bus(now)


class CancelsQuietly(RequestBook):
    """A cancelling is no reason for a list; the next one is without the request."""

    def apply(self, step: Step, now: datetime) -> str:
        said = super().apply(step, now)
        if step.step.startswith("cancel"):
            self.confirmed = content_of(self.current())
        return said


class TellsNothingButTheFirst(Lists):
    """Sends one list on a link, and none that changes it."""

    def consider(self, now: float) -> None:
        if not self._opened_link:
            super().consider(now)


class CancelsNothing(RequestBook):
    """A cancelling is confirmed to the person, and forgotten."""

    def apply(self, step: Step, now: datetime) -> str:
        return "cancelled" if step.step.startswith("cancel") else super().apply(step, now)
