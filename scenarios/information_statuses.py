from mockpilot.faults import change
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario

PUSHES = 8


@scenario(
    exercises=["I-15"],
    group="Information",
    typical="1 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * PUSHES],
)
async def information_statuses(cms: Stage) -> None:
    """The CMS pushes every legal combination of status and fault, some charging points at a time: faults with a status
    that isn't Faulted, and NoFaultKnown, which says that the fault is unknown, not that there is none.

    The presystem confirms them all.
    """
    await probe(cms, change("statuses"), PUSHES)
