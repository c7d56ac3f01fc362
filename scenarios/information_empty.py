from mockpilot.faults import change
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario


@scenario(
    exercises=["I-09"],
    group="Information",
    typical="2 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * 2],
    dialects=["chargepilot", "vdv-1.1", "vdv-2.0-rc1"],
)
async def information_empty(cms: Stage) -> None:
    """The CMS pushes a depot without stations, and then no depot at all.

    The presystem confirms both: from version 1.1 on, lists may be empty.
    """
    await probe(cms, change("empty-stations"))
    await probe(cms, change("empty-depots"))
