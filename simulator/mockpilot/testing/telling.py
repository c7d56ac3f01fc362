"""Lines and paragraphs for a test that failed: the end of the history, findings grouped, what came instead.

Pure: a recording goes in, text comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockpilot.conformance.levels import Level
from mockpilot.counts import counted
from mockpilot.durations import format_duration
from mockpilot.history.events import (
    CloseSent,
    Event,
    FaultArmed,
    FaultDisarmed,
    LinkEnded,
    ListenerDown,
    Mark,
    MessageReceived,
    MessageSent,
    TcpAccepted,
    TlsFailed,
    UpgradeAnswered,
    UpgradeRequested,
    WaitEnded,
    WaitStarted,
)
from mockpilot.history.recorder import History
from mockpilot.protocol.envelope import Action, MessageType, read
from mockpilot.report.fault_words import fault_words, unseeable
from mockpilot.report.happenings import tell
from mockpilot.report.wording import LEVEL_MARKS, level_words, times_words, visible
from mockpilot.results import FaultResult, FindingResult, ScenarioResult

LAST_LINES = 20
"""How much of the history a failure shows."""
_INSTEAD = 5


# -- lines of the history ------------------------------------------------------------------------------------------


def line_of(event: Event) -> str:
    """An event as a line: number, seconds, link, what happened."""
    told = tell(event) or _also(event) or event.kind.replace("_", " ")
    return visible(f"#{event.index:<4} {event.at:9.3f} s {event.link or '–':>3}  {told}")


def _also(event: Event) -> str:
    match event:
        case FaultArmed() | FaultDisarmed():
            return f"{event.kind.replace('_', ' ')}: {event.do} “{event.name}”"
        case Mark(text=text):
            return f"mark: {text}"
        case WaitStarted(awaited=awaited):
            return f"waiting for {awaited}"
        case WaitEnded(awaited=awaited, ran_out=ran_out):
            return f"waited for {awaited}{', in vain' if ran_out else ''}"
        case TcpAccepted(peer=peer):
            return f"connection from {peer}"
        case CloseSent(code=code):
            return f"→ Close {code if code is not None else 'without a code'}"
    return ""


# -- a wait that ran out -------------------------------------------------------------------------------------------


def in_vain(
    awaited: str, how_long: str, since: Sequence[Event], history: History, findings: Sequence[FindingResult],
    hints: Sequence[str] = (),
) -> str:  # fmt: skip
    """What a wait that ran out has to say.

    Args:
        awaited: for what.
        how_long: in words.
        since: events that the wait looked at.
        history: all of it.
        findings: what can be said of the product so far.
        hints: what the caller may have overlooked.
    """
    return "\n".join([
        f"{awaited}: nothing of that kind came {how_long}",
        *_labelled("instead", list(_instead(since)) or ["nothing at all"]),
        *_labelled("closest", [line_of(one) for one in closest(awaited, history)]),
        *_labelled("state", [state_of(history)]),
        *_labelled("perhaps", [_headline(one) for one in findings if one.level is not Level.MAY]),
        *_labelled("hint", list(hints)),
        *_end_of(history, LAST_LINES),
    ])  # fmt: skip


def unwelcome(awaited: str, event: Event, clock: str, history: History) -> str:
    """What is to be said of something that should not have come."""
    return "\n".join([
        f"{awaited} should not have come and did ({clock}):", f"    {line_of(event)}",
        *_labelled("hint", ["what came since the last wait or mark counts, and mark() lets it begin later"]),
        *_end_of(history, LAST_LINES),
    ])  # fmt: skip


def _instead(since: Sequence[Event]) -> Iterator[str]:
    received = [event for event in since if isinstance(event, MessageReceived)]
    if len(received) > _INSTEAD:
        yield f"{len(received)} messages, the last {_INSTEAD}:"
    yield from map(line_of, received[-_INSTEAD:])
    if not received:
        yield from (line_of(event) for event in since if isinstance(event, TlsFailed | UpgradeAnswered | LinkEnded))


def closest(awaited: str, history: History) -> list[Event]:
    """The one event that comes nearest to what was awaited, if any does."""
    awaited = awaited.partition(",")[0]
    last = max((event.link or 0 for event in history), default=0)
    # A state is one of the last link; a message counts whichever link it came on.
    looked_at = history if awaited in tuple(Action) else [event for event in history if event.link == last]
    ranked = [(_nearness(awaited, event), event.index, event) for event in looked_at]
    best = max(ranked, key=lambda one: one[:2], default=(0, 0, None))
    return [best[2]] if best[0] and best[2] is not None else []


def _nearness(awaited: str, event: Event) -> int:
    match event:
        case MessageReceived(text=text) if awaited in (text or ""):
            return 6  # the right action: an answer, one that came before, or one that cannot be read
        case MessageReceived(text=text) if awaited.lower() in (text or "").lower():
            return 5
        case MessageReceived():
            return 4
        case UpgradeAnswered() | UpgradeRequested():
            return 3
        case TlsFailed():
            return 2
        case TcpAccepted() | ListenerDown():
            return 1
    return 0


def state_of(history: History) -> str:
    """How far the product has come, in one sentence."""
    accepted = history.of(TcpAccepted)
    if not accepted:
        return "nobody has connected"
    opened = [event for event in history.of(UpgradeAnswered) if event.status == 101]
    if not opened:
        return f"{counted(len(accepted), 'connection')}, none of them got through the upgrade"
    last = opened[-1].link
    pushes = [read(one.text or "").envelope for one in history.of(MessageSent, last)]
    handed = sum(one is not None and one.message_type is MessageType.REQUEST for one in pushes)
    ended = "ended" if history.of(LinkEnded, last) else "open"
    return (f"link {last} {ended}, {counted(len(history.of(MessageReceived, last)), 'message')} of the product, "
            f"{counted(handed, 'push', 'pushes')} handed")  # fmt: skip


# -- findings ------------------------------------------------------------------------------------------------------


def verdict_text(
    title: str, reasons: Sequence[str], result: ScenarioResult, history: History, lines: int = LAST_LINES
) -> str:
    """Everything that can be said of a recording: why it fails, findings by level, near misses, the last lines."""
    return "\n".join([
        title,
        *(f"  {reason}" for reason in reasons),
        *(line for finding in _ordered(result, history) for line in _finding(finding)),
        *_near_misses(result),
        *_end_of(history, lines),
    ])  # fmt: skip


def _ordered(result: ScenarioResult, history: History) -> list[FindingResult]:
    """What lies within a wait that ran out explains that, so it comes first; then the most binding."""
    spans = _vain_waits(history)

    def rank(one: FindingResult) -> tuple[bool, bool, int]:
        explains = any(begun <= index <= ended for begun, ended in spans for index in one.events)
        return one.expected_deviation, not explains, list(Level).index(one.level)

    return sorted((one for one in result.findings if one.level is not Level.MAY), key=rank)


def _vain_waits(history: History) -> list[tuple[int, int]]:
    begun: list[int] = []
    spans = []
    for event in history:
        if isinstance(event, WaitStarted):
            begun.append(event.index)
        elif isinstance(event, WaitEnded) and begun:
            start = begun.pop()
            spans += [(start, event.index)] if event.ran_out else []
    return spans


def _finding(finding: FindingResult) -> Iterator[str]:
    known = ", allowed" if finding.expected_deviation else ""
    yield ""
    yield f"{LEVEL_MARKS[finding.level]} {_headline(finding)}"
    yield f"    rule       {finding.rule}, {level_words(finding)}{times_words(finding.count)}{known}"
    for label, text in (("expected", finding.expected), ("observed", finding.observed), ("perhaps", finding.perhaps)):
        if text:
            yield f"    {label:<10} {visible(text)}"
    if finding.events:
        yield f"    events     {', '.join(f'#{index}' for index in finding.events)}"


def _headline(finding: FindingResult) -> str:
    return visible(f"{finding.requirement or '–'} {finding.message}")


def _near_misses(result: ScenarioResult) -> Iterator[str]:
    remarks = [one for one in result.findings if one.level is Level.MAY]
    unseen = [one for one in result.faults if one.fired_s is not None and not one.seen and not unseeable(one)]
    if remarks or unseen:
        yield ""
        yield "  near misses, which fail nothing:"
        yield from (f"    · {_headline(one)} ({one.rule})" for one in remarks)
        yield from (f"    · nothing shows that the product met the fault: {fault_words(one)}" for one in unseen)


def unfired_words(fault: FaultResult, history: History) -> str:
    """That a fault never fired, and what came closest to setting it off."""
    armed = next((event for event in history.of(FaultArmed) if event.name == fault.name), None)
    nearest = _nearest_to(armed, history) if armed is not None else None
    passed = f"closest was {line_of(nearest)}" if nearest is not None else "nothing like it passed by since"
    return f"a fault was armed and never fired: {fault_words(fault)}; {passed}"


def _nearest_to(armed: FaultArmed, history: History) -> Event | None:
    """The last message since then that had its type or its action, if not both."""
    kind, action = armed.how.get("type"), armed.how.get("action")
    theirs = armed.do == "drop" or armed.how.get("direction") == "in"
    side = MessageReceived if theirs else MessageSent
    ranked: list[tuple[int, int]] = []
    for event in history[armed.index:]:
        envelope = read(event.text or "").envelope if isinstance(event, side) else None
        if envelope is not None:
            alike = (kind is not None and envelope.message_type == kind) + (envelope.action == action)
            ranked.append((alike, event.index))
    alike, index = max(ranked, default=(0, 0))
    return history[index] if alike else None


def _labelled(label: str, lines: Sequence[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"  {label if place == 0 else '':<8} {line}"


def _end_of(history: History, lines: int) -> Iterator[str]:
    if lines:
        yield ""
        yield f"  the last {lines} lines of the history:"
        yield from (f"    {line_of(event)}" for event in history[-lines:])


def seconds_words(seconds: float, clock: str) -> str:
    """``within 5 s of real time``."""
    return f"within {format_duration(seconds)} of {clock}"
