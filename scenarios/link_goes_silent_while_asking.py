from mockpilot.faults import drop
from mockpilot.scenario import Stage, left_the_silence, scenario


@scenario(
    exercises=["L-08"],
    group="Losing the link",
    needs=["requests"],
    typical="1 min",
    bounded_by=["boot_never", "provoke_within", "silence_within", "reconnect_within", "reconnect_within"],
)
async def link_goes_silent_while_asking(cms: Stage) -> None:
    """The CMS falls silent when a charging-request list has come, without ending the connection: no confirmation, no
    push, no end is seen any more.

    The presystem does not wait for its answer for ever: it gives the link up and connects again.
    """
    dropped = cms.arm(drop("silence", action="ProvideChargingRequests", nth=1, when="before-answer"))
    await cms.reach("exchange")
    await cms.obtain_list(dropped)
    await left_the_silence(cms)
