"""A big run for the report: many scenarios, each with hundreds of pushes and answers as they look on the wire."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mockpilot.certification.setting import site_for
from mockpilot.conformance.verdict import Finding
from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.limits import Limits
from mockpilot.profile import Profile
from mockpilot.protocol.vocabulary import DEFAULT_DIALECT
from mockpilot.results import About, RunResult, run_result, scenario_result
from report.recorded_events import STARTED, opened
from sample_run import LOST_LIST, NO_BACK_OFF, TODAY, facts, verdict

BEGAN = datetime(2027, 1, 14, 18, 0, tzinfo=UTC)
AREAS = ("Connecting", "Booting", "Information", "Requests", "Losing the link", "Refusing")
FAILS_EVERY = 7
"""Every so manieth scenario fails, with findings all over its recording."""
PUSH_S = 15.0


def big_run(scenarios: int, frames: int) -> tuple[RunResult, dict[str, History]]:
    """A run of so many scenarios that have so many frames together; a bus charges in each."""
    payloads = list(_pushes(frames // scenarios // 2))
    results, histories = [], {}
    for number in range(scenarios):
        name = f"scenario_{number:02}"
        history = histories[name] = _recording(name, payloads)
        findings = [LOST_LIST, NO_BACK_OFF] if number % FAILS_EVERY == 0 else []
        results.append(scenario_result(
            name, verdict(*(_all_over(one, history) for one in findings)), history, duration_s=history.end,
            about=About(AREAS[number * len(AREAS) // scenarios], ("L-03",), "The CMS does something.", "It must hold."),
            trace=f"traces/{name}.jsonl",
        ))  # fmt: skip
    return run_result(facts(limits=Limits().as_seconds()), results, today=TODAY), histories


def _pushes(count: int) -> Iterator[bytes]:
    """What a small depot says while a bus charges."""
    site = site_for(Profile(), BEGAN)
    point = site.real_points()[0]
    request = {
        "chargingRequestId": str(uuid.UUID(int=1)), "vehicleId": "BUS-4711", "priority": 1, "chargingPointId": point,
        "chargingRequestData": {
            "expectedArrivalTimeAtChargingPoint": _stamp(BEGAN), "expectedSocAtArrival": 20, "minTargetSoc": 60,
            "maxTargetSoc": 90, "requestedTimeForDeparture": _stamp(BEGAN + timedelta(hours=9)),
        },
    }  # fmt: skip
    answer = site.receive_list("acme", {"chargingRequestList": [request]}, DEFAULT_DIALECT, now=BEGAN)
    assert answer.error is None, answer.error
    for number in range(count):
        yield site.information(DEFAULT_DIALECT, BEGAN + timedelta(seconds=PUSH_S * number))


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _recording(name: str, payloads: Sequence[bytes]) -> History:
    made: list[e.Event] = [replace(STARTED, index=0, scenario=name, wall=_stamp(BEGAN))]
    for at, event in _told(name, payloads):
        made.append(replace(event, index=len(made), at=at, wall=_stamp(BEGAN + timedelta(seconds=at))))
    return History(made)


def _told(name: str, payloads: Sequence[bytes]) -> Iterator[tuple[float, e.Event]]:
    yield from opened()
    for number, payload in enumerate(payloads):
        at, id_ = 2.0 + PUSH_S * number, uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {number}")
        head = f'"acme","{_stamp(BEGAN + timedelta(seconds=at))}","{id_}","ProvideChargingInformation"'
        yield at, e.MessageSent(link=1, text=f'[1,"CMS",{head},{payload.decode()}]')
        yield at + 0.01, e.MessageReceived(link=1, text=f'[2,"BMS",{head},{{}}]')
    yield 2.0 + PUSH_S * len(payloads), e.ScenarioEnded(why="done")


def _all_over(finding: Finding, history: History) -> Finding:
    answers = [event.index for event in history.of(e.MessageReceived)]
    return dataclasses.replace(finding, events=tuple(answers[:: max(1, len(answers) // 20)][:20]), count=len(answers))
