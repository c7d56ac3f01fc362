from mockpilot.faults import change
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-10"],
    group="Information",
    needs=["requests", "provoking"],
    typical="30 s",
    bounded_by=["boot_never", "hold", "guard", "hold", *("provoke_within",) * 9],
)
async def point_renamed(cms: Stage) -> None:
    """A charging point for which the presystem has a request gets another id.

    The presystem names the new id, or another point, in every request that it changes or makes from now on.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    if not cms.bound_point:  # requests need name no point; what becomes of one that does is to be seen
        await cms.provoke("create-request")
        await cms.wait_for("news")
        await cms.wait_for("depot_changed")
    cms.arm(change("rename", point=cms.bound_point))
    cms.push()
    await cms.wait_for("answer", count=2)
    await cms.hold("guard")
    await cms.provoke("change-request")
    await cms.wait_for("news")
    await cms.wait_for("answer")
    await cms.hold()  # whoever answers slowly is granted a longer guard
    await cms.provoke("create-request")
    await cms.wait_for("news")
