"""The inputs of an award list as kept bytes: the enterprises on a day and the rules that were run."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.language.quantities import CODE, FLAG

CODE_COLUMN, LEDGER_COLUMN, CLAIM_COLUMN = "统一社会信用代码", "_已兑台账", "_审核通过的申报"
Ledger = dict[str, list[int]]  # clause → [paid this year, paid ever, the whole award decided], 分 or points


@dataclass(frozen=True)
class Claimed:
    """An accepted claim as a list uses it: what was stated, and who accepted it when."""

    number: str
    by: str
    on: str
    values: dict[str, Value]

    @property
    def says(self) -> str:
        return f"企业填报，经{self.by}于{self.on}审核（{self.number}）"


@dataclass(frozen=True)
class Entry:
    """One enterprise in a snapshot: credit code, known columns, what it was paid before, accepted claims by clause."""

    code: str
    row: dict[str, Value]
    ledger: Ledger
    claims: dict[str, Claimed] = field(default_factory=dict)


def snapshot_bytes(entries: Iterable[Entry], keys: Sequence[str], dictionary: Dictionary, about: Mapping[str, Any]) -> bytes:  # fmt: skip
    """Parquet: one row an enterprise by code, one typed column a fact, null where unknown."""
    chosen = sorted(entries, key=lambda entry: entry.code)
    arrays = {CODE_COLUMN: pa.array([e.code for e in chosen], pa.string())}
    for key in sorted(set(keys) - {CODE_COLUMN}):
        arrays[key] = pa.array([e.row.get(key) for e in chosen], _type(key, dictionary))
    ledgers = [json.dumps(e.ledger, ensure_ascii=False, sort_keys=True) for e in chosen]
    arrays[LEDGER_COLUMN] = pa.array(ledgers, pa.string())
    claims = [json.dumps({k: asdict(c) for k, c in e.claims.items()}, ensure_ascii=False, sort_keys=True) for e in chosen]  # fmt: skip
    arrays[CLAIM_COLUMN] = pa.array(claims, pa.string())
    meta = {"about": json.dumps(about, ensure_ascii=False, sort_keys=True, default=str)}
    out = io.BytesIO()
    pq.write_table(pa.table(arrays).replace_schema_metadata(meta), out, compression="zstd")
    return out.getvalue()


def _type(key: str, dictionary: Dictionary) -> pa.DataType:
    kind = dictionary.fact_of(key).type
    if kind == FLAG:
        return pa.bool_()
    return pa.string() if kind == CODE else pa.int64()


def read_snapshot(content: bytes) -> list[Entry]:
    """The entries of a snapshot, as they were."""
    found = []
    for raw in pq.read_table(io.BytesIO(content)).to_pylist():
        ledger = json.loads(raw.pop(LEDGER_COLUMN))
        claims = json.loads(raw.pop(CLAIM_COLUMN, "{}"))
        row = {key: value for key, value in raw.items() if value is not None}
        claimed = {clause: Claimed(**one) for clause, one in claims.items()}
        found.append(Entry(raw[CODE_COLUMN], row, ledger, claimed))
    return found


def rules_bytes(
    texts: Mapping[str, str],
    clauses: Sequence[str],
    day: date,
    pool: int | None,
    by_claim: Iterable[str] = (),
) -> bytes:
    """What was run: every document text, the clauses chosen and which of them need a claim, day and pool."""
    chosen = {"clauses": sorted(clauses), "by_claim": sorted(by_claim)}
    whole = {"day": day.isoformat(), **chosen, "pool": pool, "texts": dict(texts)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode()
