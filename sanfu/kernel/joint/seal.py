"""A guide's seal (封印): a digest over all of it, so that no word of it changes unnoticed.

The seal proves nothing by itself: whoever alters a guide can compute it again. It covers the sentences; the
figures, dates, reasons and names behind them are proved one by one from the guide's own input.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def seal_of(guide: Mapping[str, Any]) -> str:
    """Digest of the guide as JSON, whatever the order of its keys, without the seal itself."""
    bare = {key: value for key, value in guide.items() if key != "seal"}
    plain = json.loads(json.dumps(bare, ensure_ascii=False, default=str))
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
