from mockpilot.faults import damage
from mockpilot.scenario import Stage, answer_on_new_link, scenario

PUSH = "ProvideChargingInformation"
FORMS = ("not-json", "six-slots", "type", "cut", "binary", "bad-utf8")


@scenario(
    exercises=["X-04"],
    group="Losing the link",
    typical="30 s",
    bounded_by=["boot_never", *["hold"] * 6, *["reconnect_within"] * 6, "reconnect_within"],
)
async def malformed_push(cms: Stage) -> None:
    """The CMS sends pushes that are none: text that is no JSON, six slots, a type as text, half a message, a binary
    one, bytes that are no UTF-8; after each a good one.

    The presystem may pass over what it cannot read, answer it with an error, or end the link and come back; it
    answers the good ones.
    """
    await cms.reach("exchange")
    for how in FORMS:
        cms.arm(damage(how, "request", PUSH, nth=1))
        cms.push()
        with cms.patience("hold"):  # who ends the link for it does so at once
            await cms.wait_for("link_ended")
        cms.push()
        with cms.patience("resend_within" if cms.is_connected else "reconnect_within") as waited:
            await cms.wait_for("answer")
        if waited.ran_out:
            break
    if waited.ran_out:  # a second chance: another reconnect
        await answer_on_new_link(cms)
