"""The append-only log: order, times, subscribers."""

from __future__ import annotations

import base64
from collections.abc import Callable

import msgspec
import pytest

from mockpilot.history.events import Event, Mark, MessageReceived, MessageSent, Stalled
from mockpilot.history.recorder import History, Recorder


def b64(data: bytes) -> str:
    """As a binary message is recorded."""
    return base64.b64encode(data).decode()


def recorder(times: list[float] | None = None) -> Recorder:
    """A recorder whose clock shows these times, one after the other."""
    clock = iter(times or [float(n) for n in range(100)])
    return Recorder(lambda: next(clock), lambda: "2031-03-04T17:20:00.000Z")


def test_record_fills_in_index_and_times() -> None:
    """What comes back is what stands in the log."""
    log = recorder([1.23456789, 2.0])
    first, second = log.record(Mark(text="a")), log.record(Mark(link=3, text="b"))
    assert first == Mark(index=0, at=1.234568, wall="2031-03-04T17:20:00.000Z", text="a")
    assert (second.index, second.at, second.link) == (1, 2.0, 3)
    assert list(log.history) == [first, second]


def test_record_tells_simulated_time_beside_the_walls() -> None:
    """Where there is one; departures then count by it."""
    log = Recorder(lambda: 6.0, lambda: "2031-03-04T17:20:06.000Z", simulated=lambda: "2031-03-04T18:20:00.000Z")
    event = log.record(Mark(text="a"))
    assert (event.wall, event.simulated) == ("2031-03-04T17:20:06.000Z", "2031-03-04T18:20:00.000Z")
    assert event.told_time == event.simulated
    real = recorder().record(Mark(text="a"))
    assert (real.simulated, real.told_time) == ("", real.wall)


def test_history_finds_events_by_kind_and_link() -> None:
    """Of a kind with all below it, of one link or of all."""
    log = recorder()
    for link in (1, 2):
        log.record(MessageSent(link=link, text="x"))
        log.record(MessageReceived(link=link, text="y"))
    assert [event.index for event in log.history.of(MessageSent)] == [0, 2]
    assert [event.index for event in log.history.of(MessageSent, link=2)] == [2]
    assert log.history.of(Stalled) == []
    assert (len(log.history), log.history[-1].index, [e.index for e in log.history[1:3]]) == (4, 3, [1, 2])


def test_history_ends_with_its_last_event() -> None:
    """Nothing is known of what came later; an empty one ends where it begins."""
    log = recorder([4.0, 9.5])
    log.record(Mark(text="a"))
    log.record(Mark(text="b"))
    assert (log.history.end, History().end) == (9.5, 0.0)


def test_subscribers_find_the_event_in_the_log() -> None:
    """Written down first, told afterwards."""
    log = recorder()
    seen: list[int] = []
    log.subscribe(lambda event: seen.append(len(log.history) - event.index))
    log.record(Mark(text="a"))
    assert seen == [1]


def test_subscribers_get_all_events_in_order_though_one_records_more() -> None:
    """What a subscriber records comes after what it was called with, for those behind it and before it."""
    log = recorder()
    before: list[int] = []
    behind: list[int] = []

    def echo(event: Event) -> None:
        if isinstance(event, Mark) and len(event.text) < 3:
            log.record(Mark(text=event.text + "!"))

    log.subscribe(lambda event: before.append(event.index))
    log.subscribe(echo)
    log.subscribe(lambda event: behind.append(event.index))
    log.record(Mark(text="a"))
    log.record(Mark(text="b"))
    assert before == behind == [0, 1, 2, 3, 4, 5]
    assert [event.text for event in log.history.of(Mark)] == ["a", "a!", "a!!", "b", "b!", "b!!"]


def test_unsubscribing_ends_the_calls() -> None:
    """Also from within a call, and a second time does no harm."""
    log = recorder()
    seen: list[int] = []
    ways_out: list[Callable[[], None]] = []

    def once(event: Event) -> None:
        seen.append(event.index)
        ways_out[0]()

    ways_out.append(log.subscribe(once))
    log.record(Mark(text="a"))
    log.record(Mark(text="b"))
    ways_out[0]()
    assert seen == [0]


def test_subscriber_that_fails_does_not_keep_the_next_events_back() -> None:
    """Its exception reaches whoever records; later events are delivered."""
    log = recorder()
    seen: list[int] = []

    def fail_first(event: Event) -> None:
        if event.index == 0:
            raise OSError("disk full")
        seen.append(event.index)

    log.subscribe(fail_first)
    with pytest.raises(OSError, match="disk full"):
        log.record(Mark(text="a"))
    log.record(Mark(text="b"))
    assert seen == [1]


@pytest.mark.parametrize(
    ("event", "recorded"),
    [
        (MessageReceived(text="say secret"), MessageReceived(text="say ***")),
        (MessageReceived(base64=b64(b"\xffsecret\xfe")), MessageReceived(base64=b64(b"\xff***\xfe"))),
        (MessageReceived(base64=b64(b"")), MessageReceived(base64=b64(b""))),
        (Mark(text="secret"), Mark(text="secret")),
    ],
)
def test_a_secret_in_a_message_is_never_recorded(event: Event, recorded: Event) -> None:
    """Whatever the product puts it into; what we record of ourselves is masked before."""
    recorder = Recorder(lambda: 0.0, lambda: "", mask=lambda text: text.replace("secret", "***"))
    found = recorder.record(event)
    assert found == msgspec.structs.replace(recorded, index=0)
    assert list(recorder.history) == [found]


def test_a_secret_that_comes_back_in_our_messages_is_hidden_too() -> None:
    """Only a product can have brought it, so before it did they need not be searched."""
    asked: list[str] = []

    def mask(text: str) -> str:
        asked.append(text)
        return text.replace("secret", "***")

    log = Recorder(lambda: 0.0, lambda: "", mask=mask)
    log.record(MessageSent(text="a long push"))
    log.record(MessageReceived(text="my id is secret"))
    echoed = log.record(MessageSent(text="hello secret"))
    assert (echoed.text, asked) == ("hello ***", ["my id is secret", "hello secret"])


def test_a_secret_that_somebody_else_hid_may_come_back_too() -> None:
    """Whoever took the message from the link says that it was there."""
    log = Recorder(lambda: 0.0, lambda: "", mask=lambda text: text.replace("secret", "***"))
    log.record(MessageReceived(text="my id is ***", password_in=True))
    assert log.record(MessageSent(text="hello secret")).text == "hello ***"
