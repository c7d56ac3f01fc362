from mockpilot.faults import damage
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-12"],
    group="Information",
    typical="1 s",
    bounded_by=["boot_never", "guard", "confirm_within", "provoke_within"],
)
async def information_absurd(cms: Stage) -> None:
    """The CMS sends a push with a good envelope round a payload that makes no sense.

    The presystem answers it by an error, since it cannot process it. (A confirmation says receipt only and is
    tolerated.) Later pushes are answered as ever.
    """
    await cms.reach("exchange")
    await cms.hold("guard")  # a list that comes with the first push is answered by then
    await cms.push_meeting(damage("absurd", "request", "ProvideChargingInformation"))
    cms.push()
    await cms.wait_for("answer")
