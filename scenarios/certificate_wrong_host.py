from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-03"],
    also=["L-15"],
    group="Refusing",
    needs=["ca key"],
    typical="2 min",
    bounded_by=["boot_never", *("reconnect_within",) * 2, *BACK_AGAIN_BOUNDS],
)
async def certificate_wrong_host(cms: Stage) -> None:
    """After a good connection, the CMS comes back with a valid certificate of the right authority, but for another
    host, and shows it to two attempts.

    The presystem must not send a single byte inside a connection whose certificate is made out to another host,
    at a second attempt neither: its credentials would be the first thing to go. Once the good certificate is back,
    it connects again.
    """
    await cms.reach("exchange")  # the same presystem gets through with the good certificate
    await cms.reconnect_meeting(certificate("wrong-host"), attempts=2)
    await back_again(cms)
