"""``mockpilot certify``: scenarios against a product, a verdict, a run folder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockpilot.cli.forgotten import forgotten
from mockpilot.cli.options import profile_options, read_profile_options
from mockpilot.durations import parse_duration
from mockpilot.errors import UsageError
from mockpilot.limits import LIMIT_NAMES
from mockpilot.profile import Profile

if TYPE_CHECKING:
    from mockpilot.certification.run import Plan


@click.command()
@click.argument("selection", nargs=-1)
@profile_options
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs"), show_default=True, metavar="DIR",
              help="folder of all runs")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N",
              help="so many scenarios at a time, each with its own COMMAND")
@click.option("--seed", type=int, metavar="N", help="for whatever is left to chance  [default: made up and shown]")
@click.option("--limit", "limits", multiple=True, metavar="NAME=DURATION", help="one of [limits]; repeatable")
@click.option("--start", type=click.Choice(["once", "scenario"]), default="scenario", show_default=True,
              help="COMMAND once for the whole run, or anew for each scenario")
@click.option("--skip", multiple=True, metavar="SELECTION", help="leave these out; repeatable")
@click.option("--scenarios", "more", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
              help="more scenario files; repeatable")
@click.option("--plan", "plans", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="a fault plan as a scenario: a file or a shipped one's name; without SELECTION nothing else runs")
@click.option("--strict", is_flag=True, help="warnings count as failures in the exit status")
@click.option("--json", "as_json", is_flag=True, help="result.json on stdout instead of progress and summary")
@click.option("--dry-run", "only_shown", is_flag=True, help="what would run, and why the rest would not")
@click.pass_obj
def certify(
    command: tuple[str, ...], selection: tuple[str, ...], profile_file: Path | None, dialect: str | None,
    listen: str | None, push_interval: float | None, out: Path, jobs: int, seed: int | None, limits: tuple[str, ...],
    start: str, skip: tuple[str, ...], more: tuple[Path, ...], plans: tuple[Path, ...], strict: bool, as_json: bool,
    only_shown: bool,
) -> int:  # fmt: skip
    """Run scenarios against a product and say what holds and what does not.

    SELECTION takes scenario names, requirement ids, rule ids, or the beginning of one. The product is started by the
    COMMAND after "--", or by you: then the address is shown.

    \b
    mockpilot certify --profile acme.toml -- ./acme --cms {url} --ca {ca_file}
    mockpilot certify L- --profile acme.toml
    """
    profile = read_profile_options(profile_file, dialect, listen, push_interval)
    profile = replace(profile, limits=profile.limits.with_changes(_limits(limits)))
    from mockpilot.certification.plans import plan_scenarios
    from mockpilot.certification.selection import UnknownWordError, check_expected, select
    from mockpilot.certification.setting import certificates_for, check_host, depot_for
    from mockpilot.cli.playing import checked
    from mockpilot.scenario.catalogue import load_catalogue

    check_host(profile)
    check_expected(profile)
    _check_combination(command, start, jobs, profile)
    if command:
        checked(command)
    depot_for(profile)  # a depot that cannot be read is said here, not after the dry run
    catalogue = load_catalogue(more)
    planned = plan_scenarios(plans, catalogue, profile.presystem.dialect)
    catalogue = {**catalogue, **planned}
    certificates = certificates_for(profile)
    try:
        chosen = select(catalogue, selection or tuple(planned), skip, profile, bad_certificates=certificates.bad_kinds,
                        by_hand=not command)  # fmt: skip
    except UnknownWordError as error:
        raise UsageError(f"{error}{forgotten(['certify', *selection]) if not command else ''}") from error
    if only_shown:
        from mockpilot.cli.dry_run import dry_run

        one_listener = not command or start == "once"
        click.echo("\n".join(dry_run(chosen, profile, jobs=jobs, one_listener=one_listener)))
        return 0 if chosen.run else 4
    if not chosen.run:
        click.echo(f"mockpilot: {_why_nothing(selection, chosen.reasons)}; --dry-run shows each reason", err=True)
        return 4

    from mockpilot.certification.run import Plan

    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    plan = Plan(profile, chosen, catalogue, out, seed, certificates, command, start == "once", jobs, more, plans)
    return _run(plan, strict=strict, as_json=as_json)


def _run(plan: Plan, *, strict: bool, as_json: bool) -> int:
    from mockpilot.cli.colours import show
    from mockpilot.cli.playing import played, status_of
    from mockpilot.report.text import render_text
    from mockpilot.results import encode_result

    outcome = played(plan, quiet=as_json)
    if as_json:
        click.echo(encode_result(outcome.result).decode(), nl=False)
    else:
        page = str(outcome.folder / "report.html")
        show(render_text(outcome.result, report=page, run=str(outcome.folder), scenarios=False))
    return status_of(outcome, strict=strict)


def _why_nothing(selection: Sequence[str], reasons: Sequence[str]) -> str:
    if reasons:
        return f"nothing is selected ({'; '.join(reasons)})"
    return (f"nothing is selected: no scenario is about {', '.join(selection)} alone; it is judged wherever a product "
            "gives occasion, so run them all, without a selection")  # fmt: skip


def _limits(pairs: Sequence[str]) -> dict[str, float]:
    changes: dict[str, float] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name not in LIMIT_NAMES:
            raise UsageError(f"--limit: NAME=DURATION with one of {', '.join(LIMIT_NAMES)} is expected, found {pair!r}")
        try:
            changes[name] = parse_duration(text)
        except ValueError as error:
            raise UsageError(f"--limit {name}: {error}") from error
        if not changes[name]:
            raise UsageError(f"--limit {name}: a duration longer than nothing is expected")
    return changes


def _check_combination(command: tuple[str, ...], start: str, jobs: int, profile: Profile) -> None:
    if jobs > 1 and (not command or start == "once"):
        raise UsageError(f"--jobs {jobs}: several at a time need a COMMAND after '--' that is started for each "
                         f"scenario; leave --jobs out")  # fmt: skip
    if jobs > 1 and profile.cms.address[1]:
        raise UsageError(f"--jobs {jobs}: each job listens on a port of its own, so cms.listen must end in :0, "
                         f"found {profile.cms.listen!r}")  # fmt: skip
