from mockpilot.faults import change
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario


@scenario(
    exercises=["I-06"],
    group="Information",
    typical="1 s",
    bounded_by=["boot_never", *PROBE_BOUNDS],
)
async def information_default_station(cms: Stage) -> None:
    """The CMS pushes the depot with the station that is none, where requests without a charging point wait, and once
    without it.

    The presystem confirms both: that station is no hardware, and nothing depends on it.
    """
    await probe(cms, change("no-default-station"))
