"""``mockpilot list`` and ``mockpilot explain``: the catalogue of scenarios, rules, requirements, actions and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
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


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="NAME")
@click.option("--dialect", metavar="NAME", help="whose payloads an action is told with  [default: chargepilot]")
def explain(words: tuple[str, ...], dialect: str | None) -> int:
    """Explain one entry in full: a scenario, requirement, rule, action with its payloads, fault, dialect, limit, depot.

    mockpilot explain ProvideChargingRequests
    """
    name = words[-1]
    for tell in (_scenario, _requirement, _rule, partial(_action, dialect), _fault, _dialect, _limit, _depot, _plan):
        text = tell(name)
        if text:
            click.echo(text)
            return 0
    near = alike(name, _all_names(), most=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; 'mockpilot list' names what there is"
    raise UsageError(f"explain: the name of an entry is expected, found {name!r}{hint}")


def _rather(word: str) -> str:
    """The command that was meant, where somebody asks the list for one entry."""
    if alike(word, KINDS):
        return f"; did you mean {alike(word, KINDS)[0]}?"
    return f"; 'mockpilot explain {word}' tells about it" if word in _all_names() else ""


def _list_scenarios() -> Iterator[tuple[str, str]]:
    for one in _catalogue().values():
        yield one.name, f"{one.group:<16} {', '.join(one.exercises)}"


def _list_rules() -> Iterator[tuple[str, str]]:
    from mockpilot.conformance.rules import RULES

    for rule in RULES.values():
        yield rule.id, f"{rule.requirement or '–':<5} {rule.level:<6} {rule.basis:<9} {rule.statement}"


def _list_requirements() -> Iterator[tuple[str, str]]:
    from mockpilot.conformance.requirements import REQUIREMENTS

    for row in REQUIREMENTS.values():
        rules, scenarios = _rules_of(row.id), _scenarios_of(row.id)
        standing = "not judged" if row.not_judged else "judged" if rules else "no rule yet"
        told = {"rules": rules, "scenarios": scenarios, "not judged": [row.not_judged] if row.not_judged else []}
        lines = [f"      {what:<10} {', '.join(names)}" for what, names in told.items() if names]
        yield row.id, "\n".join([f"{row.level:<6} {row.basis:<9} {standing:<11} {row.statement}", *lines])


def _rules_of(requirement: str) -> list[str]:
    from mockpilot.conformance.rules import RULES

    return [rule.id for rule in RULES.values() if rule.requirement == requirement]


def _scenarios_of(requirement: str) -> list[str]:
    return [one.name for one in _catalogue().values() if requirement in (*one.exercises, *one.also)]


@cache
def _catalogue() -> Mapping[str, Scenario]:
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
    for name, depot in _depots():
        yield name, f"{len(depot.stations)} stations, {len(depot.real_point_ids())} points: {depot.name}"


def _depots() -> Iterator[tuple[str, Depot]]:
    from mockpilot.depot.loader import load
    from mockpilot.scenario.catalogue import shipped_folder

    for file in sorted((shipped_folder() / "depots").glob("*.toml")):
        yield file.stem, load(file.read_text(encoding="utf-8"), str(file))


_LISTS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "scenarios": _list_scenarios, "rules": _list_rules, "requirements": _list_requirements, "actions": _list_actions,
    "faults": _list_faults, "dialects": _list_dialects, "offenders": _list_offenders, "limits": _list_limits,
    "depots": _list_depots, "plans": _list_plans,
}  # fmt: skip


def _all_names() -> Iterator[str]:
    for rows in _LISTS.values():
        yield from (name for name, _ in rows())


def _told(title: str, **facts: str) -> str:
    lines = [f"{key.rstrip('_').replace('_', ' '):<12} {value}" for key, value in facts.items() if value]
    return "\n".join([title, "", *lines])


def _scenario(name: str) -> str:
    from mockpilot.limits import Limits

    one = _catalogue().get(name)
    if one is None:
        return ""
    return _told(
        f"scenario {name} · {one.group}", the_CMS=one.what_the_cms_does, must=one.what_the_presystem_must_do,
        exercises=", ".join(one.exercises), needs=", ".join(one.needs),
        time=f"usually {format_duration(one.typical_s)}, at worst {format_duration(one.worst_s(Limits()))}",
        since=f"catalogue {one.since}",
    )  # fmt: skip


def _requirement(name: str) -> str:
    from mockpilot.conformance.requirements import REQUIREMENTS

    row = REQUIREMENTS.get(name)
    if row is None:
        return ""
    level = f"{row.level}{' (our conclusion: no source states the level)' if row.inferred else ''}"
    level += ", in dialects other than chargepilot: should" if row.cp else ""
    return _told(
        f"requirement {row.id} · {row.area}", says=row.statement, level=level, class_=str(row.basis),
        source=row.source, judged=row.detail, not_judged=row.not_judged,
        rules=", ".join(_rules_of(name)), scenarios=", ".join(_scenarios_of(name)),
    )  # fmt: skip


def _rule(name: str) -> str:
    from mockpilot.conformance.rules import RULES
    from mockpilot.presystem.offences import OFFENCES

    rule = RULES.get(name)
    if rule is None:
        return ""
    offence = OFFENCES.get(name)
    return _told(
        f"rule {rule.id}", says=rule.statement, requirement=rule.requirement or "none",
        level=f"{rule.level}{' (inferred)' if rule.inferred else ''}", class_=str(rule.basis), perhaps=rule.perhaps,
        offender=f"mockpilot presystem --offend {name}: {offence.does}" if offence else "",
    )  # fmt: skip


def _action(dialect: str | None, name: str) -> str:
    from mockpilot.cli.payloads import tell
    from mockpilot.protocol.vocabulary import DEFAULT_DIALECT
    from mockpilot.protocol.vocabulary import dialect as find

    return tell(name, find(dialect) if dialect else DEFAULT_DIALECT)


def _fault(name: str) -> str:
    from mockpilot.cli.faults import tell

    return tell(name)


def _plan(name: str) -> str:
    from mockpilot.scenario.planned import shipped_plans

    return next((file.read_text(encoding="utf-8").rstrip() for file in shipped_plans() if file.stem == name), "")


def _dialect(name: str) -> str:
    from mockpilot.cli.dialects import tell

    return tell(name)


def _limit(name: str) -> str:
    from mockpilot.limits import SAFE_FLOORS, Limits

    values = Limits().as_seconds()
    if name not in values:
        return ""
    floor = SAFE_FLOORS.get(name)
    return _told(
        f"limit {name}", default=format_duration(values[name]),
        floor=f"{format_duration(floor)}; below it a run is marked 'short limits'" if floor else "",
        change=f'[limits] {name} = "…" in the profile, or --limit {name}=…',
    )  # fmt: skip


def _depot(name: str) -> str:
    depot = dict(_depots()).get(name)
    if depot is None:
        return ""
    lines = [f"depot {name} · {depot.name or 'without a name'}", "", f"depot    {depot.id}"]
    for station in depot.all_stations:
        lines += ["", f"station  {station.id}  {station.name}".rstrip()]
        lines += [f"  point  {point.id}  {point.state:<11}  {point.name}".rstrip() for point in station.points]
    return "\n".join(lines)
