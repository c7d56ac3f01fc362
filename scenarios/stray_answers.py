from mockpilot.faults import inject
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-14"],
    group="Information",
    typical="20 s",
    bounded_by=["boot_never", "pong_within", "pong_within", "provoke_within"],
)
async def stray_answers(cms: Stage) -> None:
    """The CMS sends a confirmation and an error answer that nobody asked for.

    The presystem answers neither, whatever their action: only requests are answered.
    """
    await cms.reach("exchange")
    for kind in ("confirmation", "error"):
        cms.arm(inject(kind, "ProvideChargingInformation"))
        with cms.patience("pong_within"):
            await cms.wait_for("pong_received")
    await cms.wait_for("answer")
