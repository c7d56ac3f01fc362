"""The fold from what checkers saw to an outcome with its cause."""

from __future__ import annotations

import pytest

from conformance.playbook import Play, entry, uuid
from mockpilot.conformance import verdict as verdicts
from mockpilot.conformance.case import Case
from mockpilot.conformance.levels import Basis, Cause, Level, Outcome
from mockpilot.conformance.observation import Observation
from mockpilot.conformance.verdict import Verdict, judge, observe
from mockpilot.errors import MockpilotError
from mockpilot.faults.verbs import VERBS
from mockpilot.history import events as ev
from mockpilot.history.recorder import History


def test_everyday_exchange_passes() -> None:
    """A conforming product has no complaint against it."""
    verdict = Play("B-01", "I-01").exchange().pushed(3).judged()
    assert (verdict.outcome, verdict.cause, verdict.findings) == (Outcome.PASSED, None, ())
    assert verdict.columns == {"vdv463": "passed", "chargepilot": "passed"}


def test_must_finding_fails_whatever_else_is_missing() -> None:
    """A finding outweighs a start state that was not reached."""
    play = Play("L-03").tcp(first="clear-text upgrade").ended("product")
    verdict = play.ends("start state not reached").judged()
    assert Outcome.FAILED is verdict.outcome
    assert verdict.cause is None


def test_should_finding_warns() -> None:
    """A should that did not hold is a warning."""
    verdict = Play().connect().wait(7).boot().accept().pushed().judged()
    assert Outcome.WARNED is verdict.outcome
    assert verdict.columns == {"vdv463": "passed", "chargepilot": "passed"}


def test_claim_without_evidence_is_inconclusive() -> None:
    """What a scenario claims but never exercised keeps it from passing."""
    verdict = Play("L-03", "B-01").exchange().judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.NEVER_EXERCISED)
    assert "L-03" in verdict.detail
    assert "B-01" not in verdict.detail
    assert verdict.columns["vdv463"] == "inconclusive"


def never_takes_back_the_last(*claims: str) -> Play:
    """A list of one, all of it cancelled, and nothing said of that on this link or the next."""
    play = Play(*claims).exchange().step("create-request").asks(entry("a")).takes().wait(5)
    play.step("cancel-all-requests").pushed(5).closed().wait(5)
    return play.exchange().wait(14).pushed(5)


def test_claim_about_which_something_was_found_was_put_to_the_test() -> None:
    """The milder rule of a row that was broken decides it: what was found and what came out agree."""
    verdict = never_takes_back_the_last("R-10").judged()
    assert [(one.rule, one.level) for one in verdict.findings] == [("requests.cancels-the-last", Level.SHOULD)]
    assert (verdict.outcome, verdict.cause, verdict.detail) == (Outcome.WARNED, None, "")
    assert "R-10" in verdict.exercised


def test_claim_beside_one_that_was_found_broken_is_still_missed() -> None:
    """A finding speaks for its own row alone."""
    verdict = never_takes_back_the_last("R-10", "L-03").judged()
    assert (verdict.outcome, verdict.detail) == (Outcome.INCONCLUSIVE, "nothing put L-03 to the test")


def test_what_plainly_never_came_is_the_reason() -> None:
    """The first thing without which there is nothing to see; where all of it came, the claim has to do."""
    def reason(play: Play) -> str:
        return play.judged().detail.partition(" to the test")[2]

    assert reason(Play("L-03").connect().wait(1)) == ": no boot was accepted"
    assert reason(Play("L-03").connect().boot().accept()) == ": no push went out"
    assert reason(Play("L-03").connect().boot().accept().push()) == ": no push was answered"
    assert reason(Play("L-03").exchange()) == ": no list of charging requests came"
    assert reason(Play("L-09").exchange()) == ""
    assert reason(Play("C-08").connect()) == ""


def test_claim_of_a_part_is_that_of_its_row() -> None:
    """E-03a names a part of E-03."""
    assert Outcome.PASSED is Play("E-03a").exchange().judged().outcome


@pytest.mark.parametrize("verb", VERBS)
def test_fault_that_never_fired_is_inconclusive(verb: str) -> None:
    """It proves nothing, unless it was optional; whatever the fault."""
    assert Cause.FAULT_NEVER_FIRED is Play().armed("it", verb).exchange().judged().cause
    assert Outcome.PASSED is Play().armed("it", verb, optional=True).exchange().judged().outcome


@pytest.mark.parametrize("verb", VERBS)
def test_fault_that_nobody_met_is_inconclusive(verb: str) -> None:
    """Firing is not enough; its effect must have been seen."""
    play = Play().armed("it", verb).exchange().fired("it", verb)
    assert Cause.FAULT_NEVER_SEEN is play.judged().cause
    seen = Play().armed("it", verb).exchange().fired("it", verb).line(ev.FaultSeen(name="it", do=verb))
    assert Outcome.PASSED is seen.judged().outcome


def test_fault_that_came_to_nothing_beside_a_stall_says_so() -> None:
    """It may have come to nothing because of us."""
    play = Play().armed("it", "drop").exchange().wait(20).line(ev.Stalled(late_s=3.0))
    assert "never fired; mockpilot itself stalled for 3.0 s" in play.judged().detail


def test_missing_reaction_that_was_asked_for_is_no_unseen_fault() -> None:
    """A product that does not notice silence is warned of just that."""
    play = Play("L-08").armed("s", "drop").exchange().fired("s", "drop").here(ev.WentSilent(fault="s")).wait(310)
    assert play.judged().outcome is Outcome.WARNED


def test_product_that_left_says_what_it_met_and_its_last_words() -> None:
    """A login that it waited to be asked for, and never sent."""
    play = Play("B-01").tls().upgrade(401, credentials="none").ended("us", "cleanly")
    play.line(ev.ProductExited(status=-9, by_us=False, output=("starting", "not let in")))
    verdict = play.ends("product left").judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.PRODUCT_LEFT)
    assert verdict.detail == (
        "the product ended with signal 9; refused with 401: no credentials came with it; its last line: not let in"
    )


@pytest.mark.parametrize("cause", [Cause.START_STATE_NOT_REACHED, Cause.INTERRUPTED, Cause.CHECKER_BROKE])
def test_scenario_that_ended_early_says_why(cause: Cause) -> None:
    """The recorded reason becomes the cause, with its detail."""
    verdict = Play().connect().ends(str(cause), "as it was").judged()
    assert (Outcome.INCONCLUSIVE, cause, "as it was") == (verdict.outcome, verdict.cause, verdict.detail)


def test_unknown_reason_is_our_own_mistake() -> None:
    """A recording that ends for a reason nobody knows is never green."""
    assert Cause.CHECKER_BROKE is Play().exchange().ends("because").judged().cause


def test_overload_is_named() -> None:
    """Long stalls of our own explain why a claim could not be judged."""
    verdict = Play("I-01").connect().boot().accept().push().wait(12).line(ev.Stalled(late_s=9)).wait(30).judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.SIMULATOR_OVERLOADED)


def test_short_stall_is_the_cause_where_the_script_went_to_its_end() -> None:
    """Where something else never came, that is the cause."""
    def stalled() -> Play:
        return Play("I-01").connect().boot().accept().push().wait(12).line(ev.Stalled(late_s=3)).wait(3)

    assert stalled().judged().cause is Cause.SIMULATOR_OVERLOADED
    assert stalled().ends("done", "a list did not come").judged().cause is Cause.NEVER_EXERCISED


def test_broken_simulator_convicts_of_no_absence() -> None:
    """After a bug of ours, what did not come may be our fault."""
    play = Play().connect().boot().accept().push().line(ev.SimulatorBroke(traceback="…")).wait(60)
    verdict = play.judged()
    assert (verdict.cause, verdict.findings) == (Cause.CHECKER_BROKE, ())


def test_checker_that_raises_spoils_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback is kept, the verdict says so, the other checkers' findings stay."""
    def broken(case: Case) -> list[Observation]:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(verdicts, "observe", lambda case: observe(case, (broken, *verdicts.CHECKERS)))
    good = judge(Play("B-01").exchange().ends().history)
    assert (good.outcome, good.cause) == (Outcome.INCONCLUSIVE, Cause.CHECKER_BROKE)
    assert "ZeroDivisionError" in good.broken[0]
    assert "boot.comes-first" in good.rules_exercised
    bad = judge(Play().connect().says(1, "ProvideChargingRequests", {}).ends().history)
    assert Outcome.FAILED is bad.outcome


def test_findings_of_one_cause_are_one() -> None:
    """The finding counts how often, and keeps the first twenty events."""
    play = Play().exchange()
    for _ in range(30):
        play.push().confirm(payload=[])
    found = play.convicted_of("envelope.payload-is-object")
    assert (found.count, len(found.events)) == (30, 20)


def test_finding_by_absence_rests_on_policy_and_reads_limit() -> None:
    """No column but the one of the rule's own text shows it, and there as a limit."""
    verdict = Play().connect().boot().accept().push().wait(20).judged()
    (found,) = verdict.findings
    assert (found.level, found.basis) == (Level.MUST, Basis.POLICY)
    assert verdict.columns == {"vdv463": "passed", "chargepilot": "limit"}
    assert Outcome.FAILED is verdict.outcome


def test_finding_of_the_standard_fails_both_columns() -> None:
    """ChargePilot's text stands on the standard."""
    verdict = Play().exchange().says_raw("{}").judged()
    assert verdict.columns == {"vdv463": "failed", "chargepilot": "failed"}


def test_finding_of_the_guideline_fails_one_column() -> None:
    """The standard is silent there."""
    verdict = Play().exchange().push().confirm(message_id="00000000-0000-4000-8000-00000000abcd").judged()
    assert verdict.columns == {"vdv463": "passed", "chargepilot": "failed"}


def test_remark_changes_nothing() -> None:
    """A remark of level may is shown, and the scenario passes."""
    verdict = Play().connect(headers=(("Upgrade", "websocket"),)).boot().accept().pushed().judged()
    assert [finding.level for finding in verdict.findings] == [Level.MAY]
    assert Outcome.PASSED is verdict.outcome


def test_later_link_exercises_the_order_after_a_loss() -> None:
    """L-04 has no rule of its own: B-04 or R-01 on a later link stand for it."""
    play = Play("L-04").exchange().closed().connect().boot().wait(4).accept().push().confirm().asks().takes()
    assert "L-04" in play.judged().exercised
    assert "L-04" not in Play().connect().boot().wait(4).accept().push().confirm().asks().judged().exercised


def test_what_follows_the_end_creates_no_obligation() -> None:
    """Clearing up is recorded, not judged."""
    play = Play().exchange().ends().push().wait(100).says_raw("nonsense").ended("product", "broken off")
    assert Outcome.PASSED is play.judged().outcome


def test_leftover_links_are_not_judged() -> None:
    """A link that was there before the recording is none of this scenario's."""
    play = Play().on(7).says_raw("nonsense").ended("us")
    assert play.judged().findings == ()


def test_recording_without_its_beginning_cannot_be_judged() -> None:
    """Nothing would be known of dialect and limits."""
    with pytest.raises(MockpilotError, match="scenario_started"):
        judge(History())


def test_pace_and_patience_are_remarks_where_time_is_simulated() -> None:
    """Whoever is told another time cannot keep ours; what later behaviour proves counts as ever."""
    late = Play(time_factor=60).exchange().pushed(3)
    for _ in range(3):
        late.push().wait(20).confirm().wait(1)
    silent = Play(time_factor=60).exchange().push().wait(20)
    overtaken = Play(time_factor=60).exchange().push().wait(20).push().confirm().wait(1)
    assert late.convicted_of("information.is-answered-in-time").level is Level.MAY
    assert silent.convicted_of("information.is-answered").level is Level.MAY
    assert overtaken.convicted_of("information.is-answered").level is Level.MUST


@pytest.mark.parametrize("mode", ["manual", "scaled:60"])
def test_absence_is_a_remark_where_time_is_ours_alone(mode: str) -> None:
    """The product's timers are real: what came too late for another clock may have been in time."""
    late = Play(time=mode).connect().wait(7).boot().accept().pushed().judged()
    assert late.outcome is Outcome.PASSED
    (finding,) = late.findings
    assert (finding.rule, finding.level, finding.basis) == ("boot.comes-promptly", Level.MAY, Basis.POLICY)


def test_what_was_seen_counts_in_any_time() -> None:
    """A wrong id is wrong however fast the clock runs."""
    play = Play(time="manual").connect().boot().accept().push()
    assert Outcome.FAILED is play.confirm(message_id=uuid(99)).judged().outcome


def test_pace_is_a_remark_where_time_is_ours_alone() -> None:
    """Attempts that seem to follow one another too fast do so in another clock's seconds."""
    def hammering(mode: str) -> Verdict:
        play = Play(time=mode)
        for _ in range(45):
            play.refused(503).wait(1.5)
        return play.judged()

    assert hammering("real").outcome is Outcome.WARNED
    assert hammering("scaled:60").outcome is Outcome.PASSED


def test_frames_in_flight_are_given_real_time() -> None:
    """A second in which they may have been under way is a minute of a clock that runs sixty times as fast."""
    def late_list(mode: str) -> Verdict:
        play = Play(time=mode).connect().boot().accept("Rejected").wait(20)
        return play.asks(entry("r1")).judged()

    assert late_list("real").outcome is Outcome.FAILED
    assert late_list("scaled:60").outcome is Outcome.PASSED


def test_claim_that_only_another_time_speaks_against_is_inconclusive() -> None:
    """A remark fails nothing, but what it is about has not been shown either."""
    def unanswered(mode: str) -> Verdict:
        play = Play("B-02", time=mode).connect().wait(90)
        return play.line(ev.Mark(text="still there")).ends().judged()

    assert unanswered("real").outcome is Outcome.FAILED
    doubtful = unanswered("scaled:60")
    assert (doubtful.outcome, doubtful.cause) == (Outcome.INCONCLUSIVE, Cause.NEVER_EXERCISED)
    assert "our clock was not the product's" in doubtful.detail
    assert "B-02" in unanswered("real").exercised
    assert "B-02" not in doubtful.exercised


def test_remark_does_not_show_that_a_fault_was_met() -> None:
    """Only what weighs against a product makes up for a fault of which nothing shows."""
    play = Play("C-12").armed("odd", "damage").exchange().fired("odd", "damage").pushed(2)
    play.connect(target="/vdv463/depot-7?a=b").ended("us")
    verdict = play.judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.FAULT_NEVER_SEEN)


def test_scenario_that_gave_up_does_not_pass_by_what_was_kept_on_the_way() -> None:
    """What it claims was put to the test, but not by what it is about."""
    play = Play("B-01").exchange().pushed(2)
    assert play.judged().outcome is Outcome.PASSED
    verdict = play.ends(detail="a list did not come in 60 s").judged()
    assert (verdict.outcome, verdict.cause) == (Outcome.INCONCLUSIVE, Cause.NEVER_EXERCISED)
    assert "a list did not come in 60 s" in verdict.detail
