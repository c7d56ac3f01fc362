"""``mockpilot explain``: one entry of the catalogue in full."""

from __future__ import annotations

from functools import partial

import click

from mockpilot.cli.catalogue import all_names, catalogue, depots, rules_of, scenarios_of
from mockpilot.durations import format_duration
from mockpilot.errors import UsageError
from mockpilot.likeness import alike


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
    near = alike(name, all_names(), most=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; 'mockpilot list' names what there is"
    raise UsageError(f"explain: the name of an entry is expected, found {name!r}{hint}")


def _told(title: str, **facts: str) -> str:
    lines = [f"{key.rstrip('_').replace('_', ' '):<12} {value}" for key, value in facts.items() if value]
    return "\n".join([title, "", *lines])


def _scenario(name: str) -> str:
    from mockpilot.limits import Limits

    one = catalogue().get(name)
    if one is None:
        return ""
    return _told(
        f"scenario {name} · {one.group}", the_CMS=one.what_the_cms_does,
        conforming=one.what_the_presystem_must_do, exercises=", ".join(one.exercises), needs=", ".join(one.needs),
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
        rules=", ".join(rules_of(name)), scenarios=", ".join(scenarios_of(name)),
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
    depot = dict(depots()).get(name)
    if depot is None:
        return ""
    lines = [f"depot {name} · {depot.name or 'without a name'}", "", f"depot    {depot.id}"]
    for station in depot.all_stations:
        lines += ["", f"station  {station.id}  {station.name}".rstrip()]
        lines += [f"  point  {point.id}  {point.state:<11}  {point.name}".rstrip() for point in station.points]
    return "\n".join(lines)
