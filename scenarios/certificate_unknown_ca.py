from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-03"],
    also=["L-15"],
    group="Refusing",
    needs=["ca key"],
    typical="7 min",
    bounded_by=["boot_never", *("reconnect_within",) * 4, "spacing_observe", *BACK_AGAIN_BOUNDS],
)
async def certificate_unknown_ca(cms: Stage) -> None:
    """After a good connection, the CMS comes back with a certificate from an authority that nobody knows, and shows it
    to four attempts, and to ten if they come quickly.

    The presystem must not send a single byte inside a connection whose certificate is signed by somebody else,
    however often it has failed: its credentials would be the first thing to go. Once the good certificate is back,
    it connects again.
    """
    await cms.reach("exchange")  # the same presystem gets through with the good certificate
    await cms.reconnect_meeting(certificate("unknown-ca"), attempts=4, during="spacing_observe")
    await back_again(cms)
