from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-01", "I-02", "I-03", "I-04"],
    also=["B-11", "E-12", "I-16"],
    group="Information",
    typical="30 s",
    bounded_by=["boot_never", "provoke_within", "provoke_within"],
)
async def information_confirmed(cms: Stage) -> None:
    """The CMS pushes the depot at every tick and waits for nothing.

    The presystem answers every push once, with the push's own MessageId and action and an empty payload.
    """
    await cms.reach("exchange")
    await cms.wait_for("answer", count=3)
