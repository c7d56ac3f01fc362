"""The CMSs of one test: made on request, ended together, judged together, kept on disk where that is wanted.

Knows nothing of pytest; the plugin brings the settings and carries the outcome on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockpilot.certification.gathering import OF_TESTS
from mockpilot.profile import Profile
from mockpilot.report.time_mode import time_words
from mockpilot.report.wording import requirement_words
from mockpilot.testing.arranging import arrange
from mockpilot.testing.authority import Authority, suits
from mockpilot.testing.blocking import Cms
from mockpilot.testing.failures import ConformanceFailure, WaitFailure
from mockpilot.testing.judging import warnings_of
from mockpilot.testing.keeping import folder_name, keep
from mockpilot.testing.wishes import Wishes


@dataclass
class Bench:
    """What one test uses."""

    test: str
    """Its full name."""
    wishes: Wishes
    profile: Profile | Path | str | None
    depot: Path | str | None
    authority: Authority
    strict: bool
    keep: str
    folder: Callable[[], Path]
    """Where folders of tests are kept."""
    everything: bool
    """Every test leaves a result, so that one report can be made of them."""
    failed: bool = False
    """The test failed already, so that nothing more has to be said loudly."""
    cmss: list[Cms] = field(default_factory=list)
    _profiles: list[Profile] = field(default_factory=list)
    _authorities: list[Authority] = field(default_factory=list)

    def make(self, profile: Profile | Path | str | None = None, depot: Path | str | None = None, **wishes: Any) -> Cms:
        """Start one more CMS, with other wishes than the test's where they are named."""
        wished, name = self.wishes.changed(wishes), self.test.rpartition("::")[2]
        arrangement = arrange(wished, profile or self.profile, depot or self.depot, self.authority, name)
        if not suits(arrangement.profile):
            own = Authority(arrangement.profile)
            self._authorities.append(own)
            arrangement = arrange(wished, arrangement.profile, None, own, name)
        cms = Cms(arrangement, strict=self.strict)
        self.cmss.append(cms)
        self._profiles.append(arrangement.profile)
        return cms

    def section(self, error: BaseException) -> str:
        """What is to be said beside a failure of the test itself; some failures show the history themselves."""
        brief = isinstance(error, WaitFailure | ConformanceFailure)
        told = [cms.complaint(always=True, brief=brief) for cms in self.cmss]
        return "\n\n".join(filter(None, [*told, self._kept_words(failing=True)]))

    def end(self) -> str:
        """End all CMSs and keep what is to be kept; answers what fails the test, if anything does."""
        try:
            for cms in self.cmss:
                cms.close()
            complaints = [text for cms in self.cmss if cms.judges and (text := cms.complaint())]
            failing = self.failed or bool(complaints)
            self._keep(failing=failing)
            told = [*complaints, self._kept_words(failing=failing)] if complaints else []
            return "\n\n".join(filter(None, told))
        finally:
            for own in self._authorities:
                own.close()

    def warnings(self) -> list[str]:
        """What did not hold and failed nothing, a line each."""
        return [
            f"{requirement_words(one)} {one.message} ({one.rule})"
            for cms in self.cmss if cms.judges for one in warnings_of(cms.results)
        ]  # fmt: skip

    def time_words(self) -> str:
        """How time ran; empty where it was real."""
        modes = dict.fromkeys(cms.clock.mode for cms in self.cmss)
        return ", ".join(time_words(mode) for mode in modes if mode != "real")

    def _folders(self) -> list[Path]:
        base = self.folder()
        names = [self.test, *(f"{self.test} {number}" for number in range(2, len(self.cmss) + 1))]
        return [base / folder_name(name) for name in names[: len(self.cmss)]]

    def _keeps(self, *, failing: bool) -> bool:
        return self.keep == "all" or (self.keep == "failed" and failing)

    def _keep(self, *, failing: bool) -> None:
        pages = self._keeps(failing=failing)
        if not self.cmss or not (pages or self.everything):
            return
        self.folder().mkdir(parents=True, exist_ok=True)
        (self.folder() / OF_TESTS).touch()
        for folder, profile, cms in zip(self._folders(), self._profiles, self.cmss, strict=True):
            if cms.played:
                keep(folder, profile, cms.played, cms.allowed, pages=pages)

    def _kept_words(self, *, failing: bool) -> str:
        if not self._keeps(failing=failing):
            return ""
        return "\n".join(
            f"kept  {folder}" for folder, cms in zip(self._folders(), self.cmss, strict=True) if cms.played
        )
