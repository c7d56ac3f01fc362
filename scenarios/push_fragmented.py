from mockpilot.faults import damage
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario

WAYS = ("fragments", "split-utf8", "ping-between")


@scenario(
    exercises=["E-11"],
    group="Information",
    typical="3 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * len(WAYS)],
)
async def push_fragmented(cms: Stage) -> None:
    """The CMS sends pushes in fragments: some frames, frames that part an umlaut, frames with a ping between them.

    The presystem puts the message together and confirms it.
    """
    for way in WAYS:
        await probe(cms, damage(way, "request", "ProvideChargingInformation"))
