"""Second chances: before silence means anything, what every reading of the rules must act on is forced."""

from __future__ import annotations

from mockpilot.faults.verbs import answer
from mockpilot.limits import JITTER
from mockpilot.scenario.stage import Stage

BACK_AGAIN_BOUNDS = ("reconnect_within",) * 2
"""The limits that ``back_again`` may have to wait out, in whole ones."""
TIGHT_LOOP = 10
"""Boots that it takes to speak of a tight loop."""
PACE_OF_BOOTS_BOUNDS = ("retry_floor",) * TIGHT_LOOP
"""The limits that ``pace_of_boots`` may have to wait out."""
BOOT_IN_VAIN_BOUNDS = (
    "hold", "hold", "guard", "hold", *PACE_OF_BOOTS_BOUNDS, "boot_retry_within", "reconnect_within", "boot_never",
    "provoke_within",
)  # fmt: skip
"""The limits that ``boot_in_vain`` may have to wait out."""


async def still_answers(cms: Stage) -> None:
    """Wait for two more answered pushes; for whoever stays silent, for one on a new link."""
    with cms.patience("resend_within") as waited:
        await cms.wait_for("answer", count=2)
    if waited.ran_out:
        await answer_on_new_link(cms)


async def back_again(cms: Stage) -> None:
    """Wait for an answered push of a product that nothing keeps away any more."""
    with cms.patience("reconnect_within", times=JITTER):
        await cms.wait_for("answer")


async def answer_on_new_link(cms: Stage) -> None:
    """End the link, and wait for an answered push on the next one; nothing if there is none to end."""
    if cms.is_connected:
        await cms.drop("close", code=1012)
        with cms.patience("reconnect_within"):
            await cms.wait_for("answer")


async def list_on_new_link(
    cms: Stage, what: str = "ProvideChargingRequests", beyond: frozenset[str] | None = None
) -> None:
    """End the link, and wait for an answered push and a list on the next one; nothing if there is none to end.

    Args:
        cms: whose link.
        what: the list that is awaited; ``news`` passes over those that say what was said before.
        beyond: request ids; only a list that brings the CMS to hold another one ends the wait.
    """
    if not cms.is_connected:
        return
    await cms.drop("close", code=1012)
    with cms.patience("reconnect_within"):
        await cms.look_for("answer")
    with cms.patience("resend_within"):
        await cms.wait_for(what)
        if beyond is not None:
            await something_beyond(cms, beyond)


async def something_beyond(cms: Stage, known: frozenset[str]) -> None:
    """Wait until the CMS holds a charging request whose id is none of these."""
    while cms.request_ids <= known:
        await cms.wait_for("depot_changed")


async def left_the_silence(cms: Stage) -> bool:
    """Wait, on a link that has fallen silent, for an answered push on the next one; whether it came."""
    with cms.patience("silence_within") as waited:
        await cms.wait_for("attempt")
    if waited.ran_out and cms.is_left:  # it noticed, and takes its time before it comes again
        with cms.patience("reconnect_within") as waited:
            await cms.wait_for("attempt")
    if not waited.ran_out:
        with cms.patience("reconnect_within") as waited:
            await cms.wait_for("answer")
    return not waited.ran_out


async def pace_of_boots(cms: Stage) -> None:
    """Go on while boots follow one another in haste, until there are enough of them to speak of a tight loop.

    Whoever takes longer over the next one than the limit ``retry_floor`` has shown its patience.
    """
    with cms.patience("retry_floor", times=TIGHT_LOOP):
        for _ in range(TIGHT_LOOP):
            with cms.patience("retry_floor") as waited:
                await cms.wait_for("BootNotification")
            if waited.ran_out:
                return


async def boot_in_vain(cms: Stage, kind: str) -> None:
    """Answer boots by an answer of this kind for a while, and wait for one that is accepted, and for a list after it.

    Held first: who does not wait for the confirmation at all is told apart from who ignores what it says. Once that one
    has left, the next are given at once: what paces the boots then is the presystem alone.
    """
    held_back = cms.arm(answer("BootNotification", kind, by=cms.limits.hold))
    await cms.reach("fresh")
    with cms.patience("boot_never"):
        await cms.wait_for("BootNotification")
    with cms.patience("hold", times=2.0):
        await cms.wait_for("message_sent")  # the refusal leaves
    cms.disarm(held_back)
    refused = cms.arm(answer("BootNotification", kind, optional=True))
    cms.mark("every boot is refused at once from now on")
    await cms.provoke("create-request")  # a reason to speak
    await cms.hold("guard")
    await cms.hold()
    await pace_of_boots(cms)
    cms.disarm(refused)  # till then every boot met it: who boots again soon shows its patience, too
    with cms.patience("boot_retry_within") as waited:
        await cms.wait_for("accepted")
    if waited.ran_out and cms.is_connected:  # waiting is fine, too; a new link shows whether lists come at all
        await cms.drop("close", code=1012)
    await cms.reach("exchange")
    with cms.patience("provoke_within"):
        await cms.wait_for("ProvideChargingRequests")
