"""The profile: what mockpilot must know of one product, from TOML to frozen settings and back.

``settings`` has the records and their defaults, ``reading`` the way in with errors that name file and key,
``writing`` the way out. Whether the rules and scenarios that a profile names exist is not known here.
"""

from mockpilot.profile.reading import load_profile, read_profile
from mockpilot.profile.settings import CmsSettings, Expected, PresystemSettings, Profile, Provoke, RunSettings
from mockpilot.profile.writing import commented_profile, effective_profile

__all__ = [
    "CmsSettings",
    "Expected",
    "PresystemSettings",
    "Profile",
    "Provoke",
    "RunSettings",
    "commented_profile",
    "effective_profile",
    "load_profile",
    "read_profile",
]
