from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-05"],
    also=["L-15"],
    group="Refusing",
    needs=["ca key"],
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", *BACK_AGAIN_BOUNDS],
)
async def tls_old(cms: Stage) -> None:
    """After a good connection, the CMS comes back and speaks nothing newer than TLS 1.1.

    The presystem should send nothing over so old a version; it ends the handshake, and connects again once the
    CMS speaks a newer one.
    """
    await cms.reach("exchange")  # the same presystem gets through with the good certificate
    await cms.reconnect_meeting(certificate("tls-old"))
    await back_again(cms)
