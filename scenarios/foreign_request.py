from mockpilot.faults import change
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["R-18"],
    group="Requests",
    needs=["requests"],
    typical="1 min",
    bounded_by=["boot_never", "hold", "provoke_within", "provoke_within", *("provoke_within",) * 5],
)
async def foreign_request(cms: Stage) -> None:
    """The CMS shows a charging process of another presystem, once under an id of its own, once under the very request
    id of this presystem.

    The presystem goes on as before: a process is its own only if the presystem id says so.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    await cms.push_meeting(change("foreign-process"))
    await cms.push_meeting(change("foreign-twin"))
    await cms.wait_for("answer", count=3)
