"""A file of offers checked line by line: one row a team, platform or machine. Nothing is written here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sanfu.enterprise.registry.upload import RowError, rows_of
from sanfu.enterprise.research.content import kind_choices
from sanfu.kernel.research.matching import KEYS, Offer, offer_of

MOST_ROWS = 5_000
HEADS = {
    "title": ("名称", "团队名称", "平台名称", "设备名称", "供给名称", "方向", *KEYS["title"]),
    "holder": ("单位", "所属单位", "高校院所", "单位名称", "holder"),
    "text": ("说明", "研究方向", "能力说明", "简介", "内容", "关键词", "text"),
    "kind": ("类别", "类型", "kind"),
    "least": ("起步费用", "起步费用万元", "费用", "最低费用", "least", "price"),
    "ready": ("最早交付", "交付", "可交付日期", "ready"),
    "keeps_secrets": ("可保密", "能否保密", "保密", "keeps_secrets"),
    "equipment": ("设备", "仪器设备", "equipment"),
    "readiness": ("技术成熟度", "成熟度", "trl", "readiness"),
    "contact": ("联系人", "联系方式", "contact"),
}
YES, NO = (
    {"是", "可", "能", "可以", "有", "y", "yes", "1", "true"},
    {"否", "不可", "不能", "无", "n", "no", "0", "false"},
)


@dataclass
class CheckedOffers:
    """Rows that passed, as columns of `Offer` in JSON, and every error."""

    total: int = 0
    good: list[dict[str, Any]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def check_offers(name: str, content: bytes, there: Collection[tuple[str, str]]) -> CheckedOffers:
    """Check a whole file. there: (holder, title) of offers that stand. Refused when the columns are wrong."""
    rows = rows_of(
        name, content, HEADS, must=("title", "holder"), each="一个团队、平台或一台设备", most=MOST_ROWS,
        none="没有导入任何一行",
    )  # fmt: skip
    checked, seen = CheckedOffers(len(rows)), dict[tuple[str, str], int]()
    for line, row in rows:
        _take(checked, line, row, there, seen)
    return checked


def _take(
    checked: CheckedOffers, line: int, row: Mapping[str, str], there: Collection[tuple[str, str]], seen: dict[tuple[str, str], int]
) -> None:  # fmt: skip
    key = (row["holder"], row["title"])
    errors = [
        RowError(line, label, "", "没有填", "补上")
        for name, label in (("title", "名称"), ("holder", "单位"))
        if not row[name]
    ]
    if all(key) and key in seen:
        errors.append(RowError(line, "名称", key[1], f"第{seen[key]}行已有同一单位的同名供给", "只留一行"))
    elif all(key) and key in there:
        errors.append(RowError(line, "名称", key[1], "这家单位的同名供给已经登记", "先撤下旧的，或改名"))
    kind, secret = _kind(row.get("kind", "")), row.get("keeps_secrets", "").lower()
    if kind is None:
        errors.append(RowError(line, "类别", row["kind"], "没有这个类别", "写科研团队、平台或大型设备"))
    if secret and secret not in YES | NO:
        errors.append(RowError(line, "可保密", secret, "不是“是”或“否”", "不清楚就留空"))
    read = _read(line, row, errors)
    seen.setdefault(key, line)
    checked.errors += errors
    if read is None or errors:
        return
    checked.good.append(
        {
            "holder": row["holder"][:80], "title": read.title[:80], "text": read.text, "kind": kind,
            "least": None if read.least is None else f"{float(read.least):.2f}",
            "ready": read.ready.isoformat() if read.ready else None,
            "keeps_secrets": None if not secret else secret in YES,
            "equipment": None if read.equipment is None else [one[:40] for one in read.equipment],
            "readiness": read.readiness, "contact": row.get("contact", "")[:80],
        }
    )  # fmt: skip


def _kind(said: str) -> str | None:
    """The kind that a cell names; empty is a team."""
    if not said:
        return "team"
    return next((code for code, label in kind_choices() if said in (code, label) or said in label), None)


def _read(line: int, row: Mapping[str, str], errors: list[RowError]) -> Offer | None:
    """The row as the kernel reads it; a cell that cannot be read adds its error."""
    labels = {"least": "起步费用", "ready": "最早交付", "readiness": "技术成熟度"}
    base = {
        "title": row["title"] or "无名",
        "text": row.get("text", ""),
        "equipment": row.get("equipment", ""),
    }
    good: dict[str, Any] = {}
    for key, label in labels.items():
        value = row.get(key, "")
        try:
            offer_of({**base, key: value}, line)
            good[key] = value
        except ValueError as problem:
            errors.append(RowError(line, label, row[key], str(problem), "改正，或不清楚就留空"))
    return offer_of({**base, **good}, line)
