"""From a profile to what a CMS needs: certificates, depot, accounts, address. Reads files; starts nothing."""

from __future__ import annotations

import ipaddress
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from mockpilot.clock import RunClock
from mockpilot.cms import tls
from mockpilot.cms.server import Server
from mockpilot.cms.tls import Certificates
from mockpilot.cms.world import World
from mockpilot.depot.loader import load
from mockpilot.depot.model import Depot
from mockpilot.depot.site import ListPolicy, Site
from mockpilot.errors import ProfileError, UsageError
from mockpilot.faults.injector import Injector
from mockpilot.history.recorder import Recorder
from mockpilot.profile import Profile
from mockpilot.profile.settings import PLACEHOLDER, PresystemSettings
from mockpilot.protocol.handshake import Account, is_telling
from mockpilot.protocol.vocabulary import dialect
from mockpilot.scenario.catalogue import shipped_folder


def new_password() -> str:
    """A password for this run: ASCII without a colon, as every stack can send it."""
    return secrets.token_urlsafe(18)


def tells_its_password(server: Server, presystem_id: str) -> bool:
    """Whether a presystem's password, where it is found, can only have been put there as one."""
    accounts = server.world.accounts.values()
    account = next((one for one in accounts if one.presystem_id == presystem_id), None)
    return account is not None and is_telling(account.password, account.user, account.presystem_id)


def passwords(presystems: Sequence[PresystemSettings]) -> dict[str, str]:
    """Every presystem's password by its id; made up where the profile names none."""
    return {one.id: one.password or new_password() for one in presystems}


def host_of(profile: Profile) -> str:
    """The name in the URL and in the certificate."""
    return profile.cms.host or profile.cms.address[0]


def url_of(profile: Profile, presystem_id: str, port: int) -> str:
    """Where the presystem has to connect to."""
    host = host_of(profile)
    bracketed = f"[{host}]" if ":" in host else host
    return f"wss://{bracketed}:{port}{profile.cms.target(presystem_id)}"


def check_host(profile: Profile) -> None:
    """Make sure that there is a name which the presystem can connect to.

    Raises:
        UsageError: the listen address is no address to connect to.
    """
    listen = profile.cms.address[0]
    if profile.cms.host or not is_any_address(listen):
        return
    raise UsageError(f"cms.host: a name or address that the product can connect to is expected, since {listen} "
                     f"listens everywhere; add host = \"…\" to [cms]")  # fmt: skip


def is_any_address(host: str) -> bool:
    """Whether listening there is listening everywhere, so that nobody can connect to it by that name."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def certificates_for(profile: Profile) -> Certificates:
    """Mint certificates, or read the folder that the profile names.

    Raises:
        UsageError: the folder cannot be used.
    """
    hosts = dict.fromkeys([host_of(profile), *_names_of_loopback(host_of(profile))])
    return tls.load(profile.cms.certs, hosts) if profile.cms.certs else tls.mint(hosts)


def _names_of_loopback(host: str) -> tuple[str, ...]:
    return ("localhost",) if host in ("127.0.0.1", "::1") else ()


def depot_for(profile: Profile) -> Depot:
    """Load the depot.

    Raises:
        ProfileError: names file and key.
    """
    chosen = profile.cms.depot
    folder = shipped_folder() / "depots"
    file = chosen if isinstance(chosen, Path) else folder / f"{chosen}.toml"
    try:
        return load(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        known = ", ".join(sorted(one.stem for one in folder.glob("*.toml")))
        raise ProfileError(
            profile.file or "profile", "cms.depot",
            f"a depot file or one of {known} is expected, {str(chosen)!r} cannot be read: {error.strerror}",
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise ProfileError(file, "", f"text in UTF-8 is expected: {error}") from error


def site_for(profile: Profile, start: datetime, chance: Callable[[], float] = lambda: 0.5) -> Site:
    """The depot with nothing asked of it so far, doing with lists as the profile says.

    Args:
        profile: says which depot.
        start: the instant at which it is as its file says.
        chance: floats in [0, 1), for whatever the depot leaves to chance.
    """
    policy = ListPolicy(partial=profile.cms.partial_lists, survives_reconnect=profile.cms.requests_survive)
    return Site(depot_for(profile), start, chance=chance, policy=policy)


def server_for(
    profile: Profile, certificates: Certificates, secrets_: Mapping[str, str], clock: RunClock,
    port: int | None = None, chance: Callable[[], float] = lambda: 0.5,
) -> Server:  # fmt: skip
    """A CMS that does not listen yet, with a recording of its own that an episode replaces.

    Args:
        port: overrides the profile's.
        chance: floats in [0, 1), for whatever the depot leaves to chance.
    """
    spoken = dialect(profile.presystem.dialect)
    accounts = {
        unquote(profile.cms.path).replace(PLACEHOLDER, one.id): Account(one.id, one.user, secrets_[one.id])
        for one in profile.presystems
    }
    world = World(
        dialect=spoken, push_interval_s=profile.cms.push_interval_s, accounts=accounts,
        site=site_for(profile, clock.instant(), chance),
        clock=clock, recorder=Recorder(clock.now, clock.wall), injector=Injector(spoken, random.Random),
        chance=random.Random(), close_within_s=profile.limits.close_within,
    )  # fmt: skip
    host, profile_port = profile.cms.address
    return Server(world, certificates, host, profile_port if port is None else port)
