from mockpilot.faults import damage
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario

SIZES = (1_250_000, 4 * 1024 * 1024)


@scenario(
    exercises=["E-13"],
    group="Information",
    typical="2 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * len(SIZES)],
)
async def push_huge(cms: Stage) -> None:
    """The CMS pushes a depot with thousands of charging points: once in 1.2 MiB, once in 4 MiB.

    The presystem confirms the push. Many WebSocket libraries refuse it until their limit is raised.
    """
    for size in SIZES:
        await probe(cms, damage("huge", "request", "ProvideChargingInformation", size=size))
