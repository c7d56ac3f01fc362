"""``mockpilot again``: what did not pass in a run, repeated as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockpilot.errors import UsageError
from mockpilot.profile import Profile, RunSettings, load_profile

if TYPE_CHECKING:
    from mockpilot.certification.repeating import Repeated
    from mockpilot.certification.run import Outcome, Plan
    from mockpilot.certification.run_folder import RunFolder

FIXED, BROKEN, UNKNOWN, NOTHING, INTERRUPTED = 0, 1, 2, 4, (130, 143)
_WIDTH = 12


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("scenario", default="")
@click.option("--profile", "profile_file", metavar="FILE", type=click.Path(path_type=Path),
              help="who is tested and where the CMS listens, if not as in the run; its limits stay")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="folder of all runs  [default: beside RUN]")
@click.pass_obj
def again(command: tuple[str, ...], run: Path, scenario: str, profile_file: Path | None, out: Path | None) -> int:
    """Repeat what did not pass in a run, with its seed, limits and COMMAND, and say what became of it.

    SCENARIO names one, or the rule or requirement of a finding; without it, all is repeated that failed, passed with
    warnings or was inconclusive. The answer is "fixed", "still", "different" or "not reached". A COMMAND after "--"
    replaces the run's.

    Exit status 0 if all is fixed, 1 if something is still or differently broken, 2 if something was not reached.
    """
    from mockpilot.certification.repeating import compared, worth_repeating
    from mockpilot.cli.playing import played
    from mockpilot.cli.run_argument import opened

    with opened(run) as folder:
        before = folder.result()
        names = worth_repeating(before, scenario)
        if not names:
            click.echo(f"mockpilot: {run}: all that was run passed; name a SCENARIO to repeat it", err=True)
            return NOTHING
        profile = _profile(folder, profile_file)
        plan = _plan(profile, names, command, out or _beside(run))
    _remark(before.catalogue)
    outcome = played(plan, quiet=False)
    found = {one.name: one for one in outcome.result.scenarios}
    answers = [compared(before.scenario(name), found.get(name)) for name in names]
    _say(answers, outcome)
    return _status(answers, outcome)


def _profile(folder: RunFolder, file: Path | None) -> Profile:
    from mockpilot.certification.run_folder import PROFILE

    stored = load_profile(folder.path / PROFILE) if file is None else _stored(folder)
    if stored.run is None:
        raise UsageError(f"{folder.path / PROFILE}: [run] is expected, with the run's seed and COMMAND; this run is of "
                         f"a mockpilot that did not write it: use 'mockpilot certify' with --seed")  # fmt: skip
    if file is None:
        return stored
    own = load_profile(file, dialect=stored.presystem.dialect)
    cms = replace(own.cms, push_interval_s=stored.cms.push_interval_s, depot=stored.cms.depot)
    return replace(own, cms=cms, limits=stored.limits, run=stored.run)


def _stored(folder: RunFolder) -> Profile:
    # Another profile says which password; the variable that the run's profile names need not be set here.
    from mockpilot.certification.run_folder import PROFILE
    from mockpilot.profile.reading import EverySet

    return load_profile(folder.path / PROFILE, environ=EverySet())


def _plan(profile: Profile, names: Sequence[str], command: tuple[str, ...], out: Path) -> Plan:
    from mockpilot.certification.plans import plan_scenarios
    from mockpilot.certification.run import Plan
    from mockpilot.certification.selection import select
    from mockpilot.certification.setting import certificates_for, check_host
    from mockpilot.cli.playing import checked
    from mockpilot.scenario.catalogue import load_catalogue

    run = profile.run or RunSettings()
    command = command or run.command
    check_host(profile)
    if command:
        checked(command)
    catalogue, certificates = load_catalogue(run.scenarios), certificates_for(profile)
    catalogue = {**catalogue, **plan_scenarios(run.plans, catalogue, profile.presystem.dialect)}
    chosen = select(catalogue, names, (), profile, bad_certificates=certificates.bad_kinds, by_hand=not command)
    if not chosen.run:
        reasons = sorted({chosen.left_out[name] for name in names})
        raise UsageError(f"nothing of it can be run: {'; '.join(reasons)}")
    return Plan(profile, chosen, catalogue, out, run.seed, certificates, command, run.start_once,
                more_scenarios=run.scenarios, plans=run.plans)  # fmt: skip


def _beside(run: Path) -> Path:
    return run.resolve().parent if run.is_dir() else Path("runs")


def _remark(catalogue: str) -> None:
    from mockpilot.scenario.catalogue import VERSION

    if catalogue != VERSION:
        click.echo(f"mockpilot: the run was of catalogue {catalogue}, this is {VERSION}: a scenario may do something "
                   f"else by now", err=True)  # fmt: skip


def _say(answers: Sequence[Repeated], outcome: Outcome) -> None:
    from mockpilot.certification.run_folder import PAGE
    from mockpilot.report.wording import visible

    width = max(len(one.scenario) for one in answers)
    for one in answers:
        click.echo(f"{one.answer:<{_WIDTH}} {one.scenario:<{width}}  {visible(one.detail)}".rstrip())
    click.echo(f"report  {outcome.folder / PAGE}")


def _status(answers: Sequence[Repeated], outcome: Outcome) -> int:
    from mockpilot.certification.repeating import Answer
    from mockpilot.cli.playing import status_of

    status = status_of(outcome)
    if status in (*INTERRUPTED, NOTHING):
        return status
    said = {one.answer for one in answers}
    if said & {Answer.STILL, Answer.DIFFERENT}:
        return BROKEN
    return UNKNOWN if Answer.NOT_REACHED in said else FIXED
