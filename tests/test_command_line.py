"""The command line: mistakes in one sentence and without a trace on disk, exit statuses, what the catalogue tells."""

from __future__ import annotations

import json
import re
import socket
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from mockpilot.cli.catalogue import KINDS
from mockpilot.cli.main import COMMANDS, main
from mockpilot.conformance.requirements import REQUIREMENTS
from mockpilot.conformance.rules import RULES
from mockpilot.faults.verbs import VERBS
from mockpilot.limits import LIMIT_NAMES, Limits
from mockpilot.profile import Profile, load_profile
from mockpilot.protocol.vocabulary import DIALECTS
from mockpilot.scenario.catalogue import load_catalogue
from running import DEMO, EXEMPLARY, Certified, certify

PRODUCT = ("--", "true")
HEAD = 'from mockpilot.scenario import scenario\n\n\n@scenario(exercises=[], group="Booting")\n'
Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run a command in an empty folder; answers exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def refuses(says: Says, *words: str, named: str) -> str:
    """Check that a command is refused in one sentence that names the place, and that nothing was written."""
    status, out, err = says(*words)
    assert (status, out) == (3, "")
    assert err.startswith("mockpilot: ")
    assert err.count("\n") == 1, err
    assert named in err
    assert not Path("runs").exists()
    return err


# -- mistakes in a profile ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "named"), [
    ("x =", "acme.toml: is no TOML"),
    ('[cms]\npush_intervall = "1 s"', "acme.toml: cms.push_intervall: unknown key; did you mean push_interval?"),
    ('[presystem]\nsends_requests = "yes"', "presystem.sends_requests: true or false is expected, found 'yes'"),
    ("[presystem]\nid = 7", "presystem.id: text in quotes is expected, found 7"),
    ('[limits]\nhold = "3 sec"', "limits.hold: a duration such as '500 ms'"),
    ('[limits]\nholdd = "3 s"', "limits.holdd: unknown key; did you mean hold?"),
    ('[presystem]\ndialect = "vdv-1.2"', "presystem.dialect: one of chargepilot"),
    ('[presystem]\npassword_env = "NOBODY_SETS_THIS"', "presystem.password_env: the variable NOBODY_SETS_THIS is not"),
    ('[cms]\nlisten = "8463"', "cms.listen: HOST:PORT such as"),
    ('[cms]\nlisten = "0.0.0.0:0"', "cms.host: a name or address that the product can connect to is expected"),
    ('[cms]\ncerts = "no-certs"', "no-certs/ca.pem: a PEM file is expected there; 'mockpilot certs"),
    ('[cms]\ndepot = "smal"', "acme.toml: cms.depot: a depot file or one of edge_cases, night_shift, small"),
    ('[cms]\ndepot = "no/depot.toml"', "acme.toml: cms.depot: a depot file or one of edge_cases, night_shift, small"),
    ('[[expected]]\nrule = "link.back-off"\nreason = "later"', "'link.back-off' — did you mean 'link.backs-off'?"),
    ('[provoke]\nstdin = true\nask = "Plan"', "acme.toml: provoke: exactly one of command, http, ask, stdin"),
    ('[[presystem]]\nid = "a"\n[[presystem]]\nid = "b"', "only 'serve' takes several"),
])  # fmt: skip
def test_profile_that_cannot_work_is_named_with_its_key(text: str, named: str, says: Says) -> None:
    """File, key, what was expected, and the nearest name."""
    Path("acme.toml").write_text(text, encoding="utf-8")
    refuses(says, "certify", "--profile", "acme.toml", *PRODUCT, named=named)


def test_profile_that_is_not_there(says: Says) -> None:
    """The command that makes one is named."""
    refuses(says, "certify", "--profile", "acme.toml", *PRODUCT, named="acme.toml: no such file; 'mockpilot init FILE'")


def test_depot_that_cannot_be_read_is_named_with_its_key(says: Says) -> None:
    """The depot's own file and key, not the profile's."""
    Path("yard.toml").write_text('[depot]\nid = 3\n[[station]]\nid = "s"\n[[station.point]]\nid = "p"\n')
    Path("acme.toml").write_text('[cms]\ndepot = "yard.toml"')
    refuses(says, "certify", "--profile", "acme.toml", *PRODUCT, named="yard.toml: depot.id")


def test_certificates_that_are_none(says: Says) -> None:
    """The folder is named."""
    for name in ("ca.pem", "server.pem", "server.key"):
        Path(name).write_text("no PEM")
    Path("acme.toml").write_text('[cms]\ncerts = "."')
    named = "server.pem and server.key must hold a certificate"
    refuses(says, "certify", "--profile", "acme.toml", *PRODUCT, named=named)


def test_steps_on_standard_input_need_a_command(says: Says) -> None:
    """Without COMMAND there is none: what needs a step is left out with that reason, the rest would run."""
    reason = "no way to provoke by hand: [provoke] stdin needs a COMMAND; command, http or ask do not"
    status, out, _ = says("certify", "--profile", str(DEMO), "--dry-run")
    assert status == 0
    assert re.search(f"not selected, {re.escape(reason)}: .*request_changed", out)
    assert re.search("^confirmation_missing +usually", out, re.MULTILINE)
    status, _, err = says("certify", "request_changed", "--profile", str(DEMO))
    assert (status, err) == (4, f"mockpilot: nothing is selected ({reason}); --dry-run shows each reason\n")


# -- mistakes on the command line --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "named"), [
    (["--limit", "junk"], "--limit: NAME=DURATION with one of connect_within"),
    (["--limit", "holdd=3 s"], "found 'holdd=3 s'"),
    (["--limit", "hold=3"], "--limit hold: a duration such as"),
    (["--limit", "hold=0 s"], "--limit hold: a duration longer than nothing is expected"),
    (["--listen", "junk"], "--listen: HOST:PORT such as"),
    (["--listen", "0.0.0.0:0"], "cms.host: a name or address that the product can connect to is expected"),
    (["--listen", "192.0.2.1:0"], "listen: an address of this machine is expected, found '192.0.2.1:0'"),
    (["--dialect", "vdv-9"], "dialect: one of chargepilot"),
    (["--push-interval", "soon"], "--push-interval: a duration such as"),
    (["--push-interval", "0 s"], "--push-interval: a duration above zero"),
    (["--scenarios", "nowhere"], "nowhere: a folder with scenario files is expected"),
    (["boot_acepted"], "SELECTION: a scenario, requirement or rule"),
    (["boot_acepted"], "found 'boot_acepted' — did you mean 'boot_accepted'?"),
    (["L-99"], "SELECTION: a scenario, requirement or rule"),
    ([""], "SELECTION: a scenario, requirement or rule"),
    (["--skip", "link_reset", "--skip", "link_resett"], "--skip: a scenario, requirement or rule"),
    (["--jobs", "0"], "--jobs"),
    (["--jobs", "2", "--start", "once"], "--jobs 2: several at a time need a COMMAND"),
    (["--jobs", "2", "--listen", "127.0.0.1:8463"], "cms.listen must end in :0"),
    (["--start", "twice"], "--start"),
    (["--seed", "x"], "--seed"),
    (["--lmit", "hold=3 s"], "No such option '--lmit'"),
])  # fmt: skip
def test_option_that_cannot_work_is_named(words: list[str], named: str, says: Says) -> None:
    """One sentence, before anything starts."""
    refuses(says, "certify", *words, *PRODUCT, named=named)


@pytest.mark.parametrize(("words", "named"), [
    (["certify", "--jobs", "2"], "--jobs 2: several at a time need a COMMAND"),
    (["certify", "--", "no-such-program"], "COMMAND: a program that can be started is expected, 'no-such-program'"),
    (["certify", "--", "./text"], "COMMAND: a program that can be started is expected, './text'"),
    (["certify", "--"], "COMMAND: a program and its arguments are expected after '--', found nothing"),
    (["list", "--", "true"], "list: no '--' is expected"),
    (["certifi"], "No such command 'certifi'"),
    (["list", "nonsense"], "list: one of scenarios, rules"),
    (["explain", "boot_acepted"], "did you mean boot_accepted"),
    (["explain"], "NAME"),
    (["report", "nowhere"], "nowhere: a run folder, or a ZIP file of one, is expected"),
    (["judge", "nowhere.jsonl"], "nowhere.jsonl: the trace of a scenario is expected"),
    (["judge", "text"], "text"),
    (["certs", "text"], "text: the folder must be writable"),
    (["init", "text"], "text: it exists already"),
    (["init", "no/acme.toml"], "no/acme.toml: a file that can be written is expected"),
    (["presystem", "--url", "ws://127.0.0.1:1/"], "wss://HOST:PORT/PATH is expected"),
])  # fmt: skip
def test_command_that_cannot_work_is_refused(words: list[str], named: str, says: Says) -> None:
    """Every command says what it expected."""
    Path("text").write_text("no program, no trace, no folder\n")
    refuses(says, *words, named=named)


def test_nothing_at_all_shows_the_help(says: Says) -> None:
    """A call without a command is a mistake, but the way on is shown."""
    status, out, err = says()
    assert (status, out) == (3, "")
    assert all(command in err for command in COMMANDS)


def test_port_in_use(says: Says) -> None:
    """The port is named, and nothing was written."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refuses(says, "certify", "--listen", f"127.0.0.1:{port}", *PRODUCT, named=f"port {port} of 127.0.0.1 is in use")


def test_folder_of_runs_that_cannot_be_written(says: Says) -> None:
    """A file stands in its place."""
    Path("file").write_text("here")
    refuses(says, "certify", "--out", "file", *PRODUCT, named="--out file: a folder that can be written is expected")


@pytest.mark.parametrize(("name", "code", "named"), [
    ("broken", "from mockpilot.scenario import scenario\n\ndef broken(:\n", "more/broken.py:3: "),
    ("raising", "\n\n\nimport no_such_module\n", "more/raising.py:4: "),
    ("short", f'{HEAD}async def short(cms):\n    """One part only."""\n', "more/short.py: scenario short: a docstring"),
    ("empty", "", "more/empty.py: exactly one scenario named 'empty' is expected, found none"),
])  # fmt: skip
def test_scenario_file_that_cannot_be_loaded(name: str, code: str, named: str, says: Says) -> None:
    """The file is named, and the line where there is one."""
    Path("more").mkdir()
    Path("more", f"{name}.py").write_text(code)
    refuses(says, "certify", "--scenarios", "more", *PRODUCT, named=named)


@pytest.mark.parametrize("words", [["sh", "run.sh"], ["sh", "run.sh", "--cms", "{url}"]])
def test_command_without_the_two_dashes_is_told_where_they_belong(words: list[str], says: Says) -> None:
    """Whether its words or its options are what nobody knows."""
    refuses(says, "certify", *words, named="; if 'sh' begins the COMMAND, put -- before it: mockpilot certify … -- sh")


def test_placeholder_that_looks_like_ours_is_warned_of(says: Says) -> None:
    """It is passed on all the same: it may be the product's own."""
    status, _, err = says("certify", "boot_accepted", "--dry-run", "--", "true", "--cms", "{uri}")
    assert (status, err) == (0, "mockpilot: COMMAND: {uri} is passed on as it stands; did you mean {url}?\n")


def test_mistake_in_a_profile_names_the_way_to_all_of_them(says: Says) -> None:
    """Not where the file is in order and the environment is not, and not where lint said it."""
    Path("acme.toml").write_text("[cms]\npush = 1\nhots = 2\n", encoding="utf-8")
    named = "; 'mockpilot lint acme.toml' names all that is wrong with it\n"
    refuses(says, "certify", "--profile", "acme.toml", *PRODUCT, named=named)
    Path("acme.toml").write_text('[presystem]\npassword_env = "ACME_NOT_SET"\n', encoding="utf-8")
    assert "lint" not in refuses(says, "certify", "--profile", "acme.toml", *PRODUCT, named="ACME_NOT_SET is not set")


@pytest.mark.parametrize(("word", "said"), [
    ("boot_accepted", "; 'mockpilot explain boot_accepted' tells about it"), ("plan", "; did you mean plans?"),
])  # fmt: skip
def test_list_of_what_is_no_kind_names_the_way_on(word: str, said: str, says: Says) -> None:
    """Another command, or the kind that was meant."""
    refuses(says, "list", word, named=f"found {word!r}{said}")


# -- what certify says without running ---------------------------------------------------------------------------------


def test_plan_is_all_that_runs_unless_more_is_selected(says: Says) -> None:
    """By its file's name, with the time that it may take; a shipped one goes by its name."""
    Path("mine.toml").write_text('title = "x"\nlasts = "1 h"\n[[fault]]\ndo = "forget"\n', encoding="utf-8")
    status, out, _ = says("certify", "--plan", "mine.toml", "--plan", "rough_night", "--dry-run", *PRODUCT)
    assert status == 0
    assert "2 would run" in out
    assert re.search(r"^mine +usually +30 s, at worst 1 h", out, re.MULTILINE)
    more = says("certify", "boot_accepted", "mine", "--plan", "mine.toml", "--dry-run", *PRODUCT)[1]
    assert "2 would run" in more
    refuses(says, "certify", "--plan", "nowhere.toml", *PRODUCT, named="nowhere.toml: a plan's file or one of")


def test_dry_run_shows_what_would_run_and_why_the_rest_would_not(says: Says) -> None:
    """Nothing is started or written."""
    status, out, err = says("certify", "L-", "--skip", "outage_503", "--dry-run", *PRODUCT)
    assert (status, err) == (0, "")
    assert re.search(r"^link_goes_silent +usually +\S+ \S+, at worst ", out, re.MULTILINE)
    assert "1 not selected, skipped: outage_503\n" in out
    assert re.search(r"^[0-9]+ not selected$", out, re.MULTILINE)
    assert "boot_accepted" not in out
    assert list(Path().iterdir()) == []


def test_nothing_selected_is_status_4(says: Says) -> None:
    """A scenario that the profile cannot have is no mistake of use."""
    Path("acme.toml").write_text("[presystem]\nsends_requests = false")
    status, _, err = says("certify", "request_changed", "--profile", "acme.toml", *PRODUCT)
    assert status == 4
    assert "nothing is selected (receive-only)" in err
    assert not Path("runs").exists()


def test_bad_certificates_need_the_key_of_the_authority(says: Says) -> None:
    """A folder without ``ca.key`` works but for the certificate scenarios."""
    assert says("certs", "lab", "--host", "127.0.0.1")[0] == 0
    Path("acme.toml").write_text('[cms]\ncerts = "lab"')
    with_key = says("certify", "C-03", "--dry-run", "--profile", "acme.toml", *PRODUCT)[1]
    Path("lab/ca.key").unlink()
    status, without_key, _ = says("certify", "C-03", "--dry-run", "--profile", "acme.toml", *PRODUCT)
    wanting = [one for one in load_catalogue().values() if "C-03" in (*one.exercises, *one.also)]
    assert f"{len(wanting)} would run" in with_key
    assert (status, "0 would run" in without_key) == (4, True)
    assert re.search(r"not selected, needs the key of the CA \(ca\.key\): .*certificate_unknown_ca", without_key)


# -- exit status and output of a run -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A run with a warning and nothing worse, its result on stdout, and ``--strict``."""
    return certify(
        tmp_path_factory.mktemp("warned"), "boot_accepted", "--json", "--strict",
        command=[*EXEMPLARY, "--offend", "envelope.time-stamp-is-utc"],
    )  # fmt: skip


def test_json_alone_is_on_stdout(warned: Certified) -> None:
    """The same as in the folder, and no progress beside it."""
    assert warned.stdout == (warned.folder / "result.json").read_text(encoding="utf-8")
    assert json.loads(warned.stdout)["schema"] == "mockpilot.result/1"
    assert warned.stderr == ""


def test_strict_changes_the_exit_status_alone(warned: Certified) -> None:
    """A warning stays a warning in the result."""
    assert (warned.status, warned.result["outcome"], warned.result["counts"]["warned"]) == (1, "warned", 1)


def test_expected_deviation_spoils_nothing(tmp_path: Path) -> None:
    """Even under ``--strict``; it is told apart in the result."""
    expected = '\n[[expected]]\nrule = "envelope.time-stamp-is-utc"\nreason = "planned"\n'
    (tmp_path / "acme.toml").write_text(DEMO.read_text(encoding="utf-8") + expected, encoding="utf-8")
    done = certify(tmp_path / "runs", "boot_accepted", "--strict", profile=tmp_path / "acme.toml",
                   command=[*EXEMPLARY, "--offend", "envelope.time-stamp-is-utc"])  # fmt: skip
    assert (done.status, done.result["outcome"]) == (0, "passed")
    assert [(one["rule"], one["state"]) for one in done.result["deviations"]] == [
        ("envelope.time-stamp-is-utc", "occurred")
    ]


@pytest.mark.parametrize(("rule", "until", "state"), [
    ("envelope.time-stamp-is-utc", "until = 2020-01-01", "overdue"),
    ("boot.comes-first", "", "gone"),
])  # fmt: skip
def test_expected_deviation_that_is_stale_fails_the_run(rule: str, until: str, state: str, tmp_path: Path) -> None:
    """Exit status 1, and what to do stands in every report, although no scenario failed."""
    expected = f'\n[[expected]]\nrule = "{rule}"\nreason = "planned"\n{until}\n'
    (tmp_path / "acme.toml").write_text(DEMO.read_text(encoding="utf-8") + expected, encoding="utf-8")
    done = certify(tmp_path / "runs", "boot_accepted", profile=tmp_path / "acme.toml",
                   command=[*EXEMPLARY, "--offend", "envelope.time-stamp-is-utc"])  # fmt: skip
    assert (done.status, done.result["outcome"], done.result["counts"]["failed"]) == (1, "failed", 0)
    assert [one["state"] for one in done.result["deviations"]] == [state]
    assert f"expected deviation is {state}" in done.stdout
    assert f"The expected deviation from {rule}" in (done.folder / "report.html").read_text(encoding="utf-8")
    assert '<failure type="' + state in (done.folder / "junit.xml").read_text(encoding="utf-8")


# -- the catalogue -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_every_kind_is_listed(kind: str | None, says: Says) -> None:
    """Something of each kind, each entry on a line of its own."""
    status, out, err = says("list", *([kind] if kind else []))
    assert (status, err) == (0, "")
    assert out.strip()


@pytest.mark.parametrize("kind", ["scenarios", "requirements", "rules", "faults", "dialects", "limits"])
def test_every_entry_is_explained(kind: str, says: Says) -> None:
    """By its name, which the explanation repeats."""
    names = {"scenarios": load_catalogue(), "requirements": REQUIREMENTS, "rules": RULES, "faults": VERBS,
             "dialects": DIALECTS, "limits": LIMIT_NAMES}[kind]  # fmt: skip
    for name in names:
        status, out, err = says("explain", name)
        assert (status, err) == (0, ""), name
        assert name in out.splitlines()[0]


def test_scenario_is_explained_by_what_a_conforming_presystem_does(says: Says) -> None:
    """Whatever the level of what it asks: L-11 is a should."""
    _, out, _ = says("explain", "second_link")
    assert re.search(r"^conforming   The presystem ", out, re.MULTILINE)
    assert not re.search(r"^must\b", out, re.MULTILINE)


# -- setting up --------------------------------------------------------------------------------------------------------


def test_certs_are_kept_private_and_never_overwritten(says: Says) -> None:
    """Keys get mode 0600; a second call changes nothing."""
    assert says("certs", "lab")[0] == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in Path("lab").iterdir()}
    before = {path.name: path.read_bytes() for path in Path("lab").iterdir()}
    assert set(modes) == {"ca.pem", "ca.key", "server.pem", "server.key"}
    assert modes["ca.key"] == modes["server.key"] == 0o600
    refuses(says, "certs", "lab", named="it exists already")
    assert {path.name: path.read_bytes() for path in Path("lab").iterdir()} == before


def test_init_writes_a_profile_that_says_the_defaults(says: Says) -> None:
    """It parses back, and names every limit."""
    assert says("init", "acme.toml")[0] == 0
    read = load_profile(Path("acme.toml"))
    assert (read.presystem, read.cms, read.limits) == (Profile().presystem, Profile().cms, Limits())
    assert set(tomllib.loads(Path("acme.toml").read_text(encoding="utf-8"))["limits"]) == set(LIMIT_NAMES)


def test_selftest_tells_which_scenario_convicts_whom(capsys: pytest.CaptureFixture[str]) -> None:
    """For the rules that are named, offenders alone; the last line counts."""
    assert main(["selftest", "boot.comes-first", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert "✓ boot.comes-first  B-01  must    boot_accepted" in out
    assert out.rstrip().endswith(
        "1 of 1 judged rules convicted by their offender · 0 false alarms in 0 conforming presystems"
    )


def test_selftest_refuses_a_rule_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and nothing is played."""
    assert main(["selftest", "nonsense"]) == 3
    assert "found 'nonsense'" in capsys.readouterr().err
