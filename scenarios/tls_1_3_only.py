from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["L-01"],
    also=["C-05", "L-15"],
    group="Connecting",
    needs=["ca key"],
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", *BACK_AGAIN_BOUNDS],
)
async def tls_1_3_only(cms: Stage) -> None:
    """After a first connection, the CMS comes back and speaks TLS 1.3 alone.

    The presystem tries to come back, and connects over TLS 1.3 if it speaks it.
    """
    await cms.reach("exchange")
    await cms.reconnect_meeting(certificate("tls-1.3-only"))
    await back_again(cms)
