from mockpilot.faults import clock
from mockpilot.scenario import PROBE_BOUNDS, Stage, probe, scenario

FORMS = ("seconds", "milliseconds", "offset", "nanoseconds")


@scenario(
    exercises=["E-10"],
    group="Information",
    typical="4 s",
    bounded_by=["boot_never", *PROBE_BOUNDS * len(FORMS)],
)
async def time_stamps(cms: Stage) -> None:
    """The CMS writes the time stamps of its pushes in every form that is right: whole seconds, milliseconds, +00:00 in
    place of Z, nanoseconds.

    The presystem confirms them all.
    """
    for form in FORMS:
        await probe(cms, clock(form=form))
