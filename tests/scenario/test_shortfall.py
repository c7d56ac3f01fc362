"""A start state that was not reached says how far the product came, and what it met on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockpilot.history.events import ProductExited, ScenarioEnded
from mockpilot.history.recorder import History
from mockpilot.presystem.conduct import CONFORMING, Conduct
from mockpilot.presystem.offences import OFFENCES
from mockpilot.scenario.shortfall import nobody
from mockpilot.selftest.rehearsal import as_told
from rig import PROFILE, Adjust, catalogue, perform

PROMPT = replace(PROFILE, limits=PROFILE.limits.with_changes({
    "connect_within": 20.0, "reconnect_within": 20.0, "boot_never": 10.0, "confirm_within": 5.0,
}))  # fmt: skip


def why(conduct: Conduct = CONFORMING, adjust: Adjust = as_told) -> str:
    """Why a presystem like this did not come into exchange."""
    ended = perform(catalogue()["boot_accepted"], conduct, PROMPT, adjust).of(ScenarioEnded)[0]
    assert ended.why == "start state not reached"
    return ended.detail


@pytest.mark.parametrize(("adjust", "said"), [
    (lambda settings: replace(settings, password="another"), "times with 401: the password was wrong"),
    (lambda settings: replace(settings, user="somebody"), "times with 401: the user was 'somebody', expected is "),
    (lambda settings: replace(settings, url=f"{settings.url}x"), "times with 404: the path was /vdv463/"),
])  # fmt: skip
def test_the_reason_names_what_turned_the_product_away(adjust: Adjust, said: str) -> None:
    """In one sentence, behind what was awaited."""
    reason = why(adjust=adjust)
    assert reason.startswith("no link came as far as an answered push in 35 s; refused ")
    assert said in reason


@pytest.mark.parametrize(("rule", "said"), [
    ("boot.comes", "a link opened, but no BootNotification came that could be read"),
    ("information.is-answered", "a boot was accepted, but no push was answered"),
])  # fmt: skip
def test_the_reason_names_how_far_the_best_link_came(rule: str, said: str) -> None:
    """Where one opened."""
    assert why(OFFENCES[rule].conduct) == f"no link came as far as an answered push in 35 s; {said}"


@pytest.mark.parametrize(("exits", "said"), [
    ((), ""),
    ((ProductExited(status=3, by_us=False, output=("no licence",)),),
     "; the product ended by itself with status 3; its last line: no licence"),
    ((ProductExited(status=3, by_us=False), ProductExited(status=-9, by_us=False)),
     "; the product ended by itself 2 times, the last time with signal 9"),
    ((ProductExited(status=0, by_us=True),), ""),
])  # fmt: skip
def test_a_product_that_ends_again_and_again_is_told(exits: tuple[ProductExited, ...], said: str) -> None:
    """As one does that is started anew by a supervisor, whose end ends no scenario."""
    assert nobody(History(exits), 20.0) == f"nobody connected in 20 s{said}"
