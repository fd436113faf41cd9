"""运维 (operations): backup, restore and rehearsal of a whole installation."""


class OperationFailed(Exception):
    """Something could not be done; the message says what, why and what to do. Nothing was half done."""
