"""Writes of the project register, by noun: the register itself, decisions, promises and ledgers, what it hears."""

from sanfu.projects.pipeline.actions.register import block, bring, freeze, link, move_date, unblock

__all__ = ["block", "bring", "freeze", "link", "move_date", "unblock"]
