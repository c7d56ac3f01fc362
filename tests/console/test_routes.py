"""The control API over real loopback sockets: every command leaves its effect in the recording, or says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio

from console.lab import Lab, lab
from mockpilot.faults.plan import examples, given
from mockpilot.faults.verbs import VERBS
from mockpilot.history.events import DepotChanged, FaultArmed, Mark, MessageHeld, MessageSent, MessageWithheld

PUSH, LIST, BOOT = "ProvideChargingInformation", "ProvideChargingRequests", "BootNotification"


async def test_a_bench_without_anybody_says_who_has_to_come(tmp_path: Path) -> None:
    """Everything can be looked at before anybody has connected."""
    async with lab(tmp_path) as bench:
        assert (await bench.get("/health"))["role"] == "full"
        assert await bench.get("/links") == []
        [awaited] = (await bench.get("/state"))["awaited"]
        assert (awaited["who"], awaited["what"]) == ("product", "to connect")


async def test_link_is_shown_and_dropped(tmp_path: Path) -> None:
    """The answer comes when the link has ended, and names the event that shows it."""
    async with lab(tmp_path) as bench:
        client = await bench.cms.boot()
        await client.confirm(await client.next_of(1, PUSH))
        await bench.do("POST", "/wait", {"what": "answer", "within": "30 s"})
        link = await bench.get("/links/1")
        assert (link["presystem_id"], link["state"], link["pushes"], link["confirmed"]) == (
            "Presystem1", "exchange", 1, 1,
        )  # fmt: skip
        done = await bench.do("DELETE", "/links/1?how=reset")
        assert bench.events(done) == ["fault_armed", "fault_fired", "link_ended"]
        assert await bench.get("/links") == []
        assert await bench.refused("DELETE", "/links/1") == (
            404, "link 1: the number of a live link is expected; live are: none",
        )  # fmt: skip


@pytest.mark.parametrize(("verb", "fault"), list(examples()), ids=list(VERBS))
async def test_every_verb_can_be_armed_as_a_plan_writes_it(verb: str, fault: Any, tmp_path: Path) -> None:
    """One vocabulary; what was armed is shown, recorded, and can be taken out once."""
    async with lab(tmp_path) as bench:
        done = await bench.do("POST", "/faults", given(fault))
        assert (done["did"], bench.events(done)[0]) == (verb, "fault_armed")
        shown = await bench.get(f"/faults/{verb}")
        assert (shown["do"], shown["armed_event"]) == (verb, done["events"][0])
        assert "fault_disarmed" in bench.events(await bench.do("DELETE", f"/faults/{verb}"))
        assert await bench.refused("DELETE", f"/faults/{verb}") == (409, f"fault {verb} is disarmed already")


async def test_fault_that_cannot_be_says_why(tmp_path: Path) -> None:
    """In the words of the vocabulary, and nothing is recorded."""
    async with lab(tmp_path) as bench:
        assert await bench.refused("POST", "/faults", {"do": "lose"}) == (409, "type: is missing")
        status, told = await bench.refused("POST", "/faults", {"do": "drop", "how": "politely"})
        assert (status, "one of close, tls-end" in told) == (409, True)
        assert (await bench.refused("POST", "/faults", {"do": "explode"}))[0] == 400
        assert bench.cms.history.of(FaultArmed) == []


async def test_fault_fires_and_is_seen(tmp_path: Path) -> None:
    """With the events that prove it."""
    async with lab(tmp_path) as bench:
        client = await bench.cms.boot()
        await client.confirm(await client.next_of(1, PUSH))
        await bench.do("POST", "/faults", {"do": "lose", "type": "confirmation", "action": LIST, "nth": 1})
        await client.request(LIST, {"chargingRequestList": []})
        came = await bench.do("POST", "/wait", {"what": "fault_fired", "fault": "lose", "within": "30 s"})
        assert came["came"]
        await client.request(LIST, {"chargingRequestList": []})
        assert (await bench.do("POST", "/wait", {"what": "fault_seen", "within": "30 s"}))["came"]
        [shown] = await bench.get("/faults")
        assert (shown["state"], shown["fired"]) == ("SEEN", 1)
        assert shown["armed_event"] < shown["fired_event"] < shown["seen_event"]


async def test_fault_that_is_not_seen_says_what_would_show_it(tmp_path: Path) -> None:
    """On a silent link nothing can; once the presystem has come back nothing more is to be said."""
    async with lab(tmp_path) as bench:
        await bench.cms.boot()
        await bench.do("POST", "/faults", {"do": "lose", "type": "confirmation", "action": LIST})
        await bench.do("DELETE", "/links/1?how=silence")
        silent, armed = await bench.get("/faults")
        assert silent["unseen"].startswith("cannot be seen: whatever happens on a silent link")
        assert armed["unseen"] == "", "it has not even fired"
        await bench.cms.boot()
        assert [one["unseen"] for one in await bench.get("/faults")] == ["", ""]


async def test_whole_plan_is_loaded_in_place_of_all_faults(tmp_path: Path) -> None:
    """Twice is once: the same faults are armed afterwards."""
    plan = {"toml": 'title = "x"\n[[fault]]\nname = "a"\ndo = "lose"\ntype = "error"\n'
                    '[[fault]]\ndo = "drop"\nhow = "reset"\nafter = "a"\n'}  # fmt: skip
    async with lab(tmp_path) as bench:
        await bench.do("POST", "/faults", {"do": "clock", "skew": "1 h"})
        for _ in range(2):
            await bench.do("PUT", "/faults", plan)
            shown = await bench.get("/faults")
            assert [one["do"] for one in shown if one["state"] == "armed"] == ["drop", "lose"]
        for bad in ("title = 1", 'title = "x"\n[[fault]]\ndo = "change"\nhow = "vanish"\n[[fault]]\ndo = "drop"\n'):
            assert (await bench.refused("PUT", "/faults", {"toml": bad}))[0] == 409
        assert [one["do"] for one in await bench.get("/faults") if one["state"] == "armed"] == ["drop", "lose"]


async def test_pushes_are_paused_resumed_and_sent_by_hand(tmp_path: Path) -> None:
    """Each leaves a line; what is so already is no command."""
    async with lab(tmp_path) as bench:
        assert (await bench.refused("POST", "/push"))[1].startswith("push: a link that has booted is expected")
        client = await bench.cms.boot()
        await client.next_of(1, PUSH)
        await bench.do("PUT", "/push", {"paused": True})
        assert await bench.get("/push") == {"paused": True, "interval_s": 15.0}
        assert (await bench.refused("PUT", "/push", {"paused": True}))[0] == 409
        assert bench.events(await bench.do("POST", "/push")) == ["message_sent"]
        await bench.do("PUT", "/push", {"paused": False})
        assert [one.text for one in bench.cms.history.of(Mark)] == ["by hand: pushes paused", "by hand: pushes resumed"]


async def held(bench: Lab) -> str:
    """The text of a push that is held; the link is in exchange."""
    client = await bench.cms.boot()
    await client.confirm(await client.next_of(1, PUSH))
    await bench.do("POST", "/holds", {"type": "request"})
    await bench.do("POST", "/push")
    [hold] = await bench.get("/holds")
    assert (hold["id"], hold["link"]) == ("hold", 1)
    assert bench.cms.history.of(MessageSent)[-1].text != hold["text"] == bench.cms.history.of(MessageHeld)[0].text
    return str(hold["text"])


async def test_held_message_is_let_go_as_it_is(tmp_path: Path) -> None:
    """Nobody waits for a person without being told so."""
    async with lab(tmp_path) as bench:
        text = await held(bench)
        assert (await bench.get("/state"))["awaited"][0]["who"] == "you"
        done = await bench.do("PUT", "/holds/hold", {"do": "let-go"})
        assert "message_sent" in bench.events(done)
        sent = bench.cms.history.of(MessageSent)[-1]
        assert (sent.text, sent.fault) == (text, "hold")
        assert (await bench.refused("PUT", "/holds/hold", {"do": "let-go"}))[1] == "hold holds nothing; it is over"
        assert await bench.get("/holds") == []


async def test_held_message_is_edited(tmp_path: Path) -> None:
    """It leaves as it was written, and still counts as that push if its head stayed the same."""
    async with lab(tmp_path) as bench:
        slots = json.loads(await held(bench))
        slots[6]["depotInfoList"] = []
        link = bench.cms.server.live_links()[0]
        await bench.do("PUT", "/holds/hold", {"do": "let-go", "text": json.dumps(slots)})
        assert json.loads(bench.cms.history.of(MessageSent)[-1].text or "") == slots
        assert slots[4].lower() in link.session.open


async def test_held_message_is_discarded(tmp_path: Path) -> None:
    """It is recorded as what never left."""
    async with lab(tmp_path) as bench:
        text = await held(bench)
        await bench.do("PUT", "/holds/hold", {"do": "discard"})
        assert [one.text for one in bench.cms.history.of(MessageWithheld)] == [text]


async def test_message_is_written_by_hand(tmp_path: Path) -> None:
    """It leaves as it is, whatever it is."""
    async with lab(tmp_path) as bench:
        client = await bench.cms.boot()
        await client.next_of(1, PUSH)
        done = await bench.do("POST", "/messages", {"link": 1, "text": "hello <b>you</b>"})
        assert bench.events(done)[:2] == ["fault_armed", "fault_fired"]
        assert bench.cms.history.of(MessageSent)[-1].text == "hello <b>you</b>"
        assert (await bench.refused("POST", "/messages", {"link": 9, "text": "x"}))[0] == 404


async def test_depot_is_changed_by_hand(tmp_path: Path) -> None:
    """What cannot be says why; what can is in the recording and in the next push."""
    async with lab(tmp_path) as bench:
        point = bench.cms.server.world.site.real_points()[0]
        await bench.do("PATCH", "/depot", {"do": "plug-in", "target": point, "vehicle": "bus", "soc_percent": 20})
        shown = [one for station in (await bench.get("/depot"))["stations"] for one in station["points"]]
        assert [(one["vehicle"], one["soc_percent"]) for one in shown if one["id"] == point] == [("bus", 20.0)]
        assert bench.cms.history.of(DepotChanged)[-1].detail == f"by hand: plug-in bus {point}"
        assert (await bench.refused("PATCH", "/depot", {"do": "unplug", "target": "nowhere"}))[0] == 409
        await bench.do("PATCH", "/depot", {"do": "forget"})


async def test_wait_answers_with_what_came_instead(tmp_path: Path) -> None:
    """From the newest mark on."""
    async with lab(tmp_path) as bench:
        await bench.do("POST", "/marks", {"text": "before"})
        await bench.do("POST", "/marks", {"text": "here"})
        bench.cms.control.note("something else")
        answer = await bench.do("POST", "/wait", {"what": LIST, "within": "10 ms"})
        assert (answer["came"], [one["text"] for one in answer["instead"]]) == (False, ["something else"])
        status, told = await bench.refused("POST", "/wait", {"what": "link_endet"})
        assert (status, told.endswith("did you mean 'link_ended'?")) == (400, True)
        assert (await bench.refused("POST", "/wait", {"what": "link", "within": "5 s 2 h"}))[0] == 409


async def test_wait_begins_with_the_newest_command_that_did_something(tmp_path: Path) -> None:
    """What came while the command was still at it counts; one that was refused changes nothing, a view neither."""
    async with lab(tmp_path) as bench:
        for _ in range(2):
            await bench.cms.boot()
            number = max(bench.cms.server.links)
            done = await bench.do("DELETE", f"/links/{number}?how=reset")
            assert (await bench.refused("POST", "/push"))[0] == 409
            await bench.get("/links")
            came = await bench.do("POST", "/wait", {"what": "link_ended", "within": "1 s"})
            assert (came["events"], came["since"]) == (done["events"][-1:], done["events"][0])
        anew = await bench.do("POST", "/reset", {"what": ["history"]})
        came = await bench.do("POST", "/wait", {"what": "link_ended", "within": "10 ms"})
        assert (came["came"], came["since"]) == (False, anew["events"][0])
        assert (await bench.do("POST", "/wait", {"what": "mark", "since": 0, "within": "1 s"}))["since"] == 0


async def test_wait_ends_when_enough_has_come(tmp_path: Path) -> None:
    """However long it might have taken."""
    async with lab(tmp_path) as bench, trio.open_nursery() as nursery:
        answers: list[Any] = []

        async def wait() -> None:
            answers.append(await bench.do("POST", "/wait", {"what": "mark", "count": 2, "within": "1 h"}))

        nursery.start_soon(wait)
        for text in ("one", "two"):
            bench.cms.control.note(text)
        while not answers:  # noqa: ASYNC110 - the answer comes over a socket
            await trio.sleep(0.01)
        assert answers[0]["came"]


async def test_clock_of_the_wall_is_not_advanced(tmp_path: Path) -> None:
    """Only simulated time can be."""
    async with lab(tmp_path) as bench:
        assert (await bench.get("/clock"))["mode"] == "real"
        status, told = await bench.refused("POST", "/clock", {"advance": "1 h"})
        assert (status, "--time-factor" in told) == (409, True)


async def test_stretch_is_saved_as_a_plan(tmp_path: Path) -> None:
    """What was armed in it, and nothing from before."""
    async with lab(tmp_path) as bench:
        await bench.do("POST", "/faults", {"do": "lose", "type": "error", "name": "earlier"})
        mark = (await bench.do("POST", "/marks", {"text": "from here"}))["events"][0]
        assert (await bench.refused("POST", "/plans", {"since": mark}))[0] == 409
        await bench.do("POST", "/faults", {"do": "drop", "how": "reset", "down": "3 s", "nth": 1})
        made = await bench.do("POST", "/plans", {"since": mark, "title": "taken home"})
        assert made["faults"] == 1
        assert 'title = "taken home"' in made["toml"]
        assert "earlier" not in made["toml"]


async def test_reset_begins_afresh(tmp_path: Path) -> None:
    """Links closed, faults out, pushes let out."""
    async with lab(tmp_path) as bench:
        client = await bench.cms.boot()
        await bench.do("PUT", "/push", {"paused": True})
        await bench.do("POST", "/faults", {"do": "lose", "type": "error"})
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.leave)
            await bench.do("POST", "/reset", {})
        assert (await bench.get("/push"))["paused"] is False
        assert [one["state"] for one in await bench.get("/faults") if one["do"] == "lose"] == ["disarmed"]


async def test_recording_begins_anew_with_reset_of_history(tmp_path: Path) -> None:
    """Links, faults and requests go with it; what comes keeps counting, and who comes back is seen from the start."""
    async with lab(tmp_path) as bench:
        client = await bench.cms.boot()
        await bench.do("POST", "/faults", {"do": "lose", "type": "error"})
        end = (await bench.get("/health"))["next_event"]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.leave)
            done = await bench.do("POST", "/reset", {"what": ["history"]})
        assert (await bench.get("/links"), done["did"]) == ([], "reset history, and with it links, faults and depot")
        told = await bench.get("/messages")
        assert told["first"] == done["events"][0] > end
        assert told["lines"][0]["text"] == "by hand: the recording begins anew; the trace goes on"
        [fault] = [one for one in await bench.get("/faults") if one["do"] == "lose"]
        assert (fault["state"], fault["armed_event"]) == ("disarmed", None)
        assert bench.cms.server.is_listening
        await bench.cms.boot()
        assert (await bench.do("POST", "/wait", {"what": "accepted", "within": "30 s"}))["came"]
        assert [one.index for one in bench.cms.history] == list(range(len(bench.cms.history)))


async def test_search_that_finds_nothing_tells_what_came_closest(tmp_path: Path) -> None:
    """With what does not fit; whoever only reads on is told nothing."""
    async with lab(tmp_path) as bench:
        await bench.cms.boot()
        assert (await bench.get("/messages?text=BootNotification"))["near"] == []
        near = (await bench.get("/messages?text=BootNotificaton"))["near"]
        assert ("BootNotification" in near[0]["line"]["text"], near[0]["but"]) == (
            True, "bootnotification for bootnotificaton",
        )  # fmt: skip
        [elsewhere, *_] = (await bench.get("/messages?text=BootNotification&link=7"))["near"]
        assert elsewhere["but"] == "of link 1"
        assert (await bench.get("/messages?since=5000"))["near"] == []


async def test_message_is_shown_in_full(tmp_path: Path) -> None:
    """Raw, with the verdicts of all dialects, the served one first."""
    async with lab(tmp_path) as bench:
        await bench.cms.boot()
        boot = next(one for one in (await bench.get("/messages?text=bootnotification"))["lines"] if one["sign"] == "←")
        assert (boot["action"], boot["type"]) == (BOOT, "request")
        shown = await bench.get(f"/messages/{boot['index']}")
        assert json.loads(shown["raw"])[5] == BOOT
        assert (shown["verdicts"][0]["dialect"], len(shown["verdicts"])) == ("chargepilot", 4)
        assert (await bench.refused("GET", "/messages/999999"))[0] == 404
