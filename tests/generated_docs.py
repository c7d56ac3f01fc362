"""The parts of the documentation that are made from code; ``python tests/generated_docs.py`` writes them anew."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from mockpilot.durations import format_duration
from mockpilot.limits import Limits
from mockpilot.protocol.session import TRANSITIONS
from mockpilot.results import RunResult, records
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


RESULT_SCHEMA = ROOT / "simulator/mockpilot/results/result.schema.json"


def result_schema() -> str:
    """The JSON Schema of ``result.json``, from its records and what stands beside their fields."""
    made = msgspec.json.schema(RunResult)
    told = _field_docs()
    for name, one in made["$defs"].items():
        one.pop("title", None)
        for field, schema in one.get("properties", {}).items():
            said = told.get((name, "basis" if field == "class" else field))
            if said:
                one["properties"][field] = schema | {"description": said}
    head: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": records.RESULT_SCHEMA,
        "description": "result.json of a mockpilot run. Newer versions add properties and never change or drop one.",
    }  # fmt: skip
    return json.dumps(head | made, indent=1) + "\n"


def _field_docs() -> dict[tuple[str, str], str]:
    told = {}
    for record in ast.parse(inspect.getsource(records)).body:
        if isinstance(record, ast.ClassDef):
            for field, text in zip(record.body, record.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    assert isinstance(field.target, ast.Name)
                    assert isinstance(text.value, ast.Constant)
                    told[record.name, field.target.id] = " ".join(str(text.value.value).replace("``", "").split())
    return told


if __name__ == "__main__":
    RESULT_SCHEMA.write_text(result_schema(), encoding="utf-8")
    for place in GENERATED:
        (ROOT / place[0]).write_text(renewed(*place), encoding="utf-8")
