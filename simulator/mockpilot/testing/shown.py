"""What can be read of a CMS from any thread: what a product needs, what happened, and what is to be said of that.

Nothing here waits or changes what the CMS does.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from mockpilot.faults.injector import Armed
from mockpilot.history.events import FaultFired
from mockpilot.history.recorder import History
from mockpilot.results import FindingResult, ScenarioResult
from mockpilot.testing import judging
from mockpilot.testing.episodes import Episodes
from mockpilot.testing.failures import ConformanceFailure
from mockpilot.testing.happening import Transcript
from mockpilot.testing.judging import Played
from mockpilot.testing.telling import LAST_LINES


class ArmedFault:
    """A fault that was armed, with its evidence.

    Args:
        armed: as the control has it.
        history: where its evidence is written.
        began: the CMS's own time of the run's beginning.
    """

    def __init__(self, armed: Armed, history: Callable[[], History], began: datetime) -> None:
        self.armed = armed
        self._history, self._began = history, began

    @property
    def name(self) -> str:
        """Its name in the recording."""
        return self.armed.name

    @property
    def fired(self) -> int:
        """How often it struck."""
        return self.armed.fired

    @property
    def fired_at(self) -> datetime | None:
        """When it struck first, as the CMS tells time; None if it hasn't."""
        for event in self._history().of(FaultFired):
            if event.name == self.name:
                return self._began + timedelta(seconds=event.at)
        return None

    @property
    def seen(self) -> bool:
        """Whether something that the product did proves that it met the fault."""
        return self.armed.seen


class Shown:
    """A CMS as it can be looked at.

    Args:
        episodes: what is played on it.
        strict: findings of level should fail a test, too.
    """

    def __init__(self, episodes: Episodes, *, strict: bool) -> None:
        self._episodes, self._strict = episodes, strict
        self._allowed = {one.rule: one.reason for one in episodes.arrangement.profile.expected}

    # -- what a product needs --------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the product has to connect to."""
        return self._episodes.set.surroundings.url

    @property
    def ca_file(self) -> Path:
        """The PEM file with the authority to trust."""
        return self._episodes.set.surroundings.ca_file

    @property
    def user(self) -> str:
        """Of the Basic credentials."""
        return self._episodes.set.surroundings.user

    @property
    def password(self) -> str:
        """Of the Basic credentials; another one each time."""
        return self._episodes.set.surroundings.password

    @property
    def environment(self) -> dict[str, str]:
        """Our own environment with the ``MOCKPILOT_*`` variables, for a product that runs as a process."""
        return self._episodes.set.surroundings.environment()

    @property
    def presystem_id(self) -> str:
        """As which the product has to speak."""
        return self._episodes.set.surroundings.presystem_id

    @property
    def dialect(self) -> str:
        """Name of the dialect that the CMS speaks."""
        return self._episodes.set.surroundings.dialect

    @property
    def seed(self) -> int:
        """Of everything that is left to chance."""
        return self._episodes.set.seed

    def ssl_context(self) -> ssl.SSLContext:
        """A client's context that trusts this CMS and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self._episodes.arrangement.authority.certificates.ca_pem.decode())
        return context

    # -- what happened ---------------------------------------------------------------------------------------------

    @property
    def history(self) -> Transcript:
        """The recording of the present episode, as far as it goes."""
        return self._episodes.history

    @property
    def played(self) -> list[Played]:
        """All episodes so far, the present one last."""
        return self._episodes.played

    # -- what is to be said of it ----------------------------------------------------------------------------------

    @property
    def allowed(self) -> dict[str, str]:
        """Reasons by rule: what may be violated without failing the test."""
        return dict(self._allowed)

    @property
    def results(self) -> list[ScenarioResult]:
        """What can be said of each episode so far."""
        return [judging.result_of(one, self._allowed) for one in self.played]

    @property
    def findings(self) -> list[FindingResult]:
        """What the product did wrong so far, allowed things and remarks included."""
        return [found for result in self.results for found in result.findings]

    def complaint(self, *, always: bool = False, brief: bool = False) -> str:
        """The text with which ``judge`` would fail now; empty if it wouldn't, unless it is wanted always.

        Args:
            always: tell what there is although nothing fails.
            brief: leave the history out.
        """
        lines = 0 if brief else LAST_LINES
        return judging.complaint(self.played, self._allowed, strict=self._strict, always=always, lines=lines)

    def judge(self) -> None:
        """Fail if the product did something that it must not, or a fault was armed for nothing.

        Raises:
            ConformanceFailure: with everything that is known.
        """
        __tracebackhide__ = True
        if text := self.complaint():
            raise ConformanceFailure(text)

    def allow(self, rule: str, *, reason: str) -> None:
        """Let a rule be violated without failing the test; findings are shown apart."""
        judging.check_rule(rule)
        self._allowed[rule] = reason

    def result_of_run(self, played: Played) -> ScenarioResult:
        """What can be said of a catalogue scenario that was played.

        Raises:
            ConformanceFailure: the product failed it, or it showed nothing.
        """
        __tracebackhide__ = True
        if text := judging.complaint([played], self._allowed, strict=self._strict):
            raise ConformanceFailure(text)
        return judging.result_of(played, self._allowed)
