from mockpilot.faults import refuse
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["C-11"],
    group="Refusing",
    typical="2 min",
    bounded_by=["boot_never", "reconnect_within", "reconnect_within", "spacing_observe"],
)
async def login_refused(cms: Stage) -> None:
    """The CMS closes the link, and from then on refuses the login with 403, for good.

    The presystem stops trying, asks a person, or goes on slowly; it does not hammer the CMS.
    """
    await cms.reach("exchange")
    cms.arm(refuse(403))
    await cms.drop("close", code=1001)
    cms.mark("locked out from now on")
    with cms.patience("reconnect_within"):
        await cms.wait_for("upgrade_requested")
    with cms.patience("reconnect_within"):  # a second one, or nothing is known of its pace
        await cms.wait_for("upgrade_requested")
    with cms.patience("spacing_observe"):
        await cms.wait_for("upgrade_requested", count=70)  # ten attempts, even if a library makes seven of each
