from mockpilot.scenario import Stage, scenario

BURST, RHYTHM = 20, 15


@scenario(
    exercises=["I-01", "I-04", "I-05"],
    group="Information",
    typical="3 min",
    bounded_by=["boot_never", *("provoke_within",) * (BURST + RHYTHM)],
)
async def information_burst(cms: Stage) -> None:
    """The CMS pushes twenty times at once, as after many changes in the depot, and then goes on in its rhythm.

    The presystem answers every push once. In a burst it may take its time; in the rhythm it answers before the next
    push is due.
    """
    await cms.reach("exchange")
    for _ in range(BURST):
        cms.push()
    await cms.wait_for("answer", count=BURST)
    cms.mark("the burst is over")
    await cms.wait_for("answer", count=RHYTHM)
