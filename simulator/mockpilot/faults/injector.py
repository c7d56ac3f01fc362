"""Decides, message by message and connection by connection, what the armed faults make of it.

It changes nothing itself: the link carries a ``Fate`` out, the server an admission, the control what is due. Evidence
is kept beside each armed fault: when it was armed, when it fired (strikes), when its effect was seen. Nothing armed
means every message passes untouched. Time comes in with each occasion, chance when the injector is made.
"""

from __future__ import annotations

from dataclasses import replace

from mockpilot.errors import ScenarioError
from mockpilot.faults.altering import Form
from mockpilot.faults.changes.setting import refusal
from mockpilot.faults.fates import Departure, Fate, fate_of
from mockpilot.faults.striking import Armed, Chance, Occasion, Seeded, is_open, means_link, strikes
from mockpilot.faults.verbs import Fault
from mockpilot.protocol.envelope import Action, Envelope, MessageType, new_message_id, write
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT, Dialect

__all__ = ["Armed", "Chance", "Departure", "Fate", "Injector", "Occasion"]

NOWHERE = Occasion(0.0)
ACTS = ("inject", "forget", "drop", "refuse")
"""Verbs that do something unasked, as soon as they may: ``drop`` if it waits for no message, ``refuse`` if TCP is."""
PRESSES = ("slow", "ping")
"""Verbs that lie on a link from one moment to another."""


class Injector:
    """The armed faults of one scenario.

    Args:
        dialect: in which our messages are written.
        seeded: makes random numbers of a seed; without it nothing is left to chance.
        seed: the scenario's own, for faults that bring none.
    """

    def __init__(self, dialect: Dialect = DEFAULT_DIALECT, seeded: Seeded | None = None, seed: str = "") -> None:
        self.armed: list[Armed] = []
        self._dialect, self._seeded, self._seed = dialect, seeded, seed
        self._numbers: dict[str, int] = {}

    def arm(self, fault: Fault, at: float = 0.0) -> Armed:
        """Put a fault to work; it gets a name of its own if it has none.

        Args:
            at: seconds on the run's clock.

        Raises:
            ScenarioError: the name is taken, or the dialect cannot say what the fault wants it to.
        """
        taken = {armed.name for armed in self.armed}
        if fault.name in taken:
            raise ScenarioError(f"fault {fault.name!r} is armed already; give the second one another name")
        cannot = refusal(fault, self._dialect) if fault.do == "change" else None
        if cannot:
            raise ScenarioError(cannot)
        name = fault.name or self._next_name(fault.do, taken)
        armed = Armed(name, fault, at, self._chance(fault, name))
        self.armed.append(armed)
        return armed

    def _chance(self, fault: Fault, name: str) -> Chance | None:
        # A stream of its own for each fault: whether another one is armed changes nothing here.
        seed = f"{self._seed}/{name}" if fault.selects.seed is None else str(fault.selects.seed)
        return self._seeded(seed) if self._seeded is not None else None

    def disarm(self, armed: Armed) -> None:
        """Take a fault out; its evidence stays, and so does what it held."""
        armed.disarmed = True

    def _next_name(self, verb: str, taken: set[str]) -> str:
        while True:
            self._numbers[verb] = self._numbers.get(verb, 0) + 1
            name = verb if self._numbers[verb] == 1 else f"{verb}-{self._numbers[verb]}"
            if name not in taken:
                return name

    def _at_work(self, *verbs: str) -> list[Armed]:
        return [armed for armed in self.armed if not armed.disarmed and armed.fault.do in verbs]

    def standing(self, verb: str, where: Occasion) -> Armed | None:
        """The fault of that verb that lies on a link at this moment, if one does; it counts nothing."""
        lying = (one for one in self._at_work(verb) if is_open(one, where.at, self.armed))
        return next((one for one in lying if means_link(one.fault.selects, where.link, where.presystem_id)), None)

    # -- our messages ----------------------------------------------------------------------------------------------

    def fate_of(self, envelope: Envelope, where: Occasion = NOWHERE) -> Fate:
        """Decide what becomes of a message of ours.

        What it says may be changed by any number of faults; how it leaves is the affair of the first that strikes.
        """
        if not self.armed:
            return Fate((Departure(envelope),))
        at_work = [armed for armed in self.armed if not armed.disarmed]
        return fate_of(envelope, where, at_work, self.armed, self._dialect)

    def passed(self, where: Occasion) -> None:
        """Take note of a message that has passed, ours or theirs."""
        for armed in self.armed:
            armed.passes(where)

    # -- what is due unasked ---------------------------------------------------------------------------------------

    def acts(self, at: float) -> list[Armed]:
        """Faults that may do by now, unasked, what they do; whoever does it says so to ``strikes_link``."""
        return [one for one in self._at_work(*ACTS) if _acts_unasked(one.fault) and is_open(one, at, self.armed)]

    def presses(self) -> list[Armed]:
        """Faults that lie on links, now or at another moment."""
        return self._at_work(*PRESSES)

    def is_open(self, armed: Armed, at: float) -> bool:
        """Whether a fault is between its ``after`` and its ``until``."""
        return is_open(armed, at, self.armed)

    def waits(self, at: float) -> list[float]:
        """Seconds until each moment at which more of them may, or may no longer."""
        at_work = self._at_work(*ACTS, *PRESSES)
        moments = [one.at + (one.fault.selects.after_s or 0.0) for one in at_work]
        moments += [one.at + (one.fault.selects.until_s or 0.0) for one in at_work]
        return [moment - at for moment in moments if moment > at]

    def strikes_link(self, armed: Armed, where: Occasion) -> bool:
        """Whether a fault that does something unasked does it to this link now; it does so once, at most."""
        if where.link in armed.acted_on or not means_link(armed.fault.selects, where.link, where.presystem_id):
            return False
        armed.acted_on.add(where.link)
        return strikes(armed, replace(where, action=armed.fault.selects.action), self.armed)

    def injected(self, armed: Armed, presystem_id: str, stamp: str) -> Departure:
        """The message that a fault brings in, as nobody asked for it."""
        fault, action = armed.fault, armed.fault.selects.action or Action.PROVIDE_CHARGING_REQUESTS
        bits = armed.chance.getrandbits(128) if armed.chance is not None else 0
        kind = MessageType.ERROR if fault.kind == "error" else MessageType.CONFIRMATION
        payload = {"status": "Accepted"} if action is Action.BOOT_NOTIFICATION else {}
        if kind is MessageType.ERROR:
            payload = {self._dialect.error_key: "Nobody asked for this answer."}
        stray = Envelope(kind, "CMS", presystem_id, stamp, new_message_id(bits), action, payload)
        text = fault.text or write(stray)
        return Departure(stray, 0.0, armed.name, unaltered=False, form=Form.of(text))

    # -- their messages and connections ----------------------------------------------------------------------------

    def unread_by(self, envelope: Envelope, where: Occasion = NOWHERE) -> Armed | None:
        """The fault that keeps a message of the presystem from being read, if any."""
        meant = where.with_message(envelope, "in")
        return next((one for one in self._at_work("lose") if strikes(one, meant, self.armed)), None)

    def drop_for(self, envelope: Envelope, where: Occasion = NOWHERE) -> Armed | None:
        """The drop that a message of the presystem sets off, if any."""
        meant = where.with_message(envelope, "in")
        waiting = (armed for armed in self._at_work("drop") if armed.fault.when != "now")
        return next((armed for armed in waiting if strikes(armed, meant, self.armed)), None)

    def certificate_for_handshake(self, where: Occasion) -> Armed | None:
        """The certificate that a fault has the next handshake show, if any; nothing is counted before it begins."""
        awaiting = (armed for armed in self._at_work("certificate") if _has_attempts_left(armed))
        return next((armed for armed in awaiting if strikes(replace(armed), where, self.armed)), None)

    def met_handshake(self, where: Occasion, shown: Armed | None) -> None:
        """Take note that a handshake began, and of the fault whose certificate it is shown."""
        for armed in self._at_work("certificate"):
            is_meant = means_link(armed.fault.selects, where.link, where.presystem_id)
            armed.matched += is_meant and is_open(armed, where.at, self.armed)
        if shown is not None:
            shown.fired += 1

    def refusal_of_connection(self, where: Occasion) -> Armed | None:
        """The fault that drops this TCP connection at once, if any."""
        return self._refusal(where, ("accept-and-drop",))

    def refusal_of_upgrade(self, where: Occasion, *, offers: bool) -> Armed | None:
        """The refusal that this upgrade request meets, if any; who offers no subprotocol cannot miss one."""
        return self._refusal(where, ("http", "redirect", "alien-subprotocol", *(("subprotocol",) if offers else ())))

    def _refusal(self, where: Occasion, hows: tuple[str, ...]) -> Armed | None:
        awaiting = (one for one in self._at_work("refuse") if one.fault.how in hows and _has_attempts_left(one))
        return next((armed for armed in awaiting if strikes(armed, where, self.armed)), None)


def _acts_unasked(fault: Fault) -> bool:
    return fault.when == "now" and (fault.do != "refuse" or fault.how == "tcp")


def _has_attempts_left(armed: Armed) -> bool:
    return armed.fault.attempts is None or armed.fired < armed.fault.attempts
