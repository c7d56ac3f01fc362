from mockpilot.faults import certificate
from mockpilot.scenario import BACK_AGAIN_BOUNDS, Stage, back_again, scenario


@scenario(
    exercises=["C-04"],
    also=["L-15"],
    group="Connecting",
    needs=["ca key"],
    typical="40 s",
    bounded_by=["boot_never", "reconnect_within", *BACK_AGAIN_BOUNDS],
)
async def leaf_rotated(cms: Stage) -> None:
    """After a first connection, the CMS comes back with a new certificate of the same authority, as it does
    when the old one runs out.

    The presystem trusts the authority that it was handed, and connects as before. Pinning the certificate
    itself is allowed, but needs a change here with every renewal.
    """
    await cms.reach("exchange")
    await cms.reconnect_meeting(certificate("rotated"))
    await back_again(cms)
