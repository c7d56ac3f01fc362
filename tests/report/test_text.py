"""The summary on a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_changes

from mockpilot.conformance.levels import Level
from mockpilot.limits import Limits
from mockpilot.report.text import changed_lines, render_text, scenario_line
from mockpilot.results import not_selected, scenario_result
from sample_run import LOST_LIST, facts, recording, sample_run, verdict

REMARK = replace(LOST_LIST, level=Level.MAY)
EXPECTED = """\
mockpilot 0.1.0 · catalogue 1 (6 scenarios) · dialect chargepilot · seed 7 · real time

  ✓ passed               boot_accepted                               4 s
  ✗ failed               confirmation_missing                 1 min 17 s   L-03 MUST
  ? inconclusive         confirmation_twice                        2 min   fault never fired: again, armed at 2.1 s
  ✓ passed               outage_503                                1 min   L-02 SHOULD (expected)
  ! passed with warnings login_refused                               9 s   C-06 SHOULD
  – 1 not selected, receive-only: request_changed

5 selected · 2 passed · 1 passed with warnings · 1 failed · 1 inconclusive · 1 not selected · 1 min 17 s
1 expected deviation met
expected deviation occurred: link.backs-off (planned for 8.3, until 2027-03-31)

✗ confirmation_missing               L-03   A list that was not confirmed is not delivered; it must come again.
    rule       requests.unconfirmed-list-comes-again, MUST, by this tool's limits, level inferred
    expected   the full current list again, within 60 s or after a reconnect
    observed   nothing for 60 s, then a new list without request acme-42
    fault      lose “lost” · armed 4.0 s · fired 9.0 s · seen: yes
    perhaps    the queue is cleared when a list is sent; clear it when it is confirmed
    again      mockpilot again runs/x confirmation_missing

! login_refused                      C-06   It must not.
    rule       handshake.offers-subprotocol, SHOULD, VDV 463 schemas or an RFC
    expected   the full current list again, within 60 s or after a reconnect
    observed   nothing for 60 s, then a new list without request acme-42
    fault      lose “lost” · armed 4.0 s · fired 9.0 s · seen: yes
    again      mockpilot again runs/x login_refused

✗ FAILED, BY THIS TOOL'S LIMITS
  VDV 463 inconclusive · ChargePilot inconclusive
run     runs/x
report  runs/x/report.html
"""


def test_the_summary_is_laid_out_for_reading() -> None:
    """Scenarios, counts, deviations, findings, outcome, and where the rest is."""
    result, _ = sample_run()
    assert render_text(result, run="runs/x", report="runs/x/report.html") == EXPECTED


def test_short_limits_are_marked() -> None:
    """All below their floor by name, all below their default by number; nothing is said of the defaults."""
    result, _ = sample_run()
    limits = Limits().with_changes({"hold": 0.1, "guard": 0.1, "boot_never": 50.0}).as_seconds()
    low = render_text(with_changes(result, facts=facts(short_limits=("hold", "guard"), limits=limits)))
    assert ("\nshort limits: 3 below the default; so short that the speed of this machine counts, too: hold, guard\n"
            ) in low  # fmt: skip
    limits = Limits().with_changes({"boot_never": 50.0}).as_seconds()
    assert "\n1 limit below the default\n" in render_text(with_changes(result, facts=facts(limits=limits)))
    assert "limits below" not in render_text(result)
    slow_pushes = with_changes(result, facts=facts(short_limits=("silence_within",), limits=Limits().as_seconds()))
    assert "\nshort limits: so short that the speed" in render_text(slow_pushes)


def test_what_was_shown_while_the_run_went_on_is_not_shown_again() -> None:
    """Only what did not pass; where all passed there are no lines at all."""
    result, _ = sample_run()
    text = render_text(result, scenarios=False)
    assert text.splitlines()[:4] == ["", *(line for line in EXPECTED.splitlines()[3:7] if "✓" not in line),
                                     EXPECTED.splitlines()[7]][:4]  # fmt: skip
    passed = with_changes(result, scenarios=(result.scenario("boot_accepted"),))
    assert render_text(passed, scenarios=False).splitlines()[1].startswith("5 selected")


def test_a_remark_is_told_at_the_end() -> None:
    """Not on every line while the run goes on; and without faults and without a call that would repeat it."""
    remark = scenario_result("one", verdict(replace(LOST_LIST, level=Level.MAY)), recording(), duration_s=1.0)
    assert scenario_line(remark).split()[:4] == ["✓", "passed", "·", "remark"]
    assert scenario_line(remark).endswith("L-03 MAY")
    assert scenario_line(remark, goes_on=True).split() == ["✓", "passed", "one", "1", "s"]
    result, _ = sample_run()
    text = render_text(with_changes(result, scenarios=(remark,)), run="runs/x")
    assert "\n· one " in text
    assert "    fault " not in text
    assert "mockpilot again" not in text


def test_an_outcome_that_changed_says_what_it_was_and_why() -> None:
    """A should that is told once per run leaves the others passed."""
    result, _ = sample_run()
    warned = result.scenario("login_refused")
    passed = with_changes(warned, outcome="passed", findings=())
    lines = list(changed_lines({"login_refused": warned}, with_changes(result, scenarios=(passed,))))
    assert lines == [
        "1 outcome changed at the end, with the whole run in sight",
        "  ✓ login_refused: passed with warnings → passed; C-06 SHOULD is told once per run",
    ]
    assert not list(changed_lines({"login_refused": warned}, result))


@pytest.mark.parametrize(("mode", "told"), [
    ("manual", "manual time"), ("scaled:60", "time scaled by 60"), ("real, manual", "real time, manual time"),
])  # fmt: skip
def test_time_mode_stands_on_the_first_line(mode: str, told: str) -> None:
    """Of one test, or of many together."""
    result, _ = sample_run()
    assert render_text(with_changes(result, facts=facts(time=mode))).splitlines()[0].endswith(f"seed 7 · {told}")


def test_an_unfinished_run_says_so() -> None:
    """What is there is shown."""
    result, _ = sample_run()
    assert "\nthe run did not finish\n" in render_text(with_changes(result, finished=False))


def test_a_products_text_steers_no_terminal() -> None:
    """Escape sequences are shown, line ends indented."""
    finding = replace(LOST_LIST, observed="\x1b[2Jgone\nand more", level=Level.MAY, count=3)
    scenario = scenario_result("one", verdict(finding), recording(), duration_s=1.0)
    result, _ = sample_run()
    text = render_text(with_changes(result, scenarios=(scenario,)))
    assert "    observed   \\u001b[2Jgone\n               and more\n" in text
    assert "level inferred, seen 3 times\n" in text


def test_a_line_is_shown_while_the_run_goes_on() -> None:
    """Also for what is not run."""
    assert scenario_line(not_selected("one", "filter")).split() == ["–", "not", "selected", "one", "filter"]


def test_a_remark_stands_beside_a_pass() -> None:
    """Whoever reads that it passed reads that there is something to look at."""
    others = replace(REMARK, rule="envelope.action", requirement="E-06")
    for findings, said in (([REMARK], "✓ passed · remark "), ([REMARK, others], "✓ passed · 2 remarks ")):
        line = scenario_line(scenario_result("one", verdict(*findings), recording(), duration_s=1.0))
        assert line.strip().startswith(said)
    warning = replace(LOST_LIST, level=Level.SHOULD)
    warned = scenario_result("one", verdict(REMARK, warning), recording(), duration_s=1.0)
    assert scenario_line(warned).strip().startswith("! passed with warnings one")
