from mockpilot.faults import damage
from mockpilot.scenario import Stage, answer_on_new_link, scenario

WAYS = ("extra-field", "unknown-value")


@scenario(
    exercises=["I-08"],
    group="Information",
    typical="1 s",
    bounded_by=["boot_never", *("confirm_within", "confirm_within", "confirm_within", "close_within",
                                "reconnect_within") * len(WAYS)],
)  # fmt: skip
async def information_unknown(cms: Stage) -> None:
    """The CMS pushes a key and then a status that no schema knows, as a newer version would.

    The presystem confirms the push, refuses it, or leaves and comes back, as it likes; but it goes on.
    """
    for way in WAYS:
        await cms.reach("exchange")
        if await cms.push_meeting(damage(way, "request", "ProvideChargingInformation")):
            continue
        for _ in range(2):  # is it stuck?
            cms.push()
            with cms.patience("confirm_within") as waited:
                await cms.wait_for("answer")
        if waited.ran_out:
            await answer_on_new_link(cms)
