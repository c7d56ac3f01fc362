"""A mock ChargePilot server and conformance simulator for VDV 463.

Importing the package costs next to nothing: whoever needs trio, TLS or a schema imports the module that has it.
"""

__version__ = "0.1.0"
