"""Sealed words (密存): what people said, kept in an event under a key of its own that can be destroyed.

The hash of an event covers the sealed form. When the key is destroyed nobody can read the words any more, in this database or
in a backup that is restored beside it later with the list of erasures, and every chain still verifies: see ADR 13.
"""

import base64
import os
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from sanfu.records.models import SealingKey

MARK = "密存"
GONE = "（已依法删除）"
NONCE = 12


def _key(subject: uuid.UUID, region: str) -> bytes | None:
    """The key of a subject, made at its first use; None once it is destroyed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_sealing_key (id, region, key, made_at) VALUES (%s, %s, %s, now()) "
            "ON CONFLICT (id) DO UPDATE SET region = records_sealing_key.region RETURNING key",
            [subject, region, os.urandom(32)],
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def seal(
    data: Mapping[str, Any], fields: Iterable[str], *, subject: uuid.UUID, region: str
) -> dict[str, Any]:
    """The data of an event with the words of these fields sealed under the subject's key; the rest as it is.

    Words for a subject whose key is destroyed are left out, not kept open.
    """
    words = {name: data[name] for name in fields if isinstance(data.get(name), str) and data[name]}
    if not words:
        return dict(data)
    key = _key(subject, region)
    return {**data, **{name: _sealed(text, key, subject, name) for name, text in words.items()}}


def _sealed(text: str, key: bytes | None, subject: uuid.UUID, name: str) -> dict[str, str]:
    if key is None:
        return {MARK: ""}
    nonce = os.urandom(NONCE)
    whole = nonce + AESGCM(key).encrypt(nonce, text.encode(), f"{subject}|{name}".encode())
    return {MARK: base64.b64encode(whole).decode()}


def is_sealed(value: object) -> bool:
    """Whether a value of an event is sealed words."""
    return isinstance(value, dict) and value.keys() == {MARK}


def opened(rows: Iterable[dict[str, Any]], subject: uuid.UUID) -> list[dict[str, Any]]:
    """Events as plain rows with their words readable, or `GONE` where the key is destroyed. Asks once, if at all."""
    found = [dict(row) for row in rows]
    if not any(is_sealed(value) for row in found for value in row["data"].values()):
        return found
    kept = SealingKey.objects.filter(pk=subject).values_list("key", flat=True).first()
    key = bytes(kept) if kept is not None else None
    for row in found:
        row["data"] = {
            name: _opened(value, key, subject, name) if is_sealed(value) else value
            for name, value in row["data"].items()
        }
    return found


def _opened(value: dict[str, str], key: bytes | None, subject: uuid.UUID, name: str) -> str:
    if key is None:
        return GONE
    whole = base64.b64decode(value[MARK])
    try:
        return AESGCM(key).decrypt(whole[:NONCE], whole[NONCE:], f"{subject}|{name}".encode()).decode()
    except InvalidTag:
        return GONE


def destroy(subjects: Iterable[uuid.UUID], *, region: str) -> int:
    """Destroy the keys of subjects, also of those that have none yet; returns how many are destroyed now.

    The row stays: nothing can be sealed readably for the subject again.
    """
    done = 0
    for subject in subjects:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO records_sealing_key (id, region, key, made_at, destroyed_at) VALUES (%s, %s, NULL, now(), now()) "
                "ON CONFLICT (id) DO UPDATE SET key = NULL, destroyed_at = coalesce(records_sealing_key.destroyed_at, now())",
                [subject, region],
            )
            done += cursor.rowcount
    return done
