"""The package's own stage in memory, under the name that tests use."""

from mockpilot.selftest.memory import EPOCH, MemoryStream, VirtualClock, certificates, connection, opener
from mockpilot.selftest.rehearsal import PROFILE, Adjust, MemoryProduct, catalogue, perform, surroundings

__all__ = [
    "EPOCH", "PROFILE", "Adjust", "MemoryProduct", "MemoryStream", "VirtualClock", "catalogue", "certificates",
    "connection", "opener", "perform", "surroundings",
]  # fmt: skip
