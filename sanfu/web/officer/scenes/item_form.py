"""What an officer writes about one item: read from the page into the import form's row, and back."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.records.actor import Refused

MODES = [("hard", "法定"), ("soft", "工作需要，可预审"), ("gate", "只卡里程碑")]
UNIT_CHOICES = [("wd", "工作日"), ("day", "日"), ("cal", "自然日"), ("instant", "即时"), ("none", "无时限")]
WAYS = {"share": "共享", "promise": "承诺", "defer": "容缺", "submit": "提交", "form": "表单生成"}
BLANK_ROWS = 2
CODE = re.compile(r"[A-Za-z][\w.]{0,39}")


def row_of(sent: QueryDict, old: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The item's row as sent; parts that the page does not show stay as they were."""
    row = {**old, "id": code, "n": _text(sent, "n"), "kind": _text(sent, "kind"), "dept": _text(sent, "dept")}
    if not row["n"]:
        raise Refused("没有写事项名称。")
    unit = _text(sent, "u") or "wd"
    limit = {
        **(old.get("stat") or {}),
        "v": _number(sent, "v", "法定时限"),
        "u": "day" if unit == "cal" else unit,
    }
    limit |= {
        "ext": _number(sent, "ext", "可延长"),
        "src": _text(sent, "src"),
        "note": _text(sent, "stat_note"),
    }
    if unit in ("day", "cal"):
        limit["count_as"] = "day" if unit == "cal" else "wd"
    row["stat"] = {k: v for k, v in limit.items() if v not in ("", None) and (k != "ext" or v)}
    row |= {"prom": _number(sent, "prom", "承诺时限"), "visits": int(_number(sent, "visits", "原跑动次数"))}
    row |= {
        "needs": _needs(sent),
        "f": sent.getlist("f"),
        "out": _codes(_text(sent, "out")),
        **_materials(sent),
    }
    row |= {
        "effective": _day(sent, "effective", "施行日"),
        "ends": _day(sent, "ends", "停办日"),
        "when": _text(sent, "when"),
    }
    optional = ("kind", "when", "effective", "ends", "m_get", "m_when")
    return {key: value for key, value in row.items() if key not in optional or value}


def context_of(row: Mapping[str, Any], catalog: Catalog) -> dict[str, Any]:
    """The page's rows: chosen ones first, then blank ones to add to."""
    limit = row.get("stat") or {}
    limit = limit if isinstance(limit, Mapping) else {"v": limit, "u": "wd"}
    ways, when = row.get("m_get") or {}, row.get("m_when") or {}
    materials = [
        {
            "code": code,
            "way": _joined(ways.get(code)),
            "when": when.get(code, ""),
            "usual": _usual(catalog, code),
        }
        for code in _listed(row.get("m"))
    ]
    calendar = limit.get("u") == "day" and limit.get("count_as") == "day"
    return {
        "row": row, "limit": limit, "unit": "cal" if calendar else limit.get("u", "wd"),
        "promised": row.get("prom") if not isinstance(row.get("prom"), Mapping) else row["prom"].get("v"),
        "units": UNIT_CHOICES, "modes": MODES, "out": "、".join(_listed(row.get("out"))),
        "materials": materials + [{"code": "", "way": "", "when": "", "usual": ""}] * BLANK_ROWS,
        "needs": [_need(need) for need in _listed(row.get("needs"))] + [{"r": "", "mode": "hard"}] * BLANK_ROWS,
        "fields": sorted(((f.id, f.name, f.id in _listed(row.get("f"))) for f in catalog.fields.values()),
                         key=lambda one: (not one[2], one[0])),
        "results": [(r, "、".join(catalog.items[i].name for i in makers)) for r, makers in sorted(catalog.producers.items())],
        "known": sorted((m.id, m.name) for m in catalog.materials.values()),
        "departments": list(catalog.departments.items()),
    }  # fmt: skip


def _need(need: Any) -> dict[str, Any]:
    if not isinstance(need, Mapping):
        return {"r": str(need), "mode": "hard"}
    return {
        **need,
        "r": "、".join(_listed(need.get("any_of") or need.get("r"))),
        "mode": need.get("mode", "hard"),
    }


def _needs(sent: QueryDict) -> list[dict[str, Any]]:
    found = []
    columns = [sent.getlist(key) for key in ("need_r", "need_mode", "need_src", "need_when", "need_note")]
    for results, mode, source, when, note in zip(*columns, strict=False):
        codes = _codes(results)
        if codes:
            need: dict[str, Any] = {"r": codes[0]} if len(codes) == 1 else {"any_of": codes}
            more = {"mode": mode, "src": source.strip(), "when": when.strip(), "note": note.strip()}
            found.append({**need, **{k: v for k, v in more.items() if v}})
    return found


def _materials(sent: QueryDict) -> dict[str, Any]:
    listed, ways, when = [], {}, {}
    columns = [sent.getlist(key) for key in ("m", "m_way", "m_when")]
    for code, way, condition in zip(*columns, strict=False):
        if code:
            listed.append(code)
            own = [_way(word) for word in re.split(r"[、,，;；\s]+", way) if word]
            if own:
                ways[code] = own if len(own) > 1 else own[0]
            if condition.strip():
                when[code] = condition.strip()
    return {"m": list(dict.fromkeys(listed)), "m_get": ways, "m_when": when}


def _way(word: str) -> str:
    """共享 or share; a result is written result:r.x."""
    return next((code for code, label in WAYS.items() if word in (code, label)), word)


def _usual(catalog: Catalog, code: str) -> str:
    known = catalog.materials.get(code)
    return "、".join(WAYS.get(way, way) for way in known.ways) if known else ""


def _listed(value: Any) -> list[Any]:
    return [] if value in (None, "") else list(value) if isinstance(value, (list, tuple)) else [value]


def _joined(value: Any) -> str:
    return "、".join(WAYS.get(str(way), str(way)) for way in _listed(value))


def _codes(text: str) -> list[str]:
    return [code for code in re.split(r"[、,，;；\s]+|或", text) if code]


def _text(sent: QueryDict, key: str) -> str:
    return str(sent.get(key, "")).strip()


def _number(sent: QueryDict, key: str, label: str) -> float | int:
    text = _text(sent, key) or "0"
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < 10_000:
        raise Refused(f"{label}“{text}”不是 0 至 9999 的数，请改成数字。")
    return int(value) if value.is_integer() else value


def _day(sent: QueryDict, key: str, label: str) -> str:
    text = _text(sent, key)
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Refused(f"{label}“{text}”不是日期，请写成 2026-08-15。") from None
