"""What ``mockpilot check`` says of a connection, and what it waits for next."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from mockpilot.cli.check import _conclude
from mockpilot.cli.explaining import Explainer
from mockpilot.history.events import (
    Event,
    LinkEnded,
    MessageReceived,
    MessageSent,
    TcpAccepted,
    UpgradeAnswered,
)
from mockpilot.profile import Profile
from running import DEMO, EXEMPLARY, OUTER_S, environment, wait_until

if TYPE_CHECKING:
    import pytest

PUSH, BOOT = "ProvideChargingInformation", "BootNotification"


def message(kind: int, action: str, payload: object = None, number: int = 0) -> str:
    """A message of either side."""
    message_id = f"00000000-0000-4000-8000-{number:012}"
    return json.dumps([kind, "CMS", "Presystem1", "2031-03-04T17:20:00Z", message_id, action, payload or {}])


def told(*events: Event) -> tuple[list[str], Explainer]:
    """The lines for these events, mark and step before them, and what is known then."""
    explainer = Explainer(Profile())
    opened = (TcpAccepted(link=1, peer="x"), UpgradeAnswered(link=1, status=101))
    for event in opened:
        explainer.take(event)
    return [" ".join(line) for event in events for line in explainer.take(event)], explainer


def pushed(at: float, number: int) -> Event:
    """A push of ours."""
    return MessageSent(link=1, at=at, text=message(1, PUSH, number=number))


def confirmed(at: float, number: int) -> Event:
    """Its confirmation."""
    return MessageReceived(link=1, at=at, text=message(2, PUSH, number=number))


def test_every_step_says_what_is_waited_for_next() -> None:
    """And how long, by the limits of the profile."""
    lines, explainer = told(
        MessageSent(link=1, text=message(2, BOOT, {"status": "Accepted"})),
        pushed(1.0, 1), confirmed(1.5, 1), pushed(16.0, 2), confirmed(16.1, 2),
    )  # fmt: skip
    assert lines == [
        "✓ boot confirmed: Accepted; a push follows at once",
        "· inform push sent; waiting for its confirmation, 15 s at most",
        "✓ inform confirmed after 500 ms; the next push follows 15 s after this one",
        "· inform push sent; waiting for its confirmation, 15 s at most",
        "✓ inform 2 pushes confirmed, after 500 ms and 100 ms",
    ]
    assert (explainer.ready, explainer.remarks) == (True, 0)


def test_boot_and_attempts_are_waited_for() -> None:
    """After an open link, after a refusal, after an end."""
    explainer = Explainer(Profile())
    assert str(explainer.awaited) == "waiting for a connection from the product, 2 min at most"
    explainer.take(TcpAccepted(link=1, peer="x"))
    [refused] = explainer.take(UpgradeAnswered(link=1, status=401))
    assert refused[2] == "refused with 401; waiting for its next attempt, 2 min at most"
    [opened] = explainer.take(UpgradeAnswered(link=1, status=101))
    assert opened[2] == "open; waiting for its BootNotification, 1 min at most"
    [ended] = explainer.take(LinkEnded(link=1, by="product", how="cleanly", detail="Close 1000", application_bytes=9))
    assert ended[2].endswith("Close 1000; waiting for a new connection, 2 min at most")


def test_push_without_a_confirmation_is_told_once() -> None:
    """However many follow."""
    lines, explainer = told(*(pushed(at, round(at)) for at in (0.0, 15.0, 30.0, 45.0)))
    assert lines == [
        "· inform push sent; waiting for its confirmation, 15 s at most",
        "! inform a push is unanswered for 30 s; its confirmation is expected within 15 s",
    ]
    assert not explainer.ready


def test_end_names_what_did_not_come(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the product got stuck, or nobody came at all."""
    _, explainer = told(pushed(0.0, 1))
    assert _conclude(explainer, connections=1) == 1
    assert "its confirmation did not come in 15 s. 0 remarks" in capsys.readouterr().out
    assert _conclude(explainer, connections=0) == 4


def test_product_is_watched_until_pushes_are_confirmed(tmp_path: Path) -> None:
    """Step by step, over real sockets; then a list is waited for, and it is ready."""
    profile, out = tmp_path / "alone.toml", tmp_path / "out"
    profile.write_text(DEMO.read_text(encoding="utf-8").replace("[provoke]\nstdin = true\n", ""), encoding="utf-8")
    with out.open("wb") as file, subprocess.Popen(
        ["mockpilot", "check", "--profile", str(profile), "--listen", "127.0.0.1:0"], stdout=file,
        stderr=subprocess.STDOUT, env=environment(PYTHONUNBUFFERED="1"),
    ) as checking:  # fmt: skip
        wait_until(lambda: b"waiting " in out.read_bytes() or checking.poll() is not None)
        with subprocess.Popen(EXEMPLARY, env=environment(**_login(out.read_text())), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as product:  # fmt: skip
            try:
                assert checking.wait(OUTER_S) == 0, out.read_text()
            finally:
                product.kill()
                checking.kill()
    steps = [
        "waiting     for a connection", "open; waiting for its BootNotification", "confirmed: Accepted",
        "push sent; waiting for its confirmation", "the next push follows", "2 pushes confirmed", "Ready to certify",
    ]  # fmt: skip
    said = out.read_text()
    assert sorted(steps, key=said.find) == steps
    assert all(step in said for step in steps)


def _login(said: str) -> dict[str, str]:
    found = re.search(r"listening +(\S+)\nlog in as +user (\S+), password (\S+)\ngive this +(\S+)", said)
    assert found, said
    return dict(zip(("MOCKPILOT_URL", "MOCKPILOT_USER", "MOCKPILOT_PASSWORD", "MOCKPILOT_CA_FILE"), found.groups(),
                    strict=True))  # fmt: skip
