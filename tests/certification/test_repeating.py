"""What is repeated of a run, and what the repetition says."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mockpilot.certification.repeating import Answer, compared, worth_repeating
from mockpilot.conformance.levels import Cause
from mockpilot.conformance.verdict import Finding
from mockpilot.errors import UsageError
from mockpilot.results import ScenarioResult, not_selected, scenario_result
from sample_run import LOST_LIST, NO_BACK_OFF, found, recording, sample_run, verdict

OTHER = found("boot.comes-first", "B-01")


def result(*findings: Finding, cause: Cause | None = None, rules: tuple[str, ...] = ()) -> ScenarioResult:
    """A scenario with these findings, in which these rules were put to the test and held."""
    return scenario_result("one", verdict(*findings, cause=cause, rules=rules), recording(), duration_s=1.0)


FAILED = result(LOST_LIST)
HELD = result(rules=(LOST_LIST.rule,))


@pytest.mark.parametrize(("word", "names"), [
    ("", ["confirmation_missing", "confirmation_twice", "login_refused"]),
    ("boot_accepted", ["boot_accepted"]),
    ("L-03", ["confirmation_missing"]),
    ("link.backs-off", ["outage_503"]),
])  # fmt: skip
def test_what_did_not_pass_is_repeated_unless_something_else_is_named(word: str, names: list[str]) -> None:
    """Failed, warned and inconclusive; or a scenario, a requirement or a rule."""
    assert worth_repeating(sample_run()[0], word) == names


@pytest.mark.parametrize(("word", "instead"), [
    ("request_changed", ", which was not run: receive-only"),
    ("confirmation_mising", "; did you mean confirmation_missing or confirmation_twice?"),
    ("L-3", "; did you mean L-03?"),
    ("nonsense", "; there are confirmation_missing, confirmation_twice, login_refused"),
])  # fmt: skip
def test_a_word_that_fits_nothing_is_named(word: str, instead: str) -> None:
    """With what was perhaps meant, and never the whole catalogue."""
    with pytest.raises(UsageError) as mistake:
        worth_repeating(sample_run()[0], word)
    assert str(mistake.value).endswith(f"of a finding, is expected, found {word!r}{instead}")


@pytest.mark.parametrize(
    ("before", "now", "answer", "detail"),
    [
        (FAILED, HELD, Answer.FIXED, ""),
        (FAILED, FAILED, Answer.STILL, f"L-03  {LOST_LIST.message}"),
        (FAILED, result(LOST_LIST, OTHER), Answer.STILL, f"L-03  {LOST_LIST.message}"),
        (result(LOST_LIST, OTHER), result(OTHER), Answer.STILL, "B-01  It must not."),
        (FAILED, result(OTHER), Answer.DIFFERENT, "B-01  It must not."),
        (FAILED, result(cause=Cause.PRODUCT_LEFT), Answer.NOT_REACHED, "product left"),
        (FAILED, result(rules=("boot.comes-first",)), Answer.NOT_REACHED,
         f"nothing put {LOST_LIST.rule} to the test"),
        (FAILED, None, Answer.NOT_REACHED, "it was not run"),
        (FAILED, not_selected("one", "interrupted"), Answer.NOT_REACHED, "interrupted"),
        (result(NO_BACK_OFF), result(NO_BACK_OFF), Answer.STILL, "L-02  It must not."),
        (result(NO_BACK_OFF), result(rules=(NO_BACK_OFF.rule,)), Answer.FIXED, ""),
        (result(cause=Cause.PRODUCT_LEFT), HELD, Answer.FIXED, ""),
        (HELD, HELD, Answer.FIXED, "it had passed before, too"),
        (result(cause=Cause.PRODUCT_LEFT), result(cause=Cause.PRODUCT_LEFT), Answer.NOT_REACHED,
         "as before: product left"),
        (result(cause=Cause.PRODUCT_LEFT), result(cause=Cause.NEVER_EXERCISED), Answer.NOT_REACHED, "never exercised"),
        (result(cause=Cause.PRODUCT_LEFT), FAILED, Answer.DIFFERENT, f"L-03  {LOST_LIST.message}"),
    ],
)  # fmt: skip
def test_a_repetition_is_held_against_what_was_found(
    before: ScenarioResult, now: ScenarioResult | None, answer: Answer, detail: str
) -> None:
    """Fixed only if what was broken was put to the test again."""
    repeated = compared(before, now)
    assert (repeated.scenario, repeated.answer, repeated.detail) == ("one", answer, detail)


def test_a_remark_is_no_failure() -> None:
    """Nor is a deviation that the profile expects by now."""
    known = replace(FAILED, findings=tuple(replace(one, expected_deviation=True) for one in FAILED.findings))
    assert compared(FAILED, known).answer is Answer.FIXED
