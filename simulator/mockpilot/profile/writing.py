"""From settings to TOML text: the commented profile that people start from, and the effective one of a run.

What leaves here holds no secrets: a password is left out, the variable that it came from stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mockpilot.limits import LIMIT_NAMES
from mockpilot.profile.settings import CmsSettings, Expected, PresystemSettings, Profile, RunSettings
from mockpilot.protocol.handshake import MASK, mask_secret
from mockpilot.protocol.vocabulary import DIALECTS

_LIMIT_COMMENTS = {
    "connect_within": "first connection after start (also how long 'check' waits)",
    "boot_within": "a boot after the upgrade; later is a warning",
    "boot_never": "an open link without any boot",
    "boot_retry_within": "another boot or attempt after an unanswered one",
    "hold": "how long an answer or push is held to expose haste",
    "confirm_within": "answer to a push",
    "resend_within": "an unconfirmed list comes again",
    "reconnect_within": "new attempt after a lost or refused link",
    "provoke_within": "a list after a provoked step, or by itself",
    "silence_within": "a half-open link or missing pushes are noticed",
    "pong_within": "pong after a ping",
    "close_within": "answer to our Close frame",
    "guard": "read this soon after our frame, it may have been sent before",
    "attempt_burst": "connects this close together are one attempt",
    "retry_floor": "a median gap below it over ten attempts is a tight loop",
    "retry_steady": "constant spacing at or above it needs no growth",
    "spacing_observe": "attempts are observed this long before growth is judged",
    "steady_observe": "nothing happens this long before lists are called a busy loop, or not",
    "open_observe": "a list stays unanswered this long to see whether more are heaped up",
    "clock_skew": "the presystem's clock against ours",
    "overlap_within": "two links of one presystem",
    "own_stall": "our own delay beyond it extends deadlines",
}

_COMMENTED = """\
# Profile of one product for mockpilot. What stands here are the defaults; relative paths are relative to this file.

[presystem]
# name = "Acme DepotManager"
# version = "8.2.0"
kind = "BMS"                             # or "ITCS"
id = "Presystem1"                        # presystem id in every message; vdv-1.0 wants a URI
dialect = "chargepilot"                  # or DIALECTS
sends_requests = true                    # false: the product only receives
offers_subprotocol = true                # false: the product names none in its upgrade requests
supervised = false                       # true: COMMAND may exit on link loss and is started again
# user = "acme"                          # default: the id
# password_env = "ACME_MOCK_PASSWORD"    # or password = "…"; made up when both are absent

[cms]
listen = "127.0.0.1:0"                   # a real product needs a fixed port; --listen wins
# host = "lab-pc"                        # name in the URL and in the certificate; default: the listen address
path = "/vdv463/{presystem_id}"          # percent-encoded
# certs = "certs/"                       # folder of 'mockpilot certs'; default: a CA for this run alone
push_interval = "15 s"
depot = "small"                          # a name is a bundled depot, a path a file
partial_lists = false                    # true: the good entries of a bad list are carried out; the error comes anyway
requests_survive = true                  # false: charging requests are forgotten at the presystem's next accepted boot

# How the product is made to send, change or cancel charging requests: one of these.
# [provoke]
# command = ["./plan-a-bus", "--line", "42"]     # run once per step
# http = "http://127.0.0.1:8099/step"            # POST {"step": …, "charging_point_id": …, "charging_request_id": …}
# ask = "Do it in the product, then press Enter"
# stdin = true                                   # one JSON line on COMMAND's standard input

# This tool's policy, in none of the standards: a product with slower timers raises them.
[limits]
LIMITS
# A known deviation: shown and counted apart, part of no outcome.
# [[expected]]
# rule = "link.backs-off"
# reason = "planned for 8.3"
# owner = "it@acme.example"
# until = 2027-03-31
"""


def commented_profile() -> str:
    """A profile with every key and what it means; it parses back to the defaults."""
    values = Profile().limits.as_seconds()
    lines = [
        f"{f'{name} = {_duration(values[name])}':<40} # {_LIMIT_COMMENTS[name]}\n" for name in LIMIT_NAMES
    ]
    others = ", ".join(f'"{name}"' for name in DIALECTS if name != Profile().presystem.dialect)
    return _COMMENTED.replace("LIMITS\n", "".join(lines) + "\n").replace("DIALECTS", others)


def effective_profile(profile: Profile) -> str:
    """What a run went by, as TOML without secrets; paths are absolute."""
    return "\n".join([
        *_presystems(profile.presystems), "[cms]", *_cms(profile.cms), "",
        "[limits]", *(f"{name} = {_duration(value)}" for name, value in profile.limits.as_seconds().items()), "",
        *_provoke(profile), *_expected(profile.expected), *_run(profile.run),
    ]).rstrip() + "\n"  # fmt: skip


def _presystems(presystems: tuple[PresystemSettings, ...]) -> Iterator[str]:
    head = "[presystem]" if len(presystems) == 1 else "[[presystem]]"
    for one in presystems:
        yield head
        texts = {"name": one.name, "version": one.version, "kind": one.kind, "id": one.id, "dialect": one.dialect,
                 "user": one.user, "password_env": one.password_env}  # fmt: skip
        yield from (f"{key} = {_text(value)}" for key, value in texts.items() if value)
        yield f"sends_requests = {str(one.sends_requests).lower()}"
        yield f"offers_subprotocol = {str(one.offers_subprotocol).lower()}"
        yield f"supervised = {str(one.supervised).lower()}"
        yield ""


def _cms(cms: CmsSettings) -> Iterator[str]:
    yield f"listen = {_text(cms.listen)}"
    if cms.host:
        yield f"host = {_text(cms.host)}"
    yield f"path = {_text(cms.path)}"
    if cms.certs is not None:
        yield f"certs = {_text(str(cms.certs.absolute()))}"
    yield f"push_interval = {_duration(cms.push_interval_s)}"
    yield f"depot = {_text(str(cms.depot.absolute()) if isinstance(cms.depot, Path) else cms.depot)}"
    yield f"partial_lists = {str(cms.partial_lists).lower()}"
    yield f"requests_survive = {str(cms.requests_survive).lower()}"


def _provoke(profile: Profile) -> Iterator[str]:
    provoke = profile.provoke
    if provoke is None:
        return
    yield "[provoke]"
    match provoke.way:
        case "command":
            yield f"command = {_texts(hidden(word, profile.presystems) for word in provoke.command)}"
        case "http":
            bare = re.sub(r"//[^/@]*@", "//", provoke.http)
            yield f"http = {_text(hidden(bare, profile.presystems))}"
        case "ask":
            yield f"ask = {_text(hidden(provoke.ask, profile.presystems))}"
        case "stdin":
            yield "stdin = true"
    yield ""


def _expected(expected: tuple[Expected, ...]) -> Iterator[str]:
    for one in expected:
        yield "[[expected]]"
        texts = {"rule": one.rule, "reason": one.reason, "owner": one.owner}
        yield from (f"{key} = {_text(value)}" for key, value in texts.items() if value)
        if one.until is not None:
            yield f"until = {one.until.isoformat()}"
        yield ""


def _run(run: RunSettings | None) -> Iterator[str]:
    if run is None:
        return
    yield "# How the run was started, for 'mockpilot again'."
    yield "[run]"
    yield f"seed = {run.seed}"
    if run.command:
        yield f"command = {_texts(run.command)}"
        yield f"start_once = {str(run.start_once).lower()}"
    if run.scenarios:
        yield f"scenarios = {_texts(str(folder.absolute()) for folder in run.scenarios)}"
    if run.plans:
        # A path is made absolute, the name of a shipped plan stays.
        yield f"plans = {_texts(str(plan.absolute() if plan.exists() else plan) for plan in run.plans)}"
    yield ""


def hidden(text: str, presystems: Iterable[PresystemSettings]) -> str:
    """A text without the presystems' passwords: a short one is found only where it is all there is."""
    for one in presystems:
        if one.password:
            text = MASK if text == one.password else mask_secret(text, one.password)
    return text


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    # A JSON string is a TOML string but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _duration(seconds: float) -> str:
    """Exact, unlike what is written for people to read aloud."""
    if seconds >= 60 and seconds % 60 == 0:
        return f'"{seconds / 60:g} min"'
    if seconds < 1 and round(seconds * 1000, 6).is_integer():
        return f'"{round(seconds * 1000)} ms"'
    return f'"{seconds:.15g} s"'
