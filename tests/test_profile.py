"""Profiles: what they may say, what they default to, and how they complain."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mockpilot.errors import ProfileError
from mockpilot.limits import Limits, short_limits
from mockpilot.profile import (
    CmsSettings,
    Expected,
    PresystemSettings,
    Profile,
    Provoke,
    RunSettings,
    commented_profile,
    effective_profile,
    load_profile,
    read_profile,
)
from mockpilot.profile.reading import EverySet
from mockpilot.protocol.vocabulary import DIALECTS

FILE = Path("/lab/acme.toml")
DEMO = Path(__file__).parent.parent / "scenarios" / "profiles" / "demo.toml"

FULL = """
[presystem]
name = "Acme DepotManager"
version = "8.2.0"
kind = "ITCS"
id = "acme-depot-7"
dialect = "vdv-1.1"
sends_requests = false
offers_subprotocol = false
supervised = true
user = "acme"
password_env = "ACME"

[cms]
listen = "[::1]:8463"
host = "lab-pc"
path = "/api/{presystem_id}/ws"
certs = "certs/"
push_interval = "400 ms"
depot = "depots/night.toml"
partial_lists = true
requests_survive = false

[provoke]
command = ["./plan-a-bus", "--line", "42"]

[limits]
resend_within = "90 s"
hold = "500ms"

[[expected]]
rule = "link.backs-off"
reason = "planned for 8.3"
owner = "it@acme.example"
until = 2027-03-31
"""

FULL_PROFILE = Profile(
    presystem=PresystemSettings(
        "Acme DepotManager", "8.2.0", "ITCS", "acme-depot-7", "vdv-1.1", False, True, "acme", "secret", "ACME",
        offers_subprotocol=False,
    ),
    cms=CmsSettings(
        "[::1]:8463", "lab-pc", "/api/{presystem_id}/ws", Path("/lab/certs"), 0.4, Path("/lab/depots/night.toml"),
        partial_lists=True, requests_survive=False,
    ),
    limits=Limits(resend_within=90.0, hold=0.5),
    provoke=Provoke(command=("/lab/plan-a-bus", "--line", "42")),
    expected=(Expected("link.backs-off", "planned for 8.3", "it@acme.example", date(2027, 3, 31)),),
    file=FILE,
)


def problem(text: str, *, several: bool = False) -> str:
    """What a profile is refused with."""
    with pytest.raises(ProfileError) as caught:
        read_profile(text, FILE, several=several, environ={})
    return str(caught.value)


def test_no_file_means_all_defaults() -> None:
    """Without a profile there is Presystem1, a BMS, whose password is still to be made up."""
    profile = load_profile(None)
    assert (
        profile.presystem.id, profile.presystem.user, profile.presystem.password,
    ) == ("Presystem1", "Presystem1", None)  # fmt: skip
    assert Profile() == profile


def test_an_empty_profile_means_all_defaults() -> None:
    """Nothing said, nothing changed."""
    assert replace(Profile(), file=FILE) == read_profile("", FILE)


def test_every_key_is_read() -> None:
    """All that a profile can say arrives, paths relative to its folder."""
    assert read_profile(FULL, FILE, environ={"ACME": "secret"}) == FULL_PROFILE


def test_a_file_is_read(tmp_path: Path) -> None:
    """The file's folder is where its relative paths begin."""
    file = tmp_path / "acme.toml"
    file.write_text(FULL, encoding="utf-8")
    assert tmp_path / "certs" == load_profile(file, environ={"ACME": "secret"}).cms.certs


def test_a_password_is_never_shown() -> None:
    """Neither the record's text nor the effective profile holds it."""
    profile = read_profile(FULL, FILE, environ={"ACME": "secret"})
    assert "secret" not in repr(profile) + effective_profile(profile)


def test_a_password_in_the_profile_is_taken() -> None:
    """It may stand there, too."""
    assert read_profile('presystem.password = "open"', FILE).presystem.password == "open"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[presystm]\nid = "x"', "/lab/acme.toml: presystm: unknown key; did you mean presystem?"),
        ('[presystem]\ndialekt = "x"', "presystem.dialekt: unknown key; did you mean dialect?"),
        ('[cms]\nzzz = 1', "cms.zzz: unknown key; known here: listen, host, path, certs, push_interval, depot"),
        ('[cms]\npartial_lists = "yes"', "cms.partial_lists: true or false is expected, found 'yes'"),
        ('[cms]\nrequests_survive = 1', "cms.requests_survive: true or false is expected, found 1"),
        ('[limits]\nresend_witin = "5 s"', "limits.resend_witin: unknown key; did you mean resend_within?"),
        ('[limits]\nzzz = "5 s"', "limits.zzz: unknown key"),
        ('[limits]\nhold = 5', "limits.hold: a duration in quotes such as \"15 s\" is expected, found 5"),
        ('[limits]\nhold = "5 m"', "limits.hold: a duration such as '500 ms', '15 s', '5 min' or '2 h' is expected"),
        ('[cms]\npush_interval = "0 s"', "cms.push_interval: a duration longer than nothing is expected"),
        ('[presystem]\ndialect = "vdv-1.2"', "is expected, found 'vdv-1.2'; did you mean vdv-1.1?"),
        ('[presystem]\nkind = "bms"', "presystem.kind: one of BMS, ITCS is expected, found 'bms'"),
        ('[presystem]\nid = 7', "presystem.id: text in quotes is expected, found 7"),
        ('[presystem]\nid = ""', "presystem.id: text is expected, found an empty one"),
        ('[presystem]\nsends_requests = "no"', "presystem.sends_requests: true or false is expected, found 'no'"),
        ('[presystem]\noffers_subprotocol = 0', "presystem.offers_subprotocol: true or false is expected, found 0"),
        ('[presystem]\nuser = "a:b"', "presystem.user: printable text without a colon is expected, found 'a:b'"),
        ('[presystem]\nid = "urn:x"', "found 'urn:x' (the id, since no user is given; set user)"),
        ('[presystem]\nuser = "a\\tb"', "presystem.user: printable text without a colon"),
        ('[presystem]\npassword_env = "NOPE"', "presystem.password_env: the variable NOPE is not set"),
        ('[presystem]\npassword = "a"\npassword_env = "B"', "presystem.password: either password or password_env"),
        ('presystem = "x"', "presystem: a table is expected, found 'x'"),
        ('[[presystem]]\nid = "a"\n[[presystem]]\nid = "b"', "presystem: one presystem is expected here, found 2"),
        ('presystem = []', "presystem: at least one presystem is expected"),
        ('[cms]\nlisten = "8463"', "cms.listen: HOST:PORT such as '127.0.0.1:8463'"),
        ('[cms]\nlisten = "::1:80"', "cms.listen: HOST:PORT"),
        ('[cms]\nlisten = "a:99999"', "cms.listen: HOST:PORT"),
        ('[cms]\npath = "vdv463"', "cms.path: a percent-encoded path"),
        ('[cms]\npath = "/{id}"', "cms.path: a percent-encoded path"),
        ('[cms]\nhost = "wss://lab"', "cms.host: a host name or address alone is expected"),
        ("[provoke]", "provoke: exactly one of command, http, ask, stdin is expected, found none"),
        ('[provoke]\nask = "x"\nstdin = true', "found ask and stdin"),
        ('[provoke]\ncommand = "./plan"', "provoke.command: a list of words"),
        ("[provoke]\ncommand = []", "provoke.command: a list of words"),
        ('[provoke]\nhttp = "lab:80"', "provoke.http: a URL that begins with http:// or https://"),
        ('[provoke]\nhttp = "http://a:b@lab/"', "provoke.http: a URL without a user and password is expected"),
        ("[provoke]\nstdin = false", "provoke.stdin: true is expected"),
        ('[expected]\nrule = "x"', "expected: [[expected]] with two brackets on each side is expected"),
        ('[[expected]]\nreason = "x"', "expected[1].rule: is missing"),
        ('[[expected]]\nrule = "x"', "expected[1].reason: is missing"),
        ('[[expected]]\nrule = "x"\nreason = "y"\nuntil = "2027-03-31"', "expected[1].until: a date without quotes"),
        ("[cms\n", "/lab/acme.toml: is no TOML: "),
        ('a = "b\n', "at line 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_and_key(text: str, expected: str) -> None:
    """One sentence says where, what was expected, and what was found."""
    said = problem(text)
    assert said.startswith("/lab/acme.toml: ")
    assert expected in said


@pytest.mark.parametrize(("text", "expected"), [
    ('[[presystem]]\nid = "a"\n[[presystem]]\nid = "b"\ndialect = "vdv-1.1"',
     "presystem[2].dialect: one dialect for all presystems is expected, found 'vdv-1.1' beside 'chargepilot'"),
    ('[[presystem]]\nid = "a"\n[[presystem]]\nid = "b"\n[cms]\npath = "/x"',
     "cms.path: a path with {presystem_id} is expected, since there are 2 presystems"),
])  # fmt: skip
def test_several_presystems_must_not_hide_each_other(text: str, expected: str) -> None:
    """Nothing that a profile says is silently left undone."""
    with pytest.raises(ProfileError) as mistake:
        read_profile(text, Path("/lab/acme.toml"), several=True, environ={})
    assert expected in str(mistake.value)


@pytest.mark.parametrize(("program", "found"), [
    ("./plan", "/lab/plan"), ("tools/plan", "/lab/tools/plan"), ("/opt/plan", "/opt/plan"), ("plan", "plan"),
])  # fmt: skip
def test_program_that_provokes_is_found_from_the_profile(program: str, found: str) -> None:
    """A path is relative to the profile; a bare name is looked up on PATH."""
    profile = read_profile(f'[provoke]\ncommand = ["{program}"]', Path("/lab/acme.toml"), environ={})
    assert profile.provoke is not None
    assert profile.provoke.command == (found,)


def test_user_may_be_beyond_ascii() -> None:
    """Basic credentials are UTF-8."""
    profile = read_profile('[presystem]\nuser = "jürgen"', Path("/lab/acme.toml"), environ={})
    assert profile.presystem.user == "jürgen"


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    """The next step is named."""
    with pytest.raises(ProfileError, match="no such file; 'mockpilot init FILE'"):
        load_profile(tmp_path / "none.toml")


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    """Whatever else the system says about reading it is passed on."""
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(tmp_path)


def test_several_presystems_are_taken_where_allowed() -> None:
    """The first of them is the one that others mean by presystem."""
    profile = read_profile('[[presystem]]\nid = "a"\n[[presystem]]\nid = "b"\nkind = "ITCS"', FILE, several=True)
    assert [one.id for one in profile.presystems] == ["a", "b"]
    assert profile.presystem.id == "a"


def test_several_presystems_need_ids_of_their_own() -> None:
    """Two of the same id could not be told apart."""
    said = problem('[[presystem]]\nid = "a"\n[[presystem]]\nid = "a"', several=True)
    assert "presystem[2].id: 'a' stands there twice" in said


def test_a_bundled_depot_is_a_name() -> None:
    """No slash and no ending: no path."""
    assert read_profile('[cms]\ndepot = "large"', FILE).cms.depot == "large"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ('http = "https://lab/step"', "http"),
        ('ask = "please"', "ask"),
        ("stdin = true", "stdin"),
        ('command = ["plan"]', "command"),
    ],
)
def test_a_step_is_provoked_in_one_way(text: str, way: str) -> None:
    """The record says which of the four it is."""
    provoke = read_profile(f"[provoke]\n{text}", FILE).provoke
    assert provoke is not None
    assert way == provoke.way


def test_the_target_percent_encodes_the_id() -> None:
    """An id that is a URI becomes one path segment."""
    assert CmsSettings().target("uri://Acme/Depot 1") == "/vdv463/uri%3A%2F%2FAcme%2FDepot%201"


def test_the_listen_address_is_split() -> None:
    """Brackets belong to the text, not to the address."""
    assert CmsSettings(listen="[::1]:80").address == ("::1", 80)
    assert CmsSettings().address == ("127.0.0.1", 0)


def test_the_commented_profile_parses_back_to_the_defaults() -> None:
    """What 'init' writes changes nothing until somebody changes it."""
    assert replace(Profile(), file=FILE) == read_profile(commented_profile(), FILE)


def test_the_commented_profile_is_valid_with_every_key_in_place() -> None:
    """Its commented lines are right, too."""
    lines = [line.removeprefix("# ") for line in commented_profile().splitlines()]
    text = "\n".join(line for line in lines if " = " in line or line.startswith("["))
    for other in ("http", "ask", "stdin"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith(f"{other} ="))
    assert read_profile(text, FILE, environ={"ACME_MOCK_PASSWORD": "x"}).expected[0].rule == "link.backs-off"


@pytest.mark.parametrize("provoke", [None, Provoke(stdin=True), Provoke(ask='"so"'), Provoke(http="http://lab/")])
def test_the_effective_profile_parses_back_but_for_the_password(provoke: Provoke | None) -> None:
    """It can be run again."""
    profile = replace(FULL_PROFILE, provoke=provoke)
    assert profile == read_profile(effective_profile(profile), FILE, environ={"ACME": "secret"})


def test_the_effective_profile_keeps_several_presystems() -> None:
    """All that were served are in it."""
    both = (PresystemSettings(id="a"), PresystemSettings(id="b"))
    text = effective_profile(Profile(presystem=both[0], presystems=both))
    assert both == read_profile(text, FILE, several=True).presystems


def test_the_effective_profile_holds_no_login_of_a_url() -> None:
    """Credentials in the address of the provoking service are secrets as well."""
    assert "pw" not in effective_profile(Profile(provoke=Provoke(http="http://me:pw@lab/step")))


def test_the_effective_profile_of_a_run_says_how_it_was_started(tmp_path: Path) -> None:
    """With the name of a shipped plan as it was given, and folders by their whole path."""
    command = ("./acme", "--url", "{url}", "--password={password}")
    run = RunSettings(7, command, True, (tmp_path,), (Path("rough_night"),))
    assert read_profile(effective_profile(Profile(run=run)), FILE).run == run
    assert read_profile(effective_profile(Profile(run=RunSettings(9))), FILE).run == RunSettings(9)
    assert read_profile(effective_profile(Profile()), FILE).run is None


@pytest.mark.parametrize(("text", "named"), [
    ('seed = "7"', "run.seed: a whole number is expected, found '7'"),
    ("seed = true", "run.seed: a whole number is expected"),
    ('command = "./acme"', "run.command: a list of texts is expected, found './acme'"),
    ("scenarios = [7]", "run.scenarios: a list of texts is expected"),
    ("jobs = 3", "run.jobs: unknown key"),
])  # fmt: skip
def test_how_a_run_was_started_is_checked(text: str, named: str) -> None:
    """Somebody may have changed it by hand."""
    with pytest.raises(ProfileError, match=re.escape(named)):
        read_profile(f"[run]\n{text}\n", FILE)


@pytest.mark.parametrize(("password", "word", "stored"), [
    ("a long password", "--login=a long password", "--login=***"),
    ("a long password", "YSBsb25nIHBhc3N3b3Jk", "***"),
    ("short", "short", "***"),
    ("short", "shortly", "shortly"),
])  # fmt: skip
def test_the_effective_profile_hides_a_password_in_the_provoking_command(
    password: str, word: str, stored: str
) -> None:
    """A short one only where it is all there is: it would be found in any word."""
    profile = Profile(presystem=PresystemSettings(password=password), provoke=Provoke(command=("plan", word)))
    assert f'command = ["plan", "{stored}"]' in effective_profile(profile)


def test_an_environment_in_which_all_is_set_reads_any_profile() -> None:
    """For whoever only looks at one."""
    assert read_profile('[presystem]\npassword_env = "NOBODY_SETS_THIS"\n', FILE, environ=EverySet()).file == FILE
    assert dict(EverySet()) == {}


def test_the_demo_profile_is_valid_and_says_short_limits() -> None:
    """It waits at least two seconds for any reaction, and its reports carry the mark."""
    profile = load_profile(DEMO)
    values = profile.limits.as_seconds()
    reactions = [name for name in values if name.endswith("_within") or name == "boot_never"]
    assert min(values[name] for name in reactions) >= 2
    assert short_limits(profile.limits, profile.cms.push_interval_s) == (
        "attempt_burst", "steady_observe", "open_observe",
    )  # fmt: skip


@pytest.mark.parametrize("name", DIALECTS)
def test_id_that_nobody_named_follows_the_dialect(name: str) -> None:
    """By option or by key: the default id is one that the dialect allows, and its user name has no colon."""
    text = f'presystem.dialect = "{name}"'
    by_key = read_profile(text, FILE).presystem
    assert by_key == load_profile(None, dialect=name).presystem == read_profile("", FILE, dialect=name).presystem
    assert (by_key.id, ":" in by_key.user) == (DIALECTS[name].default_presystem_id, False)
    assert by_key == read_profile(effective_profile(Profile(presystem=by_key)), FILE).presystem


def test_option_wins_over_the_dialect_of_the_profile() -> None:
    """A named id stays what it is, and all presystems speak the dialect of the option."""
    text = '[[presystem]]\nid = "a"\ndialect = "vdv-1.1"\n[[presystem]]\nid = "b"\ndialect = "vdv-1.1"'
    found = read_profile(text, FILE, several=True, dialect="vdv-1.0").presystems
    assert [(one.id, one.user, one.dialect) for one in found] == [("a", "a", "vdv-1.0"), ("b", "b", "vdv-1.0")]


def test_default_id_of_1_0_is_encoded_in_the_path() -> None:
    """Its colons are percent-encoded."""
    profile = load_profile(None, dialect="vdv-1.0")
    assert profile.cms.target(profile.presystem.id) == "/vdv463/urn%3Amockpilot%3Apresystem1"
