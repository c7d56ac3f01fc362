"""What ``ctl`` prints of the control API's answers, for people. Pure."""

from __future__ import annotations

from typing import Any

from mockpilot.counts import counted
from mockpilot.durations import format_duration


def link_lines(found: Any) -> list[str]:
    """Links, then who has to do what."""
    return [*map(_link, found["links"]), *map(_awaited, found["awaited"]), *_paused(found["pushes"])]


def _link(link: Any) -> str:
    next_push = link["next_push_in_s"]
    follows = f", next push in {format_duration(next_push)}" if next_push is not None else ""
    who = f"{link['id']:>3}  {link['presystem_id']}  {link['kind'] or '?'}  {link['state']}"
    pushes = counted(link["pushes"], "push", "pushes")
    told = f"{who}  {pushes}, {link['confirmed']} confirmed, {link['open']} open{follows}"
    return f"{told}  {link['ending']}".rstrip()


def _awaited(one: Any) -> str:
    patience = f" of {format_duration(one['within_s'])}" if one["within_s"] is not None else ""
    return f"waiting for {one['who']}: {one['what']}, {format_duration(one['for_s'])}{patience}"


def _paused(pushes: Any) -> list[str]:
    return ["pushes are paused"] if pushes["paused"] else []


def fault_lines(found: Any) -> list[str]:
    """One line a fault, and what would show that it was met where nothing does."""
    return [line for one in found for line in _fault(one)] or ["no fault is or was armed"]


def _fault(one: Any) -> list[str]:
    told = f"{one['state']:<16} {one['name']}  {one['do']}  {one['described']}".rstrip()
    return [told, f"{'':<16} {one['unseen']}"] if one["unseen"] else [told]


def hold_lines(found: Any) -> list[str]:
    """One line a hold, and the text that it keeps."""
    told = [f"{one['id']}: {one['described']}{_kept(one['text'])}" for one in found]
    return told or ["nothing is held"]


def _kept(text: str | None) -> str:
    return "" if text is None else f"\n  {text}"


def finding_lines(found: Any) -> list[str]:
    """The findings, or that there are none."""
    told = [f"{one['level']:<7} {one['rule']}: {one['message']} ({event_words(one['events'])})"
            for one in found["findings"]]  # fmt: skip
    until = f"judged until event {found['judged_until']}: {counted(len(told), 'finding')}"
    return [*told, f"{until}; {found['why_not']}" if found["why_not"] else until]


def event_words(indexes: list[int]) -> str:
    """Events by their indexes."""
    return f"event{'s' * (len(indexes) != 1)} {', '.join(map(str, indexes))}"


def line_lines(found: Any) -> list[str]:
    """Lines of the conversation."""
    return [_line(one) for one in found["lines"]]


def found_lines(found: Any) -> list[str]:
    """Lines that were looked for, or those that came closest."""
    if not found["near"]:
        return [*_before(found), *line_lines(found), *_after(found)] if found["lines"] else ["nothing found"]
    near = [f"{_line(one['line'])}  ({one['but']})" for one in found["near"]]
    return ["nothing found; what came closest:", *near]


def _before(found: Any) -> list[str]:
    earlier = found.get("earlier", 0)
    how = f"--since {found['first']} shows them from the first one on, --most more at once"
    return [f"… {counted(earlier, 'earlier line')}; {how}"] if earlier else []


def _after(found: Any) -> list[str]:
    more = found["end"] - found["next"]
    return [f"… {counted(more, 'more event')}; go on with --since {found['next']}"] if more > 0 else []


def _line(one: Any) -> str:
    verdict = one.get("verdict")
    bad = f"  ✗ schema: {verdict['problems'][0]}" if verdict and not verdict["ok"] else ""
    return f"{one['index']:>6}  {one['wall'][11:23]}  {one.get('link') or '–':>3}  {one['sign']} {one['text']}{bad}"


def run_lines(found: Any) -> list[str]:
    """One line a run."""
    return [_run(one) for one in found] or ["no run was started here"]


def _run(one: Any) -> str:
    playing = f", plays {one['playing']}" if one["playing"] else ""
    asked = " ".join(one["selection"]) or "everything"
    return f"{one['id']}  {one['state']}: {one['outcome']}, {one['done']} of {one['of']}{playing}  {asked}"


def told_lines(told: Any) -> list[str]:
    """A run with its scenarios and what was found in them."""
    trouble = [told["trouble"]] if told["trouble"] else []
    return [*(line for one in told["scenarios"] for line in _scenario(one)), _run(told), told["folder"], *trouble]


def _scenario(one: Any) -> list[str]:
    why = f"  ({one['why']})" if one["why"] else ""
    found = [f"    {two['level']:<7} {two['rule']}: {two['message']}" for two in one["findings"]]
    return [f"{one['outcome']:<14} {one['name']}{why}", *found]


def depot_lines(depot: Any) -> list[str]:
    """Stations and points."""
    of = f" of {depot['grid_limit_kw']:g} kW" if depot["grid_limit_kw"] is not None else ""
    told = [f"{depot['name'] or depot['id']}  {depot['power_kw']:g} kW{of}"]
    for station in depot["stations"]:
        trouble = f"  {station['fault']}" if station["fault"] else "  silent" if station["silent"] else ""
        told.append(f"  {station['name'] or station['id']}  {station['power_kw']:g} kW{trouble}")
        told += [_point(point) for point in station["points"]]
    return [*told, *(f"  {who}: {counted(count, 'charging request')}" for who, count in depot["requests"].items())]


def _point(point: Any) -> str:
    charging = f"  {point['vehicle']} {point['soc_percent']:g} %, {point['power_kw']:g} kW" if point["vehicle"] else ""
    return f"    {point['id']}  {point['state']}{charging}  {point['fault']}".rstrip()
