from mockpilot.faults import repeat
from mockpilot.scenario import Stage, scenario, still_answers


@scenario(
    exercises=["I-01"],
    also=["L-05"],
    group="Requests",
    needs=["requests"],
    typical="40 s",
    bounded_by=["boot_never", "hold", "provoke_within", "resend_within", "reconnect_within"],
)
async def confirmation_twice(cms: Stage) -> None:
    """The CMS confirms a charging-request list twice, under the same id.

    The presystem takes the first one and is not upset by the second: it goes on answering pushes.
    """
    twice = cms.arm(repeat("confirmation", "ProvideChargingRequests", nth=1, times=2, gap=cms.limits.guard))
    await cms.reach("exchange")
    await cms.obtain_list(twice)
    await cms.hold()  # both have left by then, however fast the pushes are
    await still_answers(cms)
