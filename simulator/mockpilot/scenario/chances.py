"""Second chances: before silence means anything, what every reading of the rules must act on is forced."""

from __future__ import annotations

from mockpilot.scenario.stage import Stage


async def still_answers(cms: Stage) -> None:
    """Wait for two more answered pushes; for whoever stays silent, for one on a new link."""
    with cms.patience("resend_within") as waited:
        await cms.wait_for("answer", count=2)
    if waited.ran_out and cms.is_connected:
        await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")


async def list_on_new_link(cms: Stage) -> None:
    """End the link, and wait for an answered push and a list on the next one; nothing if there is none to end."""
    if not cms.is_connected:
        return
    await cms.drop("close", code=1012)
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within"):
        await cms.wait_for("ProvideChargingRequests")
