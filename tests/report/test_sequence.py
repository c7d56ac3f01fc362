"""The lines of a sequence drawing."""

from __future__ import annotations

import pytest

from mockpilot.history import events as e
from mockpilot.report.lines import MOST_LINES, Line
from mockpilot.report.sequence import lines
from report.recorded_events import frame, opened, recorded

UUID = "00000000-0000-4000-8000-{:012d}"
PUSH, LIST, BOOT = "ProvideChargingInformation", "ProvideChargingRequests", "BootNotification"


def drawn(*events: tuple[float, e.Event] | e.Event, marked: tuple[int, ...] = ()) -> list[Line]:
    """Lines of a recording."""
    return lines(recorded(*events), marked)


def one(event: e.Event) -> Line:
    """The only line of an event."""
    (line,) = drawn((2.0, event))
    return line


def test_a_message_is_an_arrow_with_its_name_and_number() -> None:
    """Towards whoever gets it."""
    line = one(e.MessageReceived(link=3, text=frame(1, LIST)))
    assert line == Line("arrow", "ProvideChargingRequests #5e0c", 2.0, 1, 3, to_cms=True, kind="wide")
    assert one(e.MessageSent(link=1, text=frame(1, PUSH))).kind == "push"


@pytest.mark.parametrize(
    ("event", "text", "kind"),
    [
        (e.MessageSent(text=frame(2, BOOT, payload='{"status":"Accepted"}')), "confirmation Accepted #5e0c", "wide"),
        (e.MessageReceived(text=frame(2, PUSH)), "confirmation #5e0c", "answer"),
        (e.MessageSent(text=frame(3, LIST, payload='{"message":"no"}')), "error #5e0c", "wide"),
        (e.MessageReceived(text="{}"), "{}", "wide"),
        (e.MessageReceived(text=""), "empty message", "wide"),
        (e.MessageReceived(text="x" * 99), "x" * 59 + "…", "wide"),
        (e.MessageReceived(base64="AAE="), "binary message", "wide"),
        (e.UpgradeRequested(method="GET", target="/a", headers=(), credentials="none"), "GET /a", "wide"),
        (e.UpgradeAnswered(status=503, fault="refuse"), "503", "wide"),
        (e.TlsFailed(ended_by="product", reason="", hello_seen=True, certificate="wrong host"),
         "certificate wrong host refused", "wide"),
        (e.TlsFailed(ended_by="product", reason="", hello_seen=True), "TLS not completed", "wide"),
        (e.CloseSent(code=1001), "Close 1001", "wide"),
        (e.CloseReceived(code=None), "Close without a code", "wide"),
        (e.PingSent(payload="a"), "Ping", "ping"),
        (e.PongReceived(payload="a"), "Pong", "ping"),
    ],
)  # fmt: skip
def test_what_travels_is_told_in_words(event: e.Event, text: str, kind: str) -> None:
    """Whether it can be read or not."""
    line = one(event)
    assert (line.form, line.text, line.kind) == ("arrow", text, kind)


@pytest.mark.parametrize(
    ("do", "event", "fate", "said"),
    [
        ("lose", e.MessageWithheld(text=frame(2, LIST), fault="f"), "lost", "lost"),
        ("delay", e.MessageSent(text=frame(2, LIST), fault="f"), "late", "late"),
        ("swap", e.MessageSent(text=frame(2, LIST), fault="f"), "late", "swapped"),
        ("repeat", e.MessageSent(text=frame(2, LIST), fault="f"), "again", "once more"),
        ("answer", e.MessageSent(text=frame(2, LIST), fault="f"), "altered", "altered"),
        ("inject", e.MessageSent(text=frame(2, LIST), fault="f"), "altered", "unasked"),
        ("new verb", e.MessageSent(text=frame(2, LIST), fault="f"), "altered", "altered"),
        ("lose", e.MessageSent(text=frame(2, LIST)), "arrives", ""),
        ("refuse", e.UpgradeAnswered(status=503, fault="f"), "altered", "on purpose"),
    ],
)
def test_a_fault_decides_a_messages_fate(do: str, event: e.Event, fate: str, said: str) -> None:
    """By its verb, also one that this drawing does not know."""
    line = drawn((1.0, e.FaultArmed(name="f", do=do)), (2.0, event))[-1]
    assert (line.fate, line.said) == (fate, said)


@pytest.mark.parametrize(("do", "how", "form"), [
    ("delay", {}, "held"), ("swap", {}, "held"), ("answer", {"by_s": 3.0}, "held"), ("drop", {}, "note"),
])  # fmt: skip
def test_what_is_held_back_is_drawn_where_it_was_held(do: str, how: dict[str, object], form: str) -> None:
    """Its arrow begins there; other faults that fire without a message are noted."""
    line = drawn((1.0, e.FaultArmed(name="f", do=do, how=how)), (2.0, e.FaultFired(name="f", do=do)))[-1]
    assert (line.form, line.at) == (form, 2.0)


def test_an_answer_that_is_only_altered_is_held_nowhere() -> None:
    """It leaves at once."""
    assert [line.form for line in drawn(e.FaultArmed(name="f", do="answer"), e.FaultFired(name="f", do="answer"))] == [
        "note"
    ]


@pytest.mark.parametrize(
    ("event", "form", "kind", "text"),
    [
        (e.LinkEnded(link=2, by="us", how="cleanly", detail="Close 1001"), "break", "closed",
         "link 2 ended by the CMS, cleanly: Close 1001"),
        (e.LinkEnded(link=2, by="product", how="broken off"), "break", "cut",
         "link 2 ended by the product, broken off"),
        (e.WentSilent(link=2, fault="drop"), "break", "silence", "the CMS neither reads nor writes any more"),
        (e.FaultArmed(name="f", do="lose", how={"type": 2, "action": LIST, "nth": [1]}), "note", "fault",
         "armed: lose confirmation of ProvideChargingRequests #1"),
        (e.FaultFired(name="f", do="drop"), "note", "fault", "fault f fired"),
        (e.StepProvoked(step="create-request"), "note", "step", "asked for: create-request"),
        (e.WaitEnded(awaited=LIST, ran_out=True), "note", "wait", "waited in vain for ProvideChargingRequests"),
        (e.ProductStarted(command=()), "note", "product", "product started"),
        (e.ProductExited(status=1, by_us=False), "note", "product", "product ended, status 1"),
        (e.ProtocolBroken(what="unmasked frame", code=1002), "note", "fault", "RFC 6455 broken: unmasked frame"),
        (e.ListenerDown(port=1), "note", "fault", "port closed"),
        (e.ReadingPaused(fault="f"), "note", "fault", "leaves unread what comes"),
        (e.ReadingResumed(fault="f"), "note", "fault", "reads again"),
        (e.Stalled(late_s=2.0), "note", "wait", "mockpilot stalled, 2 s"),
        (e.Mark(text="look  here"), "note", "step", "look here"),
    ],
)  # fmt: skip
def test_what_is_no_traffic_is_a_note_or_a_break(event: e.Event, form: str, kind: str, text: str) -> None:
    """Each with what it tells of."""
    line = one(event)
    assert (line.form, line.kind, line.text) == (form, kind, text)


def test_the_port_opens_again_only_after_it_was_closed() -> None:
    """That it opens at all goes without saying."""
    assert [line.text for line in drawn(e.ListenerUp(port=1), e.ListenerDown(port=1), e.ListenerUp(port=1))] == [
        "port closed", "port open again",
    ]  # fmt: skip


def test_clearing_up_is_left_out() -> None:
    """After its end only the end of links is part of the story."""
    told = drawn(
        (2.0, e.ScenarioEnded(why="done")), e.CloseSent(code=1001), e.LinkEnded(link=1, by="us", how="cleanly"),
        e.ProductExited(status=0, by_us=True),
    )  # fmt: skip
    assert [line.text for line in told] == ["end of the scenario", "link 1 ended by the CMS, cleanly"]


def push(number: int) -> e.Event:
    """One that its number tells."""
    return e.MessageSent(link=1, text=frame(1, PUSH, UUID.format(number)))


def answer(number: int, kind: int = 2) -> e.Event:
    """To the push of that number."""
    return e.MessageReceived(link=1, text=frame(kind, PUSH, UUID.format(number)))


def pushes(count: int) -> list[tuple[float, e.Event]]:
    """So many pushes, each confirmed."""
    pairs = [(push(number), answer(number)) for number in range(count)]
    return [(float(at), event) for at, pair in enumerate(pairs) for event in pair]


def test_pushes_that_repeat_themselves_are_folded() -> None:
    """A few at either end stay."""
    told = drawn(*pushes(20))
    assert [line.form for line in told] == ["arrow", "arrow", "skip", "arrow", "arrow"]
    assert told[2].text == "18 more pushes, 18 confirmed"
    assert len(drawn(*pushes(4))) == 8
    pings = [(30.0 + number, e.PingSent(link=1, payload="a")) for number in range(9)]
    assert drawn(*pings)[2].text == "5 more pings and pongs"
    assert drawn(*pushes(4), *pings[:3])[2].text == "3 more pushes, 3 confirmed, 1 more ping or pong"
    assert drawn(*pushes(4), *pings)[2].text == "3 more pushes, 3 confirmed, 7 more pings and pongs"


def test_folded_pushes_have_no_more_confirmations_than_pushes() -> None:
    """What confirms a push that is shown is told apart."""
    late = [*map(push, range(6)), *map(answer, range(6))]
    assert drawn(*late)[2].text == "4 more pushes, 4 confirmed, 2 more confirmations"
    assert drawn(*map(push, range(20)))[2].text == "16 more pushes, 0 confirmed"
    assert drawn(push(0), push(1), *map(answer, range(9)))[2].text == "7 confirmations"
    told = drawn(push(0), answer(0), push(1), *map(answer, range(1, 9)))
    assert told[2].text == "1 more push, 1 confirmed, 5 more confirmations"


def test_error_answers_to_pushes_confirm_nothing() -> None:
    """They are folded, and counted as what they are."""
    told = drawn(*[event for number in range(9) for event in (push(number), answer(number, 3))])
    assert told[2].text == "7 more pushes, 0 confirmed, 7 refused"
    assert drawn(push(0), push(1), *[answer(number, 3) for number in range(9)])[2].text == "7 error answers"


def test_what_a_finding_names_is_not_folded() -> None:
    """It stands out, and is marked."""
    told = drawn(*pushes(20), marked=(21,))
    assert [line.index for line in told if line.marked] == [21]


def test_a_long_story_is_cut_in_the_middle() -> None:
    """Its ends stay, and what findings name with its surroundings."""
    marks = [(float(at), e.Mark(text=str(at))) for at in range(300)]
    told = drawn(*marks, marked=(150,))
    texts = [line.text for line in told if line.form != "skip"]
    assert len(texts) <= MOST_LINES
    assert (texts[0], texts[-1]) == ("0", "299")
    assert {str(at) for at in range(146, 153)} <= set(texts)
    assert sum(int(line.text.split()[0]) for line in told if line.form == "skip") == 300 - len(texts)


def test_a_link_opens_with_two_arrows() -> None:
    """What lies below the upgrade is told among the connection facts."""
    assert [line.text for line in drawn(*opened())] == ["GET /vdv463/acme", "101 v1.463.vdv.de"]


def test_a_message_that_somebody_holds_is_drawn_as_held() -> None:
    """It has not left yet; when it does, that is an arrow of its own."""
    line = one(e.MessageHeld(link=1, text=frame(1, PUSH), fault="hold"))
    assert (line.form, line.text, line.fault) == ("held", "held back by hand", "hold")
