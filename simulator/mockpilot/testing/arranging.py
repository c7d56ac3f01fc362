"""From wishes and a profile to what an episode is played with. Starts nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from mockpilot.certification.episode_set import Set
from mockpilot.certification.product import Surroundings
from mockpilot.certification.setting import passwords, server_for
from mockpilot.clock import RunClock
from mockpilot.profile import Profile, load_profile
from mockpilot.profile.settings import default_user
from mockpilot.protocol.vocabulary import dialect
from mockpilot.testing.authority import Authority
from mockpilot.testing.wishes import Wishes

FIRST_INSTANT = datetime(2027, 1, 14, 8, 0, tzinfo=UTC)
"""When a CMS begins whose time is manual and whose seed is given: its frames are then the same every time."""
END_WITHIN_S = 0.02
"""How long a product may take to answer our Close at the end of a test, in real seconds."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a CMS is set up from."""

    wishes: Wishes
    profile: Profile
    authority: Authority
    seed: int
    name: str
    """Of the test, for the recording."""


def arrange(
    wishes: Wishes, profile: Profile | Path | str | None, depot: Path | str | None, authority: Authority, name: str
) -> Arrangement:
    """Settle everything that can be settled before a loop runs.

    Raises:
        MockpilotError: names what cannot be used.
    """
    settled = profile if isinstance(profile, Profile) else load_profile(Path(profile) if profile is not None else None)
    if wishes.dialect is not None:
        settled = _speaking(settled, wishes.dialect)
    if wishes.push_interval_s is not None:
        settled = replace(settled, cms=replace(settled.cms, push_interval_s=wishes.push_interval_s))
    if depot is not None:
        settled = replace(settled, cms=replace(settled.cms, depot=depot))
    seed = wishes.seed if wishes.seed is not None else random.SystemRandom().getrandbits(32)
    return Arrangement(wishes, settled, authority, seed, name)


def _speaking(profile: Profile, name: str) -> Profile:
    one = profile.presystem
    spoken, before = dialect(name), dialect(one.dialect)
    id_ = spoken.default_presystem_id if one.id == before.default_presystem_id else one.id
    user = default_user(id_, name) if one.user == default_user(one.id, one.dialect) else one.user
    changed = replace(one, dialect=name, id=id_, user=user)
    return replace(profile, presystem=changed, presystems=(changed,))


def set_for(arrangement: Arrangement) -> Set:
    """What episodes are played with, the server not listening yet; call it in the loop that will serve."""
    profile, presystem = arrangement.profile, arrangement.profile.presystem
    fixed = arrangement.wishes.time == "manual" and arrangement.wishes.seed is not None
    clock = RunClock(FIRST_INSTANT if fixed else None)
    secrets = passwords(profile.presystems)
    chance = random.Random(f"{arrangement.seed}/depot").random
    server = server_for(profile, arrangement.authority.certificates, secrets, clock, port=0, chance=chance)
    surroundings = Surroundings(
        url="", ca_file=arrangement.authority.ca_file, user=presystem.user, password=secrets[presystem.id],
        presystem_id=presystem.id, kind=presystem.kind, dialect=presystem.dialect,
        subprotocol=next(iter(server.world.dialect.subprotocols), ""), push_interval_s=profile.cms.push_interval_s,
    )  # fmt: skip
    return Set(
        profile=profile, clock=clock, server=server, surroundings=surroundings, seed=arrangement.seed, ask=_nobody,
    )  # fmt: skip


async def _nobody(_question: str) -> bool:
    """There is no person beside a test."""
    return False
