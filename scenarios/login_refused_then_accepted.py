from mockpilot.faults import refuse
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["C-02", "C-11"],
    group="Refusing",
    typical="90 s",
    bounded_by=["reconnect_within", "spacing_observe", "reconnect_within"],
)
async def login_refused_then_accepted(cms: Stage) -> None:
    """The CMS refuses the login with 401, again and again, as it does while an account is being set up; then it
    accepts.

    The presystem may stop, ask a person, or go on trying; but it must not hammer the CMS. If it comes back, it
    logs in with the credentials it was given.
    """
    refused = cms.arm(refuse(401))
    await cms.wait_connected()
    await cms.wait_for("upgrade_requested")
    with cms.patience("reconnect_within"):  # a second one, or nothing is known of its pace
        await cms.wait_for("upgrade_requested")
    with cms.patience("spacing_observe"):
        await cms.wait_for("upgrade_requested", count=70)  # ten attempts, even if a library makes seven of each
    cms.disarm(refused)
    with cms.patience("reconnect_within"):  # coming back is not owed, so nobody is blamed when this runs out
        await cms.wait_for("answer")
