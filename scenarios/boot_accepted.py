from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=[
        *("C-01", "C-02", "C-04", "C-10", "C-12", "B-01", "B-02", "B-03"),
        *("E-01", "E-02", "E-03", "E-04", "E-05", "E-06", "E-07", "E-08"),
    ],
    also=["C-06", "C-09", "C-13", "B-09", "E-14"],
    group="Connecting",
    typical="1 s",
    bounded_by=["boot_never"],
)
async def boot_accepted(cms: Stage) -> None:
    """The CMS does everything right: it accepts the login and the BootNotification, and pushes the depot.

    The presystem connects over TLS to the path it was given, logs in, sends its BootNotification first and at
    once, and answers the first push.
    """
    await cms.reach("exchange")
