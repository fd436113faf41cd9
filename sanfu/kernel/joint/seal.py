"""A guide's seal (封印) and a catalogue's digest: marks of being unchanged, no proofs.

Whoever alters a guide can compute its seal again. What it says is proved one by one from the part of the
catalogue that it carries, and that part is compared with the catalogue whose digest it names.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(catalog: Any) -> str:
    """Digest of a catalogue's rows, whatever the order of keys. Rows that are written once and named often
    (YAML aliases) are read once, so that no nesting of names makes it long."""
    return "sha256:" + _digest(catalog, {}).hex()


def _digest(value: Any, seen: dict[int, bytes]) -> bytes:
    if not isinstance(value, (Mapping, list, tuple)):
        return hashlib.sha256(f"{type(value).__name__}:{value}".encode()).digest()
    if id(value) not in seen:
        seen[id(value)] = b"itself"
        if isinstance(value, Mapping):
            parts = [
                b"map",
                *(
                    k + v
                    for k, v in sorted((_digest(str(k), seen), _digest(v, seen)) for k, v in value.items())
                ),
            ]
        else:
            parts = [b"list", *(_digest(one, seen) for one in value)]
        seen[id(value)] = hashlib.sha256(b"".join(parts)).digest()
    return seen[id(value)]


def seal_of(guide: Mapping[str, Any]) -> str:
    """Digest of the guide as JSON, whatever the order of its keys, without the seal itself."""
    bare = {key: value for key, value in guide.items() if key != "seal"}
    plain = json.loads(json.dumps(bare, ensure_ascii=False, default=str))
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
