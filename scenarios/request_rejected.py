from mockpilot.faults import change
from mockpilot.scenario import Stage, scenario


@scenario(
    exercises=["I-01", "I-16"],
    group="Requests",
    needs=["requests"],
    typical="20 s",
    bounded_by=["boot_never", "hold", "provoke_within", "provoke_within", *("provoke_within",) * 3],
    dialects=["vdv-2.0-rc1"],
)
async def request_rejected(cms: Stage) -> None:
    """The CMS confirms a charging-request list and tells in its next push that it rejects a request of it.

    The presystem confirms the push. What it makes of the rejection, keeping or dropping the request, is its own
    affair; it goes on.
    """
    await cms.reach("exchange")
    await cms.obtain_list()
    await cms.wait_for("depot_changed")
    await cms.push_meeting(change("rejected-list"))
    await cms.wait_for("answer", count=2)
