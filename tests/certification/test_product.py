"""The product as a process: what it is told, how it is watched, and that it is gone in the end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import trio
import trio.testing

from certification.surroundings import SURROUNDINGS, surroundings
from mockpilot.certification.product import LAST_LINES, Product, Surroundings
from mockpilot.history.events import ProductExited, ProductStarted
from mockpilot.history.recorder import Recorder
from running import wait_until

if TYPE_CHECKING:
    import pytest

LONG_S = 60


def made(folder: Path, *command: str, told: Surroundings = SURROUNDINGS, stdin: bool = False) -> Product:
    """A product that is not started yet."""
    return Product(command, told, folder / "output", Recorder(lambda: 1.0, lambda: "now"), stdin=stdin)


def exits(product: Product) -> list[ProductExited]:
    """Its recorded exits."""
    return product.recorder.history.of(ProductExited)


def is_alive(process: int) -> bool:
    """Whether a process runs: one that is dead but not yet collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pid_in(file: Path) -> int:
    """Wait for a process id in a file."""
    wait_until(lambda: file.exists() and file.read_text().endswith("\n"))
    return int(file.read_text())


def wait_for_end(process: int) -> None:
    """Wait until a process is gone."""
    wait_until(lambda: not is_alive(process))


def test_environment_says_all_that_a_product_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what we inherited ourselves."""
    for name in [name for name in os.environ if name.startswith("MOCKPILOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACME_LICENCE", "42")
    monkeypatch.setenv("MOCKPILOT_SCENARIO", "of an outer run")
    environment = surroundings(slot=3, work_dir=Path("/run/work")).environment()
    told = {name: value for name, value in environment.items() if name.startswith("MOCKPILOT_")}
    assert environment["ACME_LICENCE"] == "42"
    assert told == {
        "MOCKPILOT_URL": "wss://127.0.0.1:8463/vdv463/Depot%207", "MOCKPILOT_CA_FILE": "/run/ca.pem",
        "MOCKPILOT_USER": "acme", "MOCKPILOT_PASSWORD": "a long password", "MOCKPILOT_PRESYSTEM_ID": "Depot 7",
        "MOCKPILOT_PRESYSTEM_KIND": "BMS", "MOCKPILOT_DIALECT": "chargepilot",
        "MOCKPILOT_SUBPROTOCOL": "v1.463.vdv.de", "MOCKPILOT_PUSH_INTERVAL_S": "0.4", "MOCKPILOT_SLOT": "3",
        "MOCKPILOT_WORK_DIR": "/run/work",
    }  # fmt: skip
    assert surroundings(scenario="boot_accepted").environment()["MOCKPILOT_SCENARIO"] == "boot_accepted"


def test_known_names_in_braces_are_replaced() -> None:
    """Within words, too; other braces stay."""
    words = ["--cms={url}", "{ca_file}", "{user}:{password}", "{presystem_id}", "{slot}", "{other}", "{}", '{"a": 1}']
    assert SURROUNDINGS.fill_in(words) == [
        "--cms=wss://127.0.0.1:8463/vdv463/Depot%207", "/run/ca.pem", "acme:a long password", "Depot 7", "0",
        "{other}", "{}", '{"a": 1}',
    ]  # fmt: skip


def test_surroundings_do_not_show_the_password() -> None:
    """Wherever they are printed."""
    assert "a long password" not in repr(SURROUNDINGS)


def test_short_password_is_masked_where_it_stands_alone() -> None:
    """And as the header has it; words that happen to contain it stay."""
    told = surroundings(password="bus")
    assert told.mask(b"login acme/bus, Basic YWNtZTpidXM=, business as usual") == (
        "login acme/***, Basic ***, business as usual"
    )


async def test_exit_is_recorded_with_its_last_lines(tmp_path: Path) -> None:
    """Standard output and error together, secrets masked, and no more lines than that."""
    code = "import os, sys; print(*range(100), sep='\\n', flush=True);"
    code += "sys.stderr.write(os.environ['MOCKPILOT_PASSWORD']); sys.exit(3)"
    product = made(tmp_path, sys.executable, "-c", code)
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            await product.gone.wait()
    (gone,) = exits(product)
    assert (gone.status, gone.by_us, len(gone.output)) == (3, False, LAST_LINES)
    assert gone.output[-2:] == ("99", "***")
    assert not product.is_running


async def test_command_is_recorded_as_it_was_written(tmp_path: Path) -> None:
    """What was filled in may be secret."""
    product = made(tmp_path, "echo", "{password}")
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            await product.gone.wait()
    assert product.recorder.history.of(ProductStarted)[0].command == ("echo", "{password}")
    assert (tmp_path / "output").read_text() == "a long password\n"


async def test_stopping_ends_its_children_too(tmp_path: Path) -> None:
    """One exit, by us, without output; a second call changes nothing."""
    child = tmp_path / "child"
    product = made(tmp_path, "sh", "-c", f'sleep 300 & echo $! > "{child}"; wait')
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            number = await trio.to_thread.run_sync(pid_in, child)
            assert product.is_running
            await product.stop()
            await product.stop()
            await trio.to_thread.run_sync(wait_for_end, number)
    assert [(gone.by_us, gone.output) for gone in exits(product)] == [(True, ())]


async def test_stopping_leaves_children_their_time(tmp_path: Path) -> None:
    """A shell in front is gone at once, what it started may still save its things."""
    ready, saved = tmp_path / "ready", tmp_path / "saved"
    work = f'trap "sleep 0.3; echo yes > {saved}; exit" TERM; echo $$ > {ready}; while :; do sleep 0.05; done'
    product = made(tmp_path, "sh", "-c", f"sh -c '{work}' & wait")
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            await trio.to_thread.run_sync(pid_in, ready)
            await product.stop()
    assert saved.read_text() == "yes\n"


async def test_starting_again_ends_what_the_last_one_left(tmp_path: Path) -> None:
    """As with a supervised product whose launcher exits before its children."""
    child = tmp_path / "child"
    product = made(tmp_path, "sh", "-c", f'test -f "{child}" && exit; sleep 300 & echo $! > "{child}"')
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            await product.gone.wait()
            await product.start(nursery)
            await trio.to_thread.run_sync(wait_for_end, pid_in(child))
            await product.stop()


async def test_stopping_kills_what_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL after a while."""
    monkeypatch.setattr("mockpilot.certification.product.END_WITHIN_S", 0.1)
    ready = tmp_path / "ready"
    product = made(tmp_path, "sh", "-c", f'trap "" TERM; echo $$ > "{ready}"; while :; do sleep 0.05; done')
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            number = await trio.to_thread.run_sync(pid_in, ready)
            await product.stop()
    assert not is_alive(number)
    assert [gone.status for gone in exits(product)] == [-9]


async def test_stopping_what_never_started_is_harmless(tmp_path: Path) -> None:
    """An episode may be interrupted before that."""
    product = made(tmp_path, "true")
    await product.stop()
    assert len(product.recorder.history) == 0


async def test_what_is_just_being_started_is_stopped_too(tmp_path: Path) -> None:
    """A supervisor may be at it in the moment in which the episode ends; afterwards it starts nothing more."""
    product = made(tmp_path, "sleep", "300")
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(product.start, nursery)
            await trio.testing.wait_all_tasks_blocked()
            await product.stop()
            await product.start(nursery)
    assert not product.is_running
    assert len(product.recorder.history.of(ProductStarted)) == len(exits(product)) == 1
    assert exits(product)[0].by_us


async def test_lines_reach_its_standard_input(tmp_path: Path) -> None:
    """As long as it reads them; then what went wrong is said."""
    product = made(tmp_path, "head", "-n", "1", stdin=True)
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            assert await product.write_line('{"step": "create-request"}') is None
            await product.gone.wait()
            assert await product.write_line("more") == "COMMAND is not running"
            await product.stop()
    assert (tmp_path / "output").read_text() == '{"step": "create-request"}\n'


async def test_product_runs_where_we_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In our directory, without a terminal to read from, and in a process group of its own."""
    monkeypatch.chdir(tmp_path)
    code = "import os, sys; print(os.getcwd(), repr(sys.stdin.read()), os.getpgrp() == os.getpid())"
    product = made(tmp_path, sys.executable, "-c", code)
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            await product.start(nursery)
            await product.gone.wait()
    assert (tmp_path / "output").read_text() == f"{Path.cwd()} '' True\n"
