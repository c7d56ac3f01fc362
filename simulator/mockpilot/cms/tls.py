"""Certificates of a run and the server contexts that show them: the good one, and those of the menu at first use.

Everything is minted when a run begins or a fault asks for it and lives in memory, unless a folder of PEM files brings
a CA of its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

import trustme

from mockpilot.cms import menu
from mockpilot.cms.menu import ECDSA, RECIPES, Recipe
from mockpilot.errors import UsageError

GOOD = "good"
PEM_FILES = ("ca.pem", "server.pem", "server.key")


class Certificates:
    """What a CMS can show in one run.

    Args:
        good: shows the good certificate.
        ca_pem: the trust anchor that the presystem is given.
        authority: signs more of them; without it there is only the good one.
        hosts: names and addresses of the CMS.
    """

    def __init__(
        self, good: ssl.SSLContext, ca_pem: bytes, authority: trustme.CA | None = None, hosts: Iterable[str] = ()
    ) -> None:
        self.ca_pem = ca_pem
        self._authority, self._hosts = authority, tuple(hosts)
        self._contexts = {GOOD: good}
        self._elsewhere: dict[tuple[str, ...], ssl.SSLContext] = {}

    @property
    def bad_kinds(self) -> tuple[str, ...]:
        """Which of the menu can be shown; none without the CA's key."""
        return tuple(kind for kind, recipe in RECIPES.items() if not self._why_not(kind, recipe))

    @property
    def can_sign(self) -> bool:
        """Whether the CA's key is there."""
        return self._authority is not None

    def context(self, kind: str) -> ssl.SSLContext:
        """The one context of a kind, made when it is first asked for.

        Raises:
            UsageError: this authority or machine cannot make it.
        """
        if kind not in self._contexts:
            self._contexts[kind] = self._make(kind, RECIPES[kind], self._hosts)
        return self._contexts[kind]

    def elsewhere(self, hosts: tuple[str, ...]) -> ssl.SSLContext:
        """A good certificate for other names of this machine, made once for the same names.

        Raises:
            UsageError: the CA's key is not there.
        """
        if hosts not in self._elsewhere:
            self._elsewhere[hosts] = self._make("for another host", Recipe(), hosts)
        return self._elsewhere[hosts]

    def _make(self, kind: str, recipe: Recipe, hosts: tuple[str, ...]) -> ssl.SSLContext:
        if why_not := self._why_not(kind, recipe):
            raise UsageError(why_not)
        assert self._authority is not None
        try:
            return menu.make(recipe, self._authority, hosts)
        except (ssl.SSLError, ValueError) as error:
            raise UsageError(f"certificate {kind!r} cannot be made with this CA and this OpenSSL: {error}") from error

    def _why_not(self, kind: str, recipe: Recipe) -> str:
        if self._authority is None:
            return f"certificate {kind!r} needs the key of the CA (ca.key), which is not there"
        if recipe.versions == menu.OLD and not menu.can_speak(recipe.versions):
            return f"certificate {kind!r} needs an OpenSSL that still speaks TLS 1.0 or 1.1; this machine's does not"
        return ""


def mint(hosts: Iterable[str]) -> Certificates:
    """Make a CA for this run alone and a leaf for these hosts."""
    ca, names, good = trustme.CA(key_type=ECDSA), tuple(hosts), menu.new_context()
    ca.issue_cert(*names, key_type=ECDSA).configure_cert(good)
    return Certificates(good, ca.cert_pem.bytes(), ca, names)


def load(folder: Path, hosts: Iterable[str]) -> Certificates:
    """Read a folder as ``mockpilot certs`` writes it; without ``ca.key`` only the good certificate can be shown.

    Raises:
        UsageError: names the file that is missing or cannot be read.
    """
    for name in PEM_FILES:
        if not (folder / name).is_file():
            raise UsageError(f"{folder / name}: a PEM file is expected there; 'mockpilot certs {folder}' makes one")
    try:
        ca_pem = (folder / "ca.pem").read_bytes()
        good = menu.new_context()
        good.load_cert_chain(folder / "server.pem", folder / "server.key")
        if not (folder / "ca.key").is_file():
            return Certificates(good, ca_pem)
        ca = trustme.CA.from_pem(ca_pem, (folder / "ca.key").read_bytes())
    except ssl.SSLError as error:
        raise UsageError(
            f"{folder}: server.pem and server.key must hold a certificate and its own key, without a passphrase, in "
            f"PEM form, and do not; 'mockpilot certs' shows how they look"
        ) from error
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{folder}: certificates and keys in PEM form are expected: {error}") from error
    return Certificates(good, ca_pem, ca, tuple(hosts))


def write(folder: Path, hosts: Iterable[str]) -> None:
    """Write a CA and a leaf for a lab that outlives one run; keys get mode 0600, nothing is overwritten.

    Raises:
        UsageError: a file stands there already, or the folder cannot be written.
    """
    ca = trustme.CA(key_type=ECDSA)
    leaf = ca.issue_cert(*hosts, key_type=ECDSA)
    files = {
        "ca.pem": ca.cert_pem.bytes(), "ca.key": ca.private_key_pem.bytes(),
        "server.pem": b"".join(blob.bytes() for blob in leaf.cert_chain_pems),
        "server.key": leaf.private_key_pem.bytes(),
    }  # fmt: skip
    for name in files:
        if (folder / name).exists():
            raise UsageError(f"{folder / name}: it exists already; remove it or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            path = folder / name
            path.touch(mode=0o600 if name.endswith(".key") else 0o644)
            path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{folder}: the folder must be writable: {error.strerror}") from error
