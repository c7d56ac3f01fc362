"""The summary for a pull request."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_changes

from mockpilot.conformance.levels import Cause, Level
from mockpilot.conformance.rules import RULES
from mockpilot.profile import Expected
from mockpilot.report.markdown import render_markdown
from mockpilot.results import Product, run_result, scenario_result
from sample_run import LOST_LIST, TODAY, facts, recording, sample_run, verdict


def test_the_summary_says_what_matters_first() -> None:
    """Outcome, what to repair, what was not shown."""
    result, _ = sample_run()
    lines = render_markdown(result).splitlines()
    assert lines[0] == "## ✗ Failed, by this tool's limits: Acme DepotManager 8.2.0 · BMS acme · two-way"
    row = f"| {LOST_LIST.message} *Perhaps {LOST_LIST.perhaps}.* | L-03 MUST | confirmation\\_missing |"
    assert row in lines
    assert "? Not shown: confirmation\\_twice (fault never fired)" in lines
    assert lines[-1].endswith("; `mockpilot again` with the run folder repeats what failed.")
    assert "- expected deviation occurred: link.backs-off (planned for 8.3, until 2027-03-31)" in lines


def test_the_summary_is_never_more_than_twenty_lines() -> None:
    """The page has the rest."""
    finding = [replace(LOST_LIST, rule=rule) for rule in list(RULES)[:9]]
    failed = [
        scenario_result(f"one{n}", verdict(*finding), recording(), duration_s=1.0)
        for n in range(5)
    ]
    unclear = [
        scenario_result(f"two{n}", verdict(cause=Cause.NEVER_EXERCISED), recording(), duration_s=1)
        for n in range(8)
    ]
    expected = [Expected(rule, "known") for rule in list(RULES)[20:25]]
    result = run_result(facts(), [*failed, *unclear], expected=expected, today=TODAY, finished=False)
    text = render_markdown(result)
    assert f"| {LOST_LIST.message} *Perhaps {LOST_LIST.perhaps}.* | L-03 MUST | one0, one1, one2 and 2 more |" in text
    assert "| and 5 more | | |" in text
    assert "two2 (never exercised) and 5 more" in text
    assert "; and 3 more expected deviations" in text
    assert "**the run did not finish**" in text
    assert len(text.splitlines()) <= 20


def test_a_clean_run_has_no_table() -> None:
    """Nothing to repair, nothing said."""
    passed = scenario_result("one", verdict(), recording(), duration_s=1.0)
    text = render_markdown(run_result(facts(), [passed], today=TODAY))
    assert "Repair first" not in text
    assert "mockpilot again" not in text


def test_a_products_text_is_no_markup() -> None:
    """Names are shown as they are."""
    result, _ = sample_run()
    named = with_changes(result, facts=facts(product=Product(name="<b>*Acme* @all\n# x|y")))
    assert "\\<b\\>\\*Acme\\* \\@all \\# x\\|y" in render_markdown(named).splitlines()[0]


def test_a_remark_is_named_in_one_word() -> None:
    """Beside the readings of the run, not among what is to be repaired."""
    remark = replace(LOST_LIST, level=Level.MAY)
    passed = scenario_result("one", verdict(remark), recording(), duration_s=1.0)
    text = render_markdown(run_result(facts(), [passed], today=TODAY))
    assert "VDV 463: passed · ChargePilot: passed · remarked: L-03  " in text.splitlines()
    assert "Repair first" not in text


def test_short_limits_are_marked_as_on_the_terminal() -> None:
    """With what they make of the run."""
    result, _ = sample_run()
    low = render_markdown(with_changes(result, facts=facts(short_limits=("hold",), limits={"hold": 0.1})))
    assert " · short limits: 1 below the default; so short that the speed of this machine counts, too: hold\n" in low
