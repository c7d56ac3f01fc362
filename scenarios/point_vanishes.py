from mockpilot.faults import change
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-10", "R-02"],
    group="Information",
    needs=["requests", "provoking"],
    typical="30 s",
    bounded_by=["boot_never", "hold", "guard", "hold", *("provoke_within",) * 9],
)
async def point_vanishes(cms: Stage) -> None:
    """A charging point is gone from the pushes of the CMS, for which the presystem has a request.

    The presystem takes each push as the whole depot. It may leave the old request as it is; but a request that it
    changes or makes from now on names a point that is still there.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    if not cms.bound_point:  # requests need name no point; what becomes of one that does is to be seen
        await cms.provoke("create-request")
        await cms.wait_for("news")
        await cms.wait_for("depot_changed")
    cms.arm(change("vanish", point=cms.bound_point))
    cms.push()
    await cms.wait_for("answer", count=2)
    await cms.hold("guard")
    await cms.provoke("change-request")
    await cms.wait_for("news")
    await cms.wait_for("answer")
    await cms.hold()  # whoever answers slowly is granted a longer guard
    await cms.provoke("create-request")
    await cms.wait_for("news")
