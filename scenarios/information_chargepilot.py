from mockpilot.faults import change
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario


@scenario(
    exercises=["I-07"],
    group="Information",
    typical="3 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * 3],
    dialects=["chargepilot"],
)
async def information_chargepilot(cms: Stage) -> None:
    """The CMS pushes as ChargePilot does: scheduled processes without a predicted time and with one, and ids that are
    no URIs, with blanks and umlauts in them.

    The presystem confirms them all, although the standard's schema asks for the predicted time.
    """
    await probe(cms, change("no-predicted-time"))
    await probe(cms, change("predicted-time"))
    await probe(cms, change("odd-ids"))
