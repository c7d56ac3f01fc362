"""A made run for the tests of results and reports: a recording, a few verdicts, and their fold."""

from __future__ import annotations

from datetime import date
from typing import Any

from mockpilot.conformance.causes import Doubt
from mockpilot.conformance.levels import Basis, Cause, Level, Outcome
from mockpilot.conformance.reading import columns_of, outcome_of
from mockpilot.conformance.rules import RULES
from mockpilot.conformance.verdict import Finding, Verdict
from mockpilot.history import events as e
from mockpilot.history.recorder import History, Recorder
from mockpilot.profile import Expected
from mockpilot.results import About, Product, RunFacts, RunResult, not_selected, run_result, scenario_result

TODAY = date(2027, 1, 14)
ID = "5e0c9b1e-7f0f-4e0b-9a57-0c7d3a1f4c11"
LIST = f'[1,"BMS","acme","2027-01-14T09:12:40Z","{ID}","ProvideChargingRequests",{{"chargingRequestList":[]}}]'
BOOT = f'[1,"BMS","acme","2027-01-14T09:12:31Z","{ID}","BootNotification",{{"presystem":"BMS"}}]'
ANSWER = f'[2,"CMS","acme","2027-01-14T09:12:31Z","{ID}","BootNotification",{{"status":"Accepted"}}]'


ABOUT = About("Requests", ("L-03",), "The confirmation never arrives.", "The list must come again.")


def found(
    rule: str, requirement: str | None, level: Level = Level.MUST, basis: Basis = Basis.STANDARD, **more: Any
) -> Finding:
    """A finding without a checker."""
    said: dict[str, Any] = {
        "inferred": False,
        "message": "It must not.",
        "expected": "the full current list again, within 60 s or after a reconnect",
        "observed": "nothing for 60 s, then a new list without request acme-42",
        "events": (),
    }
    return Finding(rule, requirement, level, basis, **(said | more))


def verdict(
    *findings: Finding, cause: Cause | None = None, detail: str = "", rules: tuple[str, ...] = ("boot.comes-first",)
) -> Verdict:
    """A verdict without a recording; whatever was found was exercised."""
    worst = outcome_of(findings)
    doubt = Doubt(cause, detail) if cause is not None and worst is not Outcome.FAILED else None
    exercised = tuple(dict.fromkeys([*rules, *(one.rule for one in findings)]))
    requirements = {RULES[rule].requirement for rule in exercised if rule in RULES}
    requirements |= {one.requirement for one in findings}
    return Verdict(
        Outcome.INCONCLUSIVE if doubt else worst, doubt.cause if doubt else None, detail, findings,
        tuple(sorted(one for one in requirements if one)), exercised, {},
        columns_of(findings, inconclusive=doubt is not None),
    )  # fmt: skip


LOST_LIST = found(
    "requests.unconfirmed-list-comes-again", "L-03", Level.MUST, Basis.POLICY, inferred=True,
    message="A list that was not confirmed is not delivered; it must come again.",
    events=(8, 11), perhaps="the queue is cleared when a list is sent; clear it when it is confirmed",
)  # fmt: skip
NO_BACK_OFF = found("link.backs-off", "L-02", Level.SHOULD)
NO_SUBPROTOCOL = found("handshake.offers-subprotocol", "C-06", Level.SHOULD)


def recording(
    *, ended: e.LinkEnded | None = None, hostile: str = "", exercises: tuple[str, ...] = ("L-03",)
) -> History:
    """One link with a boot, a push, a list whose confirmation a fault withholds."""
    seconds = iter(range(1000))
    recorder = Recorder(lambda: next(seconds) + 100.0, lambda: "2027-01-14T09:12:31.000Z")
    for event in (
        e.ScenarioStarted(
            scenario="confirmation_missing", exercises=exercises, dialect="chargepilot",
            presystem=e.Presystem(id="acme", kind="BMS", user="acme", path="/vdv463/acme"),
            push_interval_s=15.0, limits={}, seed=7, mockpilot="0.1.0", catalogue="1",
        ),
        e.TcpAccepted(link=1, peer="127.0.0.1:5000"),
        e.UpgradeRequested(link=1, method="GET", target="/vdv463/acme", headers=(), credentials="right", user="acme"),
        e.UpgradeAnswered(link=1, status=101),
        e.FaultArmed(name="lost", do="lose"),
        e.MessageReceived(link=1, text=BOOT),
        e.MessageSent(link=1, text=ANSWER),
        e.Mark(text=hostile or "now"),
        e.MessageReceived(link=1, text=hostile or LIST),
        e.FaultFired(name="lost", do="lose", of=8, link=1),
        e.MessageWithheld(link=1, text=ANSWER, fault="lost"),
        e.WaitEnded(awaited="ProvideChargingRequests", ran_out=True),
        e.FaultSeen(name="lost", do="lose", proof=11),
        e.ScenarioEnded(why="done"),
        ended or e.LinkEnded(link=1, by="us", how="cleanly"),
    ):  # fmt: skip
        recorder.record(event)
    return recorder.history


def facts(**changes: object) -> RunFacts:
    """What is known of the run beside its scenarios."""
    known: dict[str, object] = {
        "mockpilot": "0.1.0", "catalogue": "1", "dialect": "chargepilot", "seed": 7,
        "started": "2027-01-14T09:12:31Z", "duration_s": 77.0, "push_interval_s": 15.0,
        "limits": {"hold": 3.0, "resend_within": 60.0},
        "product": Product(name="Acme DepotManager", version="8.2.0", id="acme", command=("./acme", "{url}")),
        "profile": "acme.toml",
    }  # fmt: skip
    return RunFacts(**(known | changes))  # type: ignore[arg-type]


def sample_run() -> tuple[RunResult, dict[str, History]]:
    """A run in which everything happens once, and its recordings."""
    history = recording()
    expected = (Expected("link.backs-off", "planned for 8.3", "it@acme.example", date(2027, 3, 31)),)
    doubtful = verdict(cause=Cause.FAULT_NEVER_FIRED, detail="again, armed at 2.1 s", rules=())
    scenarios = [
        scenario_result("boot_accepted", verdict(), history, duration_s=4.0, trace="traces/boot_accepted.jsonl"),
        scenario_result(
            "confirmation_missing", verdict(LOST_LIST, rules=()), history,
            duration_s=77.0, trace="traces/confirmation_missing.jsonl", about=ABOUT,
        ),
        scenario_result("confirmation_twice", doubtful, history, duration_s=120.0),
        scenario_result(
            "outage_503", verdict(NO_BACK_OFF, rules=()), recording(exercises=("L-02",)),
            duration_s=60.0, expected={"link.backs-off"},
        ),
        scenario_result("login_refused", verdict(NO_SUBPROTOCOL, rules=()), history, duration_s=9.0),
        not_selected("request_changed", "receive-only"),
    ]  # fmt: skip
    result = run_result(facts(), scenarios, expected=expected, today=TODAY)
    return result, {one.name: history for one in scenarios if one.selected}
