"""A run folder on disk without a run: the sample run and its recordings, ended by itself or killed."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from mockpilot.certification.pages import write_pages
from mockpilot.certification.run_folder import TRACES, RunFolder
from mockpilot.history.events import ScenarioStarted
from mockpilot.history.recorder import History
from mockpilot.history.trace import to_line
from mockpilot.profile import Profile, RunSettings, effective_profile
from mockpilot.results import RunResult, encode_result
from mockpilot.scenario.catalogue import load_catalogue
from sample_run import sample_run

RUN = RunSettings(7, ("./acme", "{url}"))


def written(path: Path, result: RunResult, histories: dict[str, History], *, run: RunSettings = RUN) -> RunFolder:
    """Write a run that ended by itself."""
    folder = made(path)
    for name, history in histories.items():
        write_trace(folder, name, history)
    folder.write_result(encode_result(result))
    folder.write_profile(effective_profile(Profile(run=run)))
    folder.write_anchor(b"PEM")
    folder.keep_output("boot_accepted", "hello\n")
    write_pages(folder, result, histories, ended=True)
    return folder


def made(path: Path) -> RunFolder:
    """An empty run folder."""
    (path / TRACES).mkdir(parents=True)
    return RunFolder(path)


def write_trace(folder: RunFolder, name: str, history: History) -> None:
    """Write a recording down."""
    (folder.path / folder.trace_name(name)).write_bytes(b"".join(map(to_line, history)))


def known_run() -> tuple[RunResult, dict[str, History]]:
    """The sample run with scenarios that today's catalogue has, each with a recording of its own name."""
    result, histories = sample_run()
    names = dict(zip((one.name for one in result.scenarios), load_catalogue(), strict=False))
    renamed = [
        replace(one, name=names[one.name], trace=f"traces/{names[one.name]}.jsonl" if one.selected else None)
        for one in result.scenarios
    ]  # fmt: skip
    recordings = {names[name]: _named(history, names[name]) for name, history in histories.items()}
    return replace(result, scenarios=tuple(renamed)), recordings


def _named(history: History, name: str) -> History:
    first = history[0]
    assert isinstance(first, ScenarioStarted)
    return History([replace(first, scenario=name), *history[1:]])
