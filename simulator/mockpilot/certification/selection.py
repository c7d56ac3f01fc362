"""Which scenarios run, and why the others do not. Pure; names are checked before anything starts.

A word of the selection is a scenario's name, the beginning of one, a requirement id or its beginning (``L-``), or a
rule id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.errors import UsageError
from mockpilot.likeness import guess
from mockpilot.profile import Profile
from mockpilot.report.wording import FILTER
from mockpilot.scenario.definition import Scenario

SKIPPED = "skipped"
"""The reason for what the user took out again."""


class UnknownWordError(UsageError):
    """A word of a selection that fits nothing."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What runs, in catalogue order, and the reason for the rest."""

    run: tuple[Scenario, ...]
    left_out: Mapping[str, str]
    """Reason by scenario name."""

    @property
    def reasons(self) -> list[str]:
        """Why what was meant does not run, each reason once."""
        return sorted(set(self.left_out.values()) - {FILTER})


def select(
    catalogue: Mapping[str, Scenario],
    words: Sequence[str],
    skip: Sequence[str],
    profile: Profile,
    *,
    bad_certificates: Collection[str],
    by_hand: bool = False,
) -> Selection:
    """Choose scenarios.

    Args:
        catalogue: all of them, in order.
        words: what the user asked for; empty for everything.
        skip: what the user does not want.
        profile: of the product.
        bad_certificates: kinds that the CMS can show.
        by_hand: there is no COMMAND.

    Raises:
        UnknownWordError: a word that fits nothing.
    """
    wanted = _meant(catalogue, words, "SELECTION") if words else set(catalogue)
    unwanted = _meant(catalogue, skip, "--skip")
    run, left_out = [], {}
    for name, scenario in catalogue.items():
        reason = FILTER if name not in wanted else SKIPPED if name in unwanted else ""
        reason = reason or reason_against(scenario, profile, bad_certificates, by_hand=by_hand)
        if reason:
            left_out[name] = reason
        else:
            run.append(scenario)
    return Selection(tuple(run), left_out)


def reason_against(
    scenario: Scenario, profile: Profile, bad_certificates: Collection[str], *, by_hand: bool = False
) -> str:
    """Why a scenario does not suit a product; empty if it does."""
    if scenario.dialects and profile.presystem.dialect not in scenario.dialects:
        return f"only in dialect {' or '.join(scenario.dialects)}"
    if "requests" in scenario.needs and not profile.presystem.sends_requests:
        return "receive-only"
    if "provoking" in scenario.needs and profile.provoke is None:
        return "needs a way to provoke the product: [provoke] in the profile"
    if "provoking" in scenario.needs and by_hand and needs_command(profile):
        return "no way to provoke by hand: [provoke] stdin needs a COMMAND; command, http or ask do not"
    if "subprotocol" in scenario.needs and not profile.presystem.offers_subprotocol:
        return "offers no subprotocol"
    if "ca key" in scenario.needs and not bad_certificates:
        return "needs the key of the CA (ca.key)"
    return ""


def needs_command(profile: Profile) -> bool:
    """Whether the product can only be provoked where it is a COMMAND of ours."""
    return profile.provoke is not None and profile.provoke.way == "stdin"


def without_command(profile: Profile) -> Profile:
    """The profile as it holds for a product that somebody else starts, which reads no steps of ours."""
    return replace(profile, provoke=None) if needs_command(profile) else profile


def check_expected(profile: Profile) -> None:
    """Make sure that the rules of ``[[expected]]`` exist.

    Raises:
        UsageError: names the one that does not.
    """
    for expected in profile.expected:
        if expected.rule not in RULES:
            near = guess(expected.rule, RULES) or "; 'mockpilot list rules' names them"
            raise UsageError(f"{profile.file}: expected.rule: the id of a rule is expected, found "
                             f"{expected.rule!r}{near}")  # fmt: skip


def _meant(catalogue: Mapping[str, Scenario], words: Iterable[str], where: str) -> set[str]:
    return {name for word in words for name in _fitting(catalogue, word, where)}


def _fitting(catalogue: Mapping[str, Scenario], word: str, where: str) -> set[str]:
    if word in catalogue:
        return {word}
    # An empty word begins everything, but stands for a variable that somebody forgot to set.
    named = {name for name in catalogue if word and name.startswith(word)}
    rows = {row for row in REQUIREMENTS if word and row.startswith(word)} if word not in REQUIREMENTS else {word}
    if word in RULES:
        rows = {RULES[word].requirement or ""}
    claiming = {name for name, one in catalogue.items() if rows & {*one.exercises, *one.also}}
    if not named and not rows:
        near = guess(word, [*catalogue, *REQUIREMENTS, *RULES]) or "; 'mockpilot list' names them"
        raise UnknownWordError(f"{where}: a scenario, requirement or rule (or the beginning of one) is expected, "
                               f"found {word!r}{near}")  # fmt: skip
    return named | claiming
