"""Identifiers made in the app: UUIDv7, so that rows sort by time and no sequence shows outside."""

import uuid

import uuid_utils


def new_id() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
