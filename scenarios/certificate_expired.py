from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-03"],
    also=["L-15"],
    group="Refusing",
    needs=["ca key"],
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", *BACK_AGAIN_BOUNDS],
)
async def certificate_expired(cms: Stage) -> None:
    """After a good connection, the CMS comes back with a certificate that expired some days ago.

    The presystem must not send a single byte inside a connection whose certificate has expired; its credentials
    would be the first thing to go. Once the good certificate is back, it connects again.
    """
    await cms.reach("exchange")  # the same presystem gets through with the good certificate
    await cms.reconnect_meeting(certificate("expired"))
    await back_again(cms)
