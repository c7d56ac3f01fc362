"""How fast a product was."""

from __future__ import annotations

import pytest

from mockpilot.history import events as e
from mockpilot.history.recorder import History
from mockpilot.limits import Limits
from mockpilot.report.timing import Band, bands
from report.recorded_events import frame, opened, recorded

LIMITS = Limits().as_seconds()
PUSH, LIST, BOOT = "ProvideChargingInformation", "ProvideChargingRequests", "BootNotification"


def measured(*histories: History) -> dict[str, Band]:
    """Bands by what they tell."""
    return {band.what: band for band in bands(histories, LIMITS)}


def booted(at: float = 1.0, link: int = 1) -> list[tuple[float, e.Event]]:
    """A link with an accepted boot, 200 ms after the upgrade."""
    accepted = frame(2, BOOT, payload='{"status":"Accepted"}').replace("BMS", "CMS")
    return [
        *opened(link, at),
        (at + 0.2, e.MessageReceived(link=link, text=frame(1, BOOT, payload='{"presystem":"BMS"}'))),
        (at + 0.2, e.MessageSent(link=link, text=accepted)),
    ]  # fmt: skip


def test_answers_and_boots_are_measured() -> None:
    """From handing to reading, over all recordings."""
    ids = ["5e0c9b1e-7f0f-4e0b-9a57-0c7d3a1f4c1" + last for last in "23"]
    history = recorded(
        *booted(),
        (2.0, e.MessageSent(link=1, text=frame(1, PUSH, ids[0], '{"depotInfoList":[]}').replace("BMS", "CMS"))),
        (2.5, e.MessageReceived(link=1, text=frame(2, PUSH, ids[0]))),
        (3.0, e.MessageSent(link=1, text=frame(1, PUSH, ids[1], '{"depotInfoList":[]}').replace("BMS", "CMS"))),
        (4.0, e.MessageReceived(link=1, text=frame(2, PUSH, ids[1]))),
    )  # fmt: skip
    found = measured(history, history)
    answers = found["answer to a push"]
    assert answers.times_s == (0.5, 0.5, 1.0, 1.0)
    assert (answers.limit, answers.limit_s, answers.median_s, answers.late) == ("confirm_within", 15.0, 0.75, 0)
    assert found["boot after the upgrade"].times_s == pytest.approx((0.2, 0.2))


def test_spacing_counts_from_when_somebody_could_come() -> None:
    """A link's end, or the moment in which the port opens again."""
    ended = e.LinkEnded(link=1, by="us", how="cleanly")
    plain = recorded(*booted(), (5.0, ended), *opened(2, 7.0))
    shut = recorded(
        *booted(), (5.0, ended), e.ListenerDown(port=1), (6.5, e.ListenerUp(port=1)), *opened(2, 7.0)
    )
    band = measured(plain, shut)["from a lost or refused link to the next attempt"]
    assert band.times_s == (0.5, 2.0)
    assert (band.floor, band.floor_s) == ("retry_floor", 1.0)


def test_lists_pongs_and_closes_are_measured() -> None:
    """After a step, after a lost confirmation, after a ping, after a Close."""
    history = recorded(
        *booted(),
        (2.0, e.StepProvoked(step="create-request")), (2.5, e.StepEnded(step="create-request", happened=True)),
        (3.0, e.MessageReceived(link=1, text=frame(1, LIST, payload='{"chargingRequestList":[]}'))),
        (3.0, e.MessageWithheld(link=1, text=frame(2, LIST), fault="lost")),
        (5.0, e.MessageReceived(link=1, text=frame(1, LIST, payload='{"chargingRequestList":[]}'))),
        (6.0, e.PingSent(link=1, payload="a")), (6.1, e.PongReceived(link=1, payload="b")),
        (6.4, e.PongReceived(link=1, payload="a")),
        (7.0, e.ScenarioEnded(why="done")), (7.0, e.CloseSent(link=1, code=1001)),
        (7.3, e.CloseReceived(link=1, code=1001)),
    )  # fmt: skip
    times = {what: band.times_s for what, band in measured(history).items()}
    assert times.pop("list after a provoked step") == (0.5,)
    assert times.pop("list again after a lost confirmation") == (2.0,)
    assert times.pop("pong after a ping") == pytest.approx((0.4,))
    assert times.pop("answer to a Close frame") == pytest.approx((0.3,))
    assert [*times] == ["boot after the upgrade"]


def test_nothing_seen_is_nothing_told() -> None:
    """Nor does an empty recording do harm."""
    assert measured(History(), recorded()) == {}


def test_a_band_tells_shares() -> None:
    """Within which time so many came, and how many were too late."""
    band = Band("x", "hold", 3.0, tuple(map(float, range(1, 101))))
    assert (band.at(0.95), band.at(1.0), band.late) == (96.0, 100.0, 97)
