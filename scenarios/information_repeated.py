from mockpilot.faults import repeat
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-04"],
    group="Information",
    typical="15 s",
    bounded_by=["boot_never", "provoke_within", "provoke_within"],
)
async def information_repeated(cms: Stage) -> None:
    """The CMS pushes one message twice, with the same MessageId, as a CMS does that missed the confirmation.

    The presystem answers it once or each time, and goes on answering what comes later.
    """
    cms.arm(repeat("request", "ProvideChargingInformation", nth=2))
    await cms.reach("exchange")
    await cms.wait_for("answer", count=3)
