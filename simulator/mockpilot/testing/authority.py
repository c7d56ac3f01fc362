"""The CA of a test session: its key pair, the certificates that it signed, and the file that products trust.

Making keys is the slow part of setting a CMS up, so one authority serves many; nothing of a CMS's history is in it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from mockpilot.certification.setting import certificates_for
from mockpilot.cms.tls import Certificates
from mockpilot.profile import Profile


class Authority:
    """Certificates of one CA and a PEM file with its anchor; whoever makes it closes it.

    Args:
        profile: names the host, or the folder with certificates to use instead.
    """

    def __init__(self, profile: Profile | None = None) -> None:
        self.certificates: Certificates = certificates_for(profile or Profile())
        self._folder = tempfile.TemporaryDirectory(prefix="mockpilot-")
        self.ca_file = Path(self._folder.name) / "ca.pem"
        self.ca_file.write_bytes(self.certificates.ca_pem)

    def close(self) -> None:
        """Remove the file."""
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def suits(profile: Profile) -> bool:
    """Whether the authority of a profile without certificates and host of its own serves this one."""
    plain = Profile()
    return profile.cms.certs is None and (profile.cms.host, profile.cms.address[0]) == (
        plain.cms.host, plain.cms.address[0],
    )  # fmt: skip
