"""Kept bytes by their SHA-256: snapshots and rule texts that an award list can be made from again."""

import hashlib

from sanfu.records.actor import Refused
from sanfu.records.files import path_of


def keep(region: str, content: bytes) -> str:
    """Keep bytes; the name is their hash, so the same bytes are kept once and can never be swapped unseen."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(region, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)
    return digest


def load(region: str, digest: str) -> bytes:
    """The bytes of a hash; Refused when they are gone or are no longer those bytes."""
    path = path_of(region, digest)
    if not path.exists():
        raise Refused(f"存档 {digest[:12]}… 不在文件库中，不能重放；请从备份恢复文件库。")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(f"存档 {digest[:12]}… 的内容被改动过，不能重放；请从备份恢复并报告系统管理员。")
    return content
