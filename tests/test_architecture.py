"""Who may import whom, what the pure core may not touch, and what an import of the package costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mockpilot

ROOT = Path(mockpilot.__file__).parent
LOW = {"counts", "durations", "errors", "likeness", "limits", "toml_lines", "toml_tables"}
"""Modules that everybody may import; they import nothing of ours but each other."""

CORE = LOW | {"protocol"}
MAY_IMPORT = {
    "protocol": LOW,
    "depot": CORE,
    "history": CORE,
    "faults": CORE | {"history"},
    "clock": CORE,
    "cms": CORE | {"depot", "history", "faults", "clock"},
    "control": CORE | {"depot", "history", "faults", "clock", "cms"},
    "scenario": CORE | {"depot", "history", "faults", "clock", "cms", "control"},
    "conformance": CORE | {"history"},
    "results": CORE | {"history", "conformance"},
    "report": CORE | {"history", "faults", "conformance", "results"},
    "profile": CORE,
    "certification": CORE | {
        "depot", "history", "faults", "clock", "cms", "control", "scenario", "conformance", "results", "report",
        "profile",
    },
}  # fmt: skip
"""Left a package or module, right what it may import; all may import themselves and the package's version."""

MAY_IMPORT["selftest"] = MAY_IMPORT["certification"] | {"certification", "presystem"}
"""The only place where both sides meet."""

MAY_IMPORT["console"] = MAY_IMPORT["certification"] | {"certification"}
"""It drives a CMS and shows it; what it plays, the certification plays."""

PRESYSTEM_MAY_IMPORT = {"errors", "durations", "protocol.envelope", "protocol.vocabulary", "presystem"}
"""Not session, schema or handshake: one's bug must not hide the other's."""

EVERYTHING = {"cli", "__main__", "testing"}
PURE = {"protocol", "depot", "faults", "history", "conformance", "results", "report"}
IMPURE = {"trio", "socket", "ssl", "random", "time", "secrets", "asyncio", "threading", "subprocess"}
CLOCKS = {"now", "utcnow", "today"}

ONLY_IN = {
    "trio_websocket": {"cms.transport", "presystem.transport"},
    "wsproto": set(),
    "h11": {"cms.upgrade"},
    "trustme": {"cms.tls", "cms.menu"},
    "cryptography": {"cms.menu"},
    "jsonschema_rs": {"protocol.schema"},
    "jinja2": {"report"},
    "trio.testing": {"selftest.memory", "selftest.rehearsal"},
    "litestar": {"console.routes"},
    "hypercorn": {"console.listener"},
    "click": {"cli"},
    "rich": {"cli"},
    "hypothesis": {"testing.strategies", "testing.fault_strategies"},
    "pytest": {"testing.pytest_plugin"},
}
"""Foreign libraries and where they have their door: a module, or any module of a package."""

HEAVY = (
    "litestar", "hypercorn", "trio", "msgspec", "h11", "trustme", "click", "rich", "jinja2", "jsonschema_rs", "ssl",
    "hypothesis", "pytest",
)  # fmt: skip

SOURCES = sorted(ROOT.rglob("*.py"))


def name_of(source: Path) -> str:
    """The dotted name of a module within the package."""
    parts = source.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: Path) -> Iterator[str]:
    """Everything that a module imports, wherever in it, as dotted names."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(source: Path) -> Iterator[str]:
    """What a module imports of the package, without the package's name."""
    prefix = "mockpilot."
    for name in imports_of(source):
        if name.startswith(prefix) and name != "mockpilot.__version__":
            yield name.removeprefix(prefix)


def is_within(name: str, place: str) -> bool:
    """Whether a dotted name is a place or lies below it."""
    return name == place or name.startswith(place + ".")


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_module_imports_only_what_lies_below_it(source: Path) -> None:
    """Every arrow runs the way the table says."""
    top = name_of(source).partition(".")[0]
    if top in EVERYTHING:
        return
    if top == "presystem":
        allowed = PRESYSTEM_MAY_IMPORT
    elif top in LOW or top == "":
        allowed = LOW
    else:
        allowed = MAY_IMPORT[top] | {top}
    assert [name for name in ours(source) if not any(is_within(name, place) for place in allowed)] == []


@pytest.mark.parametrize("source", [one for one in SOURCES if name_of(one).partition(".")[0] in PURE], ids=name_of)
def test_pure_module_touches_neither_clock_nor_chance_nor_network(source: Path) -> None:
    """Time, bytes and chance come in as arguments; the types of datetime are only types."""
    assert {name.partition(".")[0] for name in imports_of(source)} & IMPURE == set()
    asked = {
        node.func.attr for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name) and node.func.value.id in ("datetime", "date")
    }  # fmt: skip
    assert asked & CLOCKS == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_foreign_library_has_its_doors(library: str) -> None:
    """Whoever else needs it asks there."""
    users = {name_of(source) for source in SOURCES if any(is_within(name, library) for name in imports_of(source))}
    assert {user for user in users if not any(is_within(user, door) for door in ONLY_IN[library])} == set()


def test_importing_the_package_loads_nothing_heavy() -> None:
    """It happens in every pytest run of everybody who has it installed."""
    code = f"import sys, mockpilot; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_of_the_command_line_loads_no_network() -> None:
    """Whoever asks for help doesn't wait for the CMS to be loaded."""
    code = (
        "import sys; from mockpilot.cli.main import main; sys.argv = ['mockpilot', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('trio', 'trustme', 'jsonschema_rs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
