from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-05"],
    also=["L-15"],
    group="Connecting",
    needs=["ca key"],
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", *BACK_AGAIN_BOUNDS],
)
async def tls_1_2_only(cms: Stage) -> None:
    """After a first connection, the CMS comes back and speaks TLS 1.2 alone, with the suites that go with its
    ECDSA certificate.

    The presystem connects over TLS 1.2 as well; one that speaks 1.3 alone is right too, but does not reach such
    a CMS.
    """
    await cms.reach("exchange")
    await cms.reconnect_meeting(certificate("tls-1.2-only"))
    await back_again(cms)
