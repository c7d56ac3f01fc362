"""The parts of the documentation that are made from code; ``python tests/generated_docs.py`` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from mockpilot.durations import format_duration
from mockpilot.limits import Limits
from mockpilot.protocol.session import TRANSITIONS
from mockpilot.scenario.catalogue import load_catalogue

ROOT = Path(__file__).resolve().parent.parent


def states() -> Iterator[str]:
    """The table of a link's states."""
    yield "| state | trigger | next state |"
    yield "|---|---|---|"
    for state, moves in TRANSITIONS.items():
        for trigger, following in moves.items():
            yield f"| {state.value} | {trigger.value} | {following.value} |"


def catalogue() -> Iterator[str]:
    """The table of scenarios."""
    yield "| scenario | the CMS … | a conforming presystem … | exercises | needs | time |"
    yield "|---|---|---|---|---|---|"
    for one in load_catalogue().values():
        time = f"{format_duration(one.typical_s)}, at worst {format_duration(one.worst_s(Limits()))}"
        yield (f"| [`{one.name}`]({one.name}.py) | {one.what_the_cms_does} | {one.what_the_presystem_must_do} "
               f"| {', '.join(one.exercises)} | {', '.join(one.needs) or '–'} | {time} |")  # fmt: skip


GENERATED: dict[tuple[str, str], Callable[[], Iterator[str]]] = {
    ("simulator/README.md", "states"): states,
    ("scenarios/README.md", "catalogue"): catalogue,
}


def renewed(file: str, name: str) -> str:
    """The file's text with that part made anew."""
    text = (ROOT / file).read_text(encoding="utf-8")
    part = "\n".join(GENERATED[file, name]())
    return re.sub(
        rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda match: f"{match[1]}\n{part}\n\n{match[2]}", text,
        flags=re.DOTALL,
    )  # fmt: skip


if __name__ == "__main__":
    for place in GENERATED:
        (ROOT / place[0]).write_text(renewed(*place), encoding="utf-8")
