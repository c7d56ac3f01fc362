"""Runs at the lab bench: when one may begin, and that it leaves a complete folder however it ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.lab import lab
from mockpilot.certification.run_folder import RunFolder
from mockpilot.certification.verification import verify
from mockpilot.history.events import FaultArmed, ListenerDown, Mark
from mockpilot.profile import Profile, Provoke
from mockpilot.profile.settings import PresystemSettings

ONE = Profile()
TWO = replace(ONE, presystems=(PresystemSettings(), PresystemSettings(id="Presystem2")))
BY_STDIN = replace(ONE, provoke=Provoke(stdin=True))


@pytest.mark.parametrize(("profile", "body", "status", "told"), [
    (None, {}, 404, "a console that knows its product's profile is expected"),
    (TWO, {}, 409, "a run is about one presystem"),
    (BY_STDIN, {"selection": ["request_changed"]}, 409, "no way to provoke by hand: [provoke] stdin needs a COMMAND"),
    (ONE, {"selection": ["boot_accept_"]}, 400, "did you mean 'boot_accepted'?"),
    (ONE, {"selection": ["boot_accepted"], "skip": ["boot_accepted"]}, 409, "nothing is selected: skipped"),
    (ONE, {"selection": [""]}, 400, ""),
])  # fmt: skip
async def test_run_that_cannot_begin_says_why(
    profile: Profile | None, body: object, status: int, told: str, tmp_path: Path
) -> None:
    """Nothing is written, and the bench stays somebody's own."""
    async with lab(tmp_path, profile=profile) as bench:
        found, detail = await bench.refused("POST", "/runs", body)
        assert (found, told in detail) == (status, True), detail
        assert not (tmp_path / "runs").exists()
        await bench.do("POST", "/marks", {"text": "still mine"})


async def test_steps_on_standard_input_are_left_out(tmp_path: Path) -> None:
    """The product was started by somebody else; what needs no step is played."""
    async with lab(tmp_path, profile=BY_STDIN) as bench:
        begun = await bench.do("POST", "/runs", {"selection": ["boot_accepted", "request_changed"]})
        assert (begun["state"], begun["of"]) == ("goes on", 1)
    reasons = {one.name: one.reason for one in RunFolder(tmp_path / "runs" / begun["id"]).result().scenarios}
    assert reasons["request_changed"].startswith("no way to provoke by hand")


async def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """To whoever asked; the bench goes on."""
    (tmp_path / "runs").write_text("a file")
    async with lab(tmp_path, profile=ONE) as bench:
        status, told = await bench.refused("POST", "/runs", {"selection": ["boot_accepted"]})
        assert (status, "a folder that can be written is expected" in told) == (409, True)
        assert await bench.get("/runs") == []
        await bench.do("POST", "/marks", {"text": "still mine"})


async def test_nobody_begins_a_run_behind_a_closed_port(tmp_path: Path) -> None:
    """The product would never come."""
    async with lab(tmp_path, profile=ONE) as bench:
        await bench.do("POST", "/faults", {"do": "refuse", "how": "tcp", "name": "closed"})
        assert (await bench.refused("POST", "/runs", {}))[0] == 409
        await bench.do("DELETE", "/faults/closed")
        assert (await bench.do("POST", "/runs", {"selection": ["boot_accepted"]}))["state"] == "goes on"


async def test_world_of_a_run_is_its_own(tmp_path: Path) -> None:
    """Links, faults and depot are the run's meanwhile; afterwards the bench finds its own again."""
    async with lab(tmp_path, profile=ONE) as bench:
        client = await bench.cms.boot()
        await client.leave()
        await bench.do("POST", "/faults", {"do": "lose", "type": "error", "name": "mine"})
        own = bench.cms.server.world
        begun = await bench.do("POST", "/runs", {"selection": ["boot_accepted", "boot_rejected"], "seed": 3})
        assert (begun["done"], begun["of"], begun["selection"]) == (0, 2, ["boot_accepted", "boot_rejected"])
        assert bench.cms.server.world is not own
        assert await bench.get("/faults") == []
        status, detail = await bench.refused("POST", "/faults", {"do": "clock", "skew": "1 h"})
        assert (status, f"run {begun['id']}" in detail) == (409, True)
        stopped = await bench.do("DELETE", f"/runs/{begun['id']}")
        assert stopped["state"] == "goes on"
        while bench.bench.busy_with:
            await bench.bench.recording.wait_changed()
        assert bench.cms.server.world is own
        assert [one["name"] for one in await bench.get("/faults")] == ["mine"]
        assert len(own.recorder.history.of(FaultArmed)) == len(own.recorder.history.of(ListenerDown)) == 1
        assert own.recorder.history.of(Mark)[-1].text == f"run {begun['id']} is over: stopped"
        assert bench.cms.server.is_listening
        told = await bench.get(f"/runs/{begun['id']}")
        assert (told["state"], [one["outcome"] for one in told["scenarios"]]) == ("stopped", ["inconclusive"])
        assert "<html" in (await bench.ask("GET", f"/runs/{begun['id']}/report")).text


async def test_end_of_the_bench_leaves_a_complete_folder(tmp_path: Path) -> None:
    """As an interrupt of certify does."""
    async with lab(tmp_path, profile=ONE) as bench:
        begun = await bench.do("POST", "/runs", {"selection": ["boot_accepted", "boot_rejected"]})
    folder = RunFolder(tmp_path / "runs" / begun["id"])
    result = folder.result()
    assert (result.finished, {one.reason for one in result.scenarios if one.name == "boot_rejected"}) == (
        True, {"interrupted"},
    )  # fmt: skip
    assert verify(folder).problems == ()
