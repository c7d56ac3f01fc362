"""``mockpilot list``: the catalogue of scenarios, rules, requirements, actions and more, a line for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import click

from mockpilot.durations import format_duration
from mockpilot.errors import UsageError
from mockpilot.likeness import alike

if TYPE_CHECKING:
    from mockpilot.depot.model import Depot
    from mockpilot.scenario.definition import Scenario

KINDS = ("scenarios", "rules", "requirements", "actions", "faults", "dialects", "offenders", "limits", "depots",
         "plans")  # fmt: skip


@click.command(name="list")
@click.argument("kind", required=False, metavar="[KIND]")
def list_(kind: str | None) -> int:
    """List what there is.

    KIND is scenarios (the default), rules, requirements, actions, faults, dialects, offenders, limits, depots or plans.
    """
    kind = kind or "scenarios"
    if kind not in KINDS:
        raise UsageError(f"list: one of {', '.join(KINDS)} is expected, found {kind!r}{_rather(kind)}")
    rows = list(_LISTS[kind]())
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        click.echo(f"{name:<{width}}  {text}")
    if kind == "scenarios":
        click.echo("\n'mockpilot explain NAME' tells one in full; 'mockpilot list rules' and others list the rest")
    return 0


def _rather(word: str) -> str:
    """The command that was meant, where somebody asks the list for one entry."""
    if alike(word, KINDS):
        return f"; did you mean {alike(word, KINDS)[0]}?"
    return f"; 'mockpilot explain {word}' tells about it" if word in all_names() else ""


def _list_scenarios() -> Iterator[tuple[str, str]]:
    for one in catalogue().values():
        yield one.name, f"{one.group:<16} {', '.join(one.exercises)}"


def _list_rules() -> Iterator[tuple[str, str]]:
    from mockpilot.conformance.rules import RULES

    for rule in RULES.values():
        yield rule.id, f"{rule.requirement or '–':<5} {rule.level:<6} {rule.basis:<9} {rule.statement}"


def _list_requirements() -> Iterator[tuple[str, str]]:
    from mockpilot.conformance.requirements import REQUIREMENTS

    for row in REQUIREMENTS.values():
        rules, scenarios = rules_of(row.id), scenarios_of(row.id)
        standing = "not judged" if row.not_judged else "judged" if rules else "no rule yet"
        told = {"rules": rules, "scenarios": scenarios, "not judged": [row.not_judged] if row.not_judged else []}
        lines = [f"      {what:<10} {', '.join(names)}" for what, names in told.items() if names]
        yield row.id, "\n".join([f"{row.level:<6} {row.basis:<9} {standing:<11} {row.statement}", *lines])


def rules_of(requirement: str) -> list[str]:
    """Rules that judge a requirement."""
    from mockpilot.conformance.rules import RULES

    return [rule.id for rule in RULES.values() if rule.requirement == requirement]


def scenarios_of(requirement: str) -> list[str]:
    """Scenarios that put it to the test, always or where the product gives occasion."""
    return [one.name for one in catalogue().values() if requirement in (*one.exercises, *one.also)]


@cache
def catalogue() -> Mapping[str, Scenario]:
    """The shipped scenarios."""
    from mockpilot.scenario.catalogue import load_catalogue

    return load_catalogue()


def _list_actions() -> Iterator[tuple[str, str]]:
    from mockpilot.cli.payloads import ACTIONS

    yield from ACTIONS.items()


def _list_faults() -> Iterator[tuple[str, str]]:
    from mockpilot.cli.faults import own_parameters
    from mockpilot.faults.verbs import VERBS

    for verb, reach in VERBS.items():
        yield verb, f"{reach} ({', '.join(own_parameters(verb))})"


def _list_plans() -> Iterator[tuple[str, str]]:
    from mockpilot.scenario.planned import load_plan, shipped_plans

    for file in shipped_plans():
        yield file.stem, load_plan(file).title


def _list_dialects() -> Iterator[tuple[str, str]]:
    from mockpilot.protocol.vocabulary import DIALECTS

    for one in DIALECTS.values():
        yield one.name, one.title


def _list_offenders() -> Iterator[tuple[str, str]]:
    from mockpilot.presystem.offences import offences

    for offence in offences():
        yield offence.rule, offence.does


def _list_limits() -> Iterator[tuple[str, str]]:
    from mockpilot.limits import Limits

    for name, seconds in Limits().as_seconds().items():
        yield name, format_duration(seconds)


def _list_depots() -> Iterator[tuple[str, str]]:
    for name, depot in depots():
        yield name, f"{len(depot.stations)} stations, {len(depot.real_point_ids())} points: {depot.name}"


def depots() -> Iterator[tuple[str, Depot]]:
    """The shipped depots by name."""
    from mockpilot.depot.loader import load
    from mockpilot.scenario.catalogue import shipped_folder

    for file in sorted((shipped_folder() / "depots").glob("*.toml")):
        yield file.stem, load(file.read_text(encoding="utf-8"), str(file))


_LISTS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "scenarios": _list_scenarios, "rules": _list_rules, "requirements": _list_requirements, "actions": _list_actions,
    "faults": _list_faults, "dialects": _list_dialects, "offenders": _list_offenders, "limits": _list_limits,
    "depots": _list_depots, "plans": _list_plans,
}  # fmt: skip


def all_names() -> Iterator[str]:
    """Names of all entries of all lists."""
    for rows in _LISTS.values():
        yield from (name for name, _ in rows())
