from mockpilot.faults import answer
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["B-07"],
    group="Booting",
    needs=["requests"],
    typical="40 s",
    bounded_by=["boot_never", "hold", "hold", "guard", "hold", "boot_retry_within", "reconnect_within"],
)
async def boot_confirmation_wrong_id(cms: Stage) -> None:
    """The CMS confirms every BootNotification, for a while, under a message id that belongs to no request, and pushes
    all the same.

    The presystem may answer the push or not, but it is not booted: no list until the BootNotification itself,
    or the next one, is confirmed.
    """
    # held first: who does not wait for the confirmation at all is told apart from who ignores its id
    held_back = cms.arm(answer("BootNotification", "wrong-id", by=cms.limits.hold))
    await cms.reach("fresh")
    with cms.patience("boot_never"):
        await cms.wait_for("BootNotification")
    with cms.patience("hold", times=2.0):
        await cms.wait_for("message_sent")  # the wrong confirmation leaves
    cms.disarm(held_back)
    wrong = cms.arm(answer("BootNotification", "wrong-id", optional=True))  # from now on at once
    await cms.provoke("create-request")  # a reason to speak
    cms.push_early(probe_of=held_back)
    await cms.hold("guard")
    await cms.hold()
    cms.disarm(wrong)  # till then every boot met it: who boots again soon has not been confirmed either
    with cms.patience("boot_retry_within") as waited:
        await cms.wait_for("BootNotification")
    if waited.ran_out and cms.is_connected:  # waiting is fine, too; a new link shows whether lists come at all
        await cms.drop("close", code=1012)
    with cms.patience("reconnect_within"):
        await cms.wait_for("ProvideChargingRequests")
