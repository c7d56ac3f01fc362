from mockpilot.faults import answer
from mockpilot.scenario import Stage, scenario, still_answers


@scenario(
    exercises=["I-01"],
    group="Requests",
    needs=["requests"],
    typical="40 s",
    bounded_by=["boot_never", "provoke_within", "resend_within", "reconnect_within"],
)
async def confirmation_wrong_presystem(cms: Stage) -> None:
    """The CMS answers a charging-request list under its message id, but names another presystem id.

    The presystem may take that for the confirmation or not; either way it goes on answering pushes.
    """
    wrong = cms.arm(answer("ProvideChargingRequests", "wrong-presystem", nth=1))
    await cms.reach("exchange")
    await cms.obtain_list(wrong)
    await still_answers(cms)
