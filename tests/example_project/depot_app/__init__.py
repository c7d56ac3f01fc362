"""A small product that talks VDV 463, as somebody else would write it; knows nothing of mockpilot."""
