"""The catalogue of offenders: each breaks its rule, in the way its sentence says."""

from __future__ import annotations

import json
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mockpilot.errors import UsageError
from mockpilot.presystem import conduct
from mockpilot.presystem.conduct import CONFORMING, EndKind, LinkEnd
from mockpilot.presystem.offences import OFFENCES, conduct_for, offences
from mockpilot.presystem.offences.connecting import TIGHT_LOOP_S, unmasked
from mockpilot.presystem.offences.links import STEADY_PAUSE_S
from mockpilot.protocol import envelope
from mockpilot.protocol.envelope import Action, Envelope, MessageType, Trouble
from presystem.fake_cms import CmsLink, Script, ids, information, play_through, playing

BOOT, LIST, PUSH = (
    Action.BOOT_NOTIFICATION, Action.PROVIDE_CHARGING_REQUESTS, Action.PROVIDE_CHARGING_INFORMATION,
)  # fmt: skip

NO_SUCH_LOGIN = LinkEnd(EndKind.REFUSED, "HTTP status 401", 401)
UNAVAILABLE = LinkEnd(EndKind.REFUSED, "HTTP status 503", 503)


async def _ordinary(link: CmsLink) -> None:
    """A link as most are: boot, pushes, a confirmed list."""
    async def answer() -> None:
        while True:
            message = await link.receive()
            if message.message_type is MessageType.REQUEST and message.action is BOOT:
                await link.answer(message, {"status": "Accepted"})
            elif message.message_type is MessageType.REQUEST and message.action is LIST:
                await link.answer(message, {})

    with trio.move_on_after(4):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(answer)
            while True:
                await trio.sleep(0.5)
                await link.push()


async def _frames(rule: str) -> list[str | bytes]:
    play = await play_through(_ordinary, conduct=conduct_for(rule))
    return play.cms.links[0].raw


async def _messages(rule: str, script: Script = _ordinary) -> list[Envelope]:
    play = await play_through(script, conduct=conduct_for(rule))
    return play.cms.links[0].seen


def _answers(messages: list[Envelope]) -> list[Envelope]:
    return [message for message in messages if message.action is PUSH]


def test_every_offence_differs_from_conforming() -> None:
    """Nobody is called an offender without an offence, and no two offend alike."""
    conducts = [offence.conduct for offence in offences()]
    assert all(conduct != CONFORMING for conduct in conducts)
    assert len(set(OFFENCES)) == len(conducts)


def test_every_offence_says_what_it_does() -> None:
    """Each is one short clause, and what it brings are other rules."""
    for offence in offences():
        assert offence.does
        assert not offence.does.endswith(".")
        assert offence.rule not in offence.brings
        assert set(offence.brings) <= set(OFFENCES)


def test_every_rule_has_an_offender() -> None:
    """Rules and offenders are the same set."""
    rules = pytest.importorskip("mockpilot.conformance.rules")
    known = {rule.id for rule in _values(rules.RULES)}
    assert known == set(OFFENCES)


def _values(rules: Any) -> Any:
    return rules.values() if hasattr(rules, "values") else rules


def test_unknown_rule_is_one_sentence() -> None:
    """Who offends against nothing known is told so."""
    with pytest.raises(UsageError, match="no\\.such-rule"):
        conduct_for("no.such-rule")


def test_no_rule_is_conforming() -> None:
    """Without a rule nothing is broken."""
    assert conduct_for(None) == CONFORMING


def test_unmasked_takes_the_mask_off() -> None:
    """Every length of frame loses its mask; a request is left alone."""
    heads = {3: b"\x81\x83", 300: b"\x81\xfe\x01\x2c", 70000: b"\x81\xff" + (70000).to_bytes(8, "big")}
    for length, head in heads.items():
        body = b"x" * length
        masked = head + b"\x01\x02\x03\x04" + bytes(byte ^ (1, 2, 3, 4)[n % 4] for n, byte in enumerate(body))
        plain = bytes([head[0], head[1] & 0x7F]) + head[2:] + body
        assert unmasked(masked) == plain
    assert unmasked(b"GET / HTTP/1.1\r\n") == b"GET / HTTP/1.1\r\n"


@pytest.mark.parametrize(("rule", "trouble"), [
    ("envelope.seven-slots", Trouble.SLOT_COUNT),
    ("envelope.message-type", Trouble.MESSAGE_TYPE),
    ("envelope.message-id-is-uuid", Trouble.MESSAGE_ID),
    ("envelope.time-stamp", Trouble.TIME_STAMP),
    ("envelope.action", Trouble.ACTION),
    ("envelope.payload-is-object", Trouble.PAYLOAD),
    ("envelope.text-frames", Trouble.BINARY),
    ("envelope.clean-json", Trouble.DUPLICATE_KEY),
])  # fmt: skip
async def test_envelope_offence_makes_one_trouble(
    autojump_clock: trio.testing.MockClock, rule: str, trouble: Trouble
) -> None:
    """An envelope offender makes its own trouble and no other, and the exchange goes on."""
    found = [defect.trouble for frame in await _frames(rule) for defect in envelope.read(frame).defects]
    assert set(found) == {trouble}
    assert len(_answers(await _messages(rule))) >= 7


@pytest.mark.parametrize("rule", [
    "envelope.message-id-is-new", "envelope.time-stamp-is-utc", "envelope.clock", "envelope.presystem-id",
    "envelope.direction", "boot.source", "boot.payload", "information.is-answered", "information.is-confirmed",
    "correlation.echoes-message-id", "correlation.one-answer", "correlation.answers-only-requests",
    "information.confirmation-is-empty", "requests.unique-ids", "requests.schema", "requests.advertised-points",
])  # fmt: skip
async def test_other_offences_are_readable(autojump_clock: trio.testing.MockClock, rule: str) -> None:
    """Whoever offends in the meaning keeps the form."""
    assert [defect for frame in await _frames(rule) for defect in envelope.read(frame).defects] == []


async def test_one_message_id_serves_all_requests(autojump_clock: trio.testing.MockClock) -> None:
    """Boot and list share an id."""
    requests = [m for m in await _messages("envelope.message-id-is-new") if m.message_type is MessageType.REQUEST]
    assert {message.action for message in requests} == {BOOT, LIST}
    assert len({message.message_id for message in requests}) == 1


@pytest.mark.parametrize(("rule", "offset_h", "ending"), [
    ("envelope.clock", 2, "Z"), ("envelope.time-stamp-is-utc", 0, "+02:00"),
])  # fmt: skip
async def test_stamps_are_off(
    autojump_clock: trio.testing.MockClock, rule: str, offset_h: int, ending: str
) -> None:
    """One stamps two hours ahead, the other the right instant in summer time."""
    stamp = (await _messages(rule))[0].timestamp
    conforming = (await play_through(_ordinary)).cms.links[0].seen[0].timestamp
    instants = envelope.parse_timestamp(stamp), envelope.parse_timestamp(conforming)
    assert instants[0] is not None
    assert instants[1] is not None
    assert round((instants[0] - instants[1]).total_seconds() / 3600, 2) == offset_h
    assert stamp.endswith(ending)


async def test_answers_offend_as_they_say(autojump_clock: trio.testing.MockClock) -> None:
    """None, twice, of another type, under another id, with a payload, by another presystem."""
    conforming = _answers((await play_through(_ordinary)).cms.links[0].seen)
    by_rule = {rule: _answers(await _messages(rule)) for rule in (
        "information.is-answered", "correlation.one-answer", "envelope.direction", "information.is-confirmed",
        "information.confirmation-is-empty", "envelope.presystem-id",
    )}  # fmt: skip
    assert by_rule["information.is-answered"] == []
    assert len(by_rule["correlation.one-answer"]) == 2 * len(conforming)
    assert {message.message_type for message in by_rule["envelope.direction"]} == {MessageType.REQUEST}
    assert {message.message_type for message in by_rule["information.is-confirmed"]} == {MessageType.ERROR}
    assert by_rule["information.confirmation-is-empty"][0].payload == {"status": "Accepted"}
    assert by_rule["envelope.presystem-id"][0].presystem_id == "AnotherPresystem"


async def test_confirmations_are_confirmed(autojump_clock: trio.testing.MockClock) -> None:
    """The boot's and the list's confirmation get one each."""
    extra = [m for m in await _messages("correlation.answers-only-requests")
             if m.message_type is MessageType.CONFIRMATION and m.action is not PUSH]  # fmt: skip
    assert [message.action for message in extra] == [BOOT, LIST]


async def test_boot_offenders_open_as_they_say(autojump_clock: trio.testing.MockClock) -> None:
    """List first, late, never, or with nobody's key."""
    assert [message.action for message in (await _messages("boot.comes-first"))[:2]] == [LIST, BOOT]
    assert (await _messages("boot.payload"))[0].payload == {"type": "BMS"}
    assert (await _messages("boot.source"))[0].source == "DMS"

    async def late(link: CmsLink) -> None:
        assert await link.quiet(7.4) == []
        await link.accept()

    async def never(link: CmsLink) -> None:
        assert await link.quiet(600) == []

    await _messages("boot.comes-promptly", late)
    await _messages("boot.comes", never)


async def test_hasty_offender_sends_only_while_unanswered(autojump_clock: trio.testing.MockClock) -> None:
    """A prompt confirmation gives no occasion; a held one does."""
    async def held(link: CmsLink) -> None:
        assert [message.action for message in await link.quiet(1)] == [BOOT, LIST]

    async def prompt(link: CmsLink) -> None:
        await link.accept()
        assert await link.quiet(1) == []

    await _messages("boot.waits-for-confirmation", held)
    await _messages("boot.waits-for-confirmation", prompt)


async def test_patient_offender_boots_once(autojump_clock: trio.testing.MockClock) -> None:
    """One boot, and then nothing for ever."""
    async def mute(link: CmsLink) -> None:
        assert [message.action for message in await link.quiet(1000)] == [BOOT]

    await _messages("boot.tries-again", mute)


async def test_rejected_offenders(autojump_clock: trio.testing.MockClock) -> None:
    """One lists after the guard, the other boots in a tight loop."""
    async def lists(link: CmsLink) -> None:
        await link.answer(await link.receive(), {"status": "Rejected"})
        assert await link.quiet(1.4) == []
        assert [message.action for message in await link.quiet(0.2)] == [LIST]

    async def boots(link: CmsLink) -> None:
        await link.answer(await link.receive(), {"status": "Rejected"})
        first, *others = await link.quiet(1.1)
        await link.answer(first, {"status": "Accepted"})
        assert [message.action for message in others] == [BOOT] * 19
        await link.push()
        assert (await link.receive()).action is PUSH

    await _messages("boot.rejected-sends-no-list", lists)
    await _messages("boot.rejected-retries-slowly", boots)


async def test_one_boot_for_all_links(autojump_clock: trio.testing.MockClock) -> None:
    """Later links begin with the list."""
    async def later(link: CmsLink) -> None:
        assert [message.action for message in await link.quiet(60)] == [LIST]

    await play_through(_ordinary, later, conduct=conduct_for("boot.on-every-link"))


async def test_list_may_come_before_the_push(autojump_clock: trio.testing.MockClock) -> None:
    """Accepted is enough for this one."""
    async def cms(link: CmsLink) -> None:
        await link.accept()
        assert [message.action for message in await link.quiet(1)] == [LIST]

    await _messages("requests.after-first-push", cms)


async def _two_lists(rule: str, step: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lists: list[list[dict[str, Any]]] = []

    async def cms(link: CmsLink) -> None:
        first = await link.exchange()
        await link.answer(first, {})
        await play.step(json.dumps({"step": step}))
        second = await link.receive()
        lists.extend(message.payload["chargingRequestList"] for message in (first, second))

    async with playing(cms, conduct=conduct_for(rule)) as play:
        await play.cms.played.wait()
    return lists[0], lists[1]


async def test_list_offenders(autojump_clock: trio.testing.MockClock) -> None:
    """Incomplete lists, unstable ids, doubles, invented points, unknown keys."""
    first, second = await _two_lists("requests.complete-list", "create-request")
    assert (len(first), len(second)) == (2, 1)

    first, second = await _two_lists("requests.stable-ids", "change-request")
    assert [entry["vehicleId"] for entry in first] == [entry["vehicleId"] for entry in second]
    assert not {entry["chargingRequestId"] for entry in first} & {entry["chargingRequestId"] for entry in second}

    first, second = await _two_lists("requests.stable-ids-when-changed", "change-request")
    assert [a["chargingRequestId"] == b["chargingRequestId"] for a, b in zip(first, second, strict=True)] == [
        False, True,
    ]  # fmt: skip
    assert first[0]["chargingRequestData"]["requestedTimeForDeparture"] == (
        second[0]["chargingRequestData"]["requestedTimeForDeparture"]
    )

    first, _ = await _two_lists("requests.unique-ids", "change-request")
    assert len(first) == 3
    first, _ = await _two_lists("requests.advertised-points", "change-request")
    assert "point-1" not in {entry["chargingPointId"] for entry in first}
    first, _ = await _two_lists("requests.schema", "change-request")
    assert all("vehicleName" in entry for entry in first)


async def test_trusting_offender_never_sends_again(autojump_clock: trio.testing.MockClock) -> None:
    """An unconfirmed list isn't repeated, neither on this link nor on the next."""
    async def lose(link: CmsLink) -> None:
        assert len(ids(await link.exchange())) == 2
        await link.push()
        assert [message.action for message in await link.quiet(4)] == [PUSH]

    async def again(link: CmsLink) -> None:
        await link.accept()
        await link.push(information())
        assert [message.action for message in await link.quiet(4)] == [PUSH]

    await play_through(lose, again, conduct=conduct_for("requests.unconfirmed-list-comes-again"))


async def test_late_confirmation_makes_one_deaf(autojump_clock: trio.testing.MockClock) -> None:
    """After a confirmation that took long, pushes stay unanswered; after a prompt one they don't."""
    async def cms(link: CmsLink, delay: float, answered: int) -> None:
        requests = await link.exchange()
        await trio.sleep(delay)
        await link.answer(requests, {})
        await link.push()
        assert len(_answers(await link.quiet(1))) == answered

    for delay, answered in ((0.9, 1), (1.5, 0)):
        await _messages("link.survives-late-confirmation", partial(cms, delay=delay, answered=answered))


async def test_silence_is_not_noticed(autojump_clock: trio.testing.MockClock) -> None:
    """The link stays open without pushes."""
    async def cms(link: CmsLink) -> None:
        await link.answer(await link.exchange(), {})
        assert await link.quiet(10_000) == []

    await _messages("link.notices-silence", cms)


async def test_link_offenders_after_a_loss(autojump_clock: trio.testing.MockClock) -> None:
    """One stays away, the other exits with status 1."""
    async with playing(_ordinary, _ordinary, conduct=conduct_for("link.reconnects")) as play:
        await trio.sleep(10_000)
    assert (len(play.cms.attempts), play.status) == (1, [])
    async with playing(_ordinary, _ordinary, conduct=conduct_for("product.keeps-running")) as play:
        await trio.sleep(10_000)
    assert (len(play.cms.attempts), play.status) == (1, [1])


@pytest.mark.parametrize(("rule", "hammered", "spared", "pause_s"), [
    ("link.backs-off", UNAVAILABLE, NO_SUCH_LOGIN, STEADY_PAUSE_S),
    ("handshake.slows-after-refusal", NO_SUCH_LOGIN, UNAVAILABLE, TIGHT_LOOP_S),
])  # fmt: skip
async def test_hammering_keeps_to_its_occasion(
    autojump_clock: trio.testing.MockClock, rule: str, hammered: LinkEnd, spared: LinkEnd, pause_s: float
) -> None:
    """One hammers after refused logins only, the other after everything else."""
    gaps = []
    for end in (hammered, spared):
        play = await play_through(*[end] * 12, _ordinary, conduct=conduct_for(rule))
        gaps.append(max(later - earlier for earlier, later in pairwise(play.cms.attempts)))
    assert gaps[0] == pytest.approx(pause_s)
    assert gaps[1] > 1.5


def test_no_rule_is_asked_for_by_name() -> None:
    """Only the catalogue knows rules; the rest of the presystem asks a conduct."""
    package = Path(conduct.__file__).parent
    for file in package.glob("*.py"):
        if file.name != "offences.py":
            assert not [rule for rule in OFFENCES if f'"{rule}"' in file.read_text()]
