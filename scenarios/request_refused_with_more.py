from mockpilot.faults import answer
from mockpilot.scenario import Stage, scenario, still_answers


@scenario(
    exercises=["I-01"],
    also=["X-02"],
    group="Requests",
    needs=["requests"],
    typical="40 s",
    bounded_by=["boot_never", "provoke_within", "resend_within", "reconnect_within"],
)
async def request_refused_with_more(cms: Stage) -> None:
    """The CMS refuses a charging-request list with an error answer that holds a key more than its text.

    The presystem takes it for what it is by its message type, and goes on answering pushes.
    """
    refused = cms.arm(answer("ProvideChargingRequests", "error-extra-key", nth=1))
    await cms.reach("exchange")
    await cms.obtain_list(refused)
    await still_answers(cms)
