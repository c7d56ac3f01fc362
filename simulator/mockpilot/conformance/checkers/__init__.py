"""The checkers: one concern each, pure functions from a case to what was seen of their rules."""
