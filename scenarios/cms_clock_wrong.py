from mockpilot.faults import clock
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario


@scenario(
    exercises=["E-15"],
    group="Information",
    typical="2 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * 2],
)
async def cms_clock_wrong(cms: Stage) -> None:
    """The clock of the CMS is hours off: its pushes come with the time of this morning, and then of tonight.

    The presystem confirms them all the same.
    """
    await probe(cms, clock(skew="-5 h"))
    await probe(cms, clock(skew="5 h"))
