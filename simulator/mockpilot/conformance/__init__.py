"""Judgement: requirements, rules, checkers and verdicts over a recorded history. Pure; knows no scenario, no socket."""
