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
async def certificate_missing_intermediate(cms: Stage) -> None:
    """After a good connection, the CMS comes back with a certificate that an intermediate authority signed, and
    does not send that one along.

    The presystem cannot follow the chain to the authority that it trusts, and sends nothing; who knows the
    intermediate from elsewhere may go on. Once the good certificate is back, it connects again.
    """
    await cms.reach("exchange")  # the same presystem gets through with the good certificate
    await cms.reconnect_meeting(certificate("missing-intermediate"))
    await back_again(cms)
