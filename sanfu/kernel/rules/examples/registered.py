"""Cases of kinds that no policy clause answers: 亩均 scores, days from land to start, the best exclusive bundle.

Fields come under many names; a name that means nothing is an error that says so, never skipped silently.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from sanfu.kernel.joint.landstart import LandPlan, land_to_start
from sanfu.kernel.land.scoring.engine import PRECISION, Firm, Score, score_one, set_of
from sanfu.kernel.land.scoring.headings import Headings
from sanfu.kernel.land.scoring.reading import read_scheme
from sanfu.kernel.land.scoring.schemes import SET_NAMES, Missing, Scheme
from sanfu.kernel.land.scoring.sheet import read_sheet
from sanfu.kernel.rules.examples.bundles import bundle_case
from sanfu.kernel.rules.examples.inputs import UnreadableCase
from sanfu.kernel.rules.examples.network import NETWORK_WORDS, network_case

COMMON = frozenset(("kind", "expected", "note", "备注", "说明", "id", "name"))


@dataclass(frozen=True)
class Registered:
    """What the shipped content gives these kinds: the plan from land to start, schemes and headings."""

    plan: LandPlan
    schemes: Mapping[str, Scheme]
    headings: Headings

    def forms(self) -> Mapping[str, Callable[[Mapping[str, Any]], object]]:
        """By the word that `cases.yaml` uses for the form of a kind."""
        return {"亩均": self.mu_score, "审批路径": self.permit, "互斥": bundle_case}

    # ---- permit_cpm

    def permit(self, case: Mapping[str, Any]) -> object:
        """Working days from land to start with the critical path, under changed durations or of an own network."""
        own = next((case[k] for k in NETWORK_WORDS if isinstance(case.get(k), Mapping | list)), None)
        if own is not None:
            return network_case(own)
        _only_known(case, PERMIT_WORDS)
        changed = next((case[k] for k in ("days", "durations", "overrides", "工期") if case.get(k)), None)
        if changed is not None and not isinstance(changed, Mapping):
            raise UnreadableCase("days 要写成 {步骤: 天数}")
        mode = _mode(case)
        answer = land_to_start(self.plan, mode, changed)
        days = answer["land_to_start_workdays"]
        names = [self.plan.steps[code].name for code in answer["critical_path"]]
        same = dict.fromkeys(("days", "workdays", "total", "duration", "工作日", "result", "answer"), days)
        return {
            **same,
            **answer,
            "path": answer["critical_path"],
            "critical": answer["critical_path"],
            "关键路径": names,
        }

    # ---- mu_score

    def mu_score(self, case: Mapping[str, Any]) -> object:
        """Total and parts of one firm under a scheme, or of the figures of two years."""
        scheme = self._scheme(case)
        firm = self._firm(case, scheme)
        score = score_one(scheme, firm, None, _means(case, scheme, set_of(scheme, firm)))
        return _told(score)

    def _scheme(self, case: Mapping[str, Any]) -> Scheme:
        word = next((case[k] for k in ("scheme", "方案", "scheme_id", "rule") if case.get(k)), None)
        weights = next((case[k] for k in WEIGHT_WORDS if isinstance(case.get(k), Mapping)), None)
        if word is None and weights:
            rows = [{"k": str(name), "w": weight, "base": 1} for name, weight in weights.items()]
            word = {"upper": rows, **{k: case[k] for k in ("cap", "floor") if k in case}}
            return self._rebased(read_scheme(word, self.headings), _bases(case) or {})
        if isinstance(word, Mapping):
            return read_scheme(word, self.headings)
        region, year = (
            str(case.get("region") or case.get("地区") or word or ""),
            str(case.get("year") or case.get("年度") or ""),
        )
        if word is not None and str(word) in self.schemes:
            found = self.schemes[str(word)]
        else:
            near = [s for s in self.schemes.values() if _names(s, region, year)]
            if len(near) != 1:
                raise UnreadableCase(f"没有方案 {region or word} {year}；有 {'、'.join(self.schemes)}")
            found = near[0]
        bases = _bases(case)
        return self._rebased(found, bases) if bases else found

    def _rebased(self, scheme: Scheme, bases: Mapping[str, Any]) -> Scheme:
        """The scheme with bases of the case, for a scheme that publishes none."""
        sets = {}
        named = {self.headings.indicator(str(k)) or str(k): v for k, v in bases.items()}
        for group, indicators in scheme.sets.items():
            rows = [
                {"k": i.name, "w": str(i.weight), "base": named.get(i.key or i.name), "cap": i.cap}
                for i in indicators
            ]
            sets[group] = rows
        return read_scheme({"id": scheme.id, "year": scheme.year, "sets": sets}, self.headings)

    def _firm(self, case: Mapping[str, Any], scheme: Scheme) -> Firm:
        row: dict[str, object] = {"企业名称": "例"}
        for key, value in case.items():
            if key in SCHEME_WORDS or key in COMMON or key in MEAN_WORDS:
                continue
            if isinstance(value, Mapping | list):
                if key.lower() in SET_NAMES:
                    row["类别"] = key
                named = dict(value) if isinstance(value, Mapping) else self._listed(value, case, scheme)
                row |= {str(k): v for k, v in named.items()}
            elif key in GROUP_WORDS:
                row["类别"] = ("规上" if value else "规下") if isinstance(value, bool) else value
            else:
                row[str(key)] = value
        row = {k: ("是" if v is True else "否" if v is False else v) for k, v in row.items()}
        sheet = read_sheet([row], self.headings)
        unknown = [c for c in sheet.ignored if c not in ("企业名称",)]
        if sheet.refused or unknown:
            why = sheet.refused[0].why if sheet.refused else f"不认识的字段 {'、'.join(unknown)}"
            raise UnreadableCase(why)
        return sheet.firms[0]

    def _listed(self, values: list[Any], case: Mapping[str, Any], scheme: Scheme) -> dict[str, object]:
        """Figures in the order of the scheme's indicators, or rows of name and value."""
        if values and all(isinstance(row, Mapping) for row in values):
            return dict(_named_value(row) for row in values)
        named = [k for k, v in case.items() if v is values and k.lower() in SET_NAMES]
        group = next((str(case[k]) for k in GROUP_WORDS if isinstance(case.get(k), str)), *named[:1] or ("",))
        if not group:  # the set with as many indicators as there are figures
            group = next((s for s, rows in scheme.sets.items() if len(rows) == len(values)), "")
        names = [i.name for i in scheme.sets[scheme.set_named(group)]]
        if len(values) != len(names):
            raise UnreadableCase(f"要 {len(names)} 个数：{'、'.join(names)}")
        return dict(zip(names, values, strict=True))


WEIGHT_WORDS = ("weights", "weight", "权重")
SCHEME_WORDS = (*WEIGHT_WORDS, "scheme", "方案", "scheme_id", "rule", "region", "地区", "year", "年度", "bases", "base", "baseline", "baselines", "基准", "基准值")  # fmt: skip
GROUP_WORDS = (
    "set",
    "group",
    "scale",
    "套",
    "组",
    "类别",
    "规上",
    "upper",
    "table",
    "type",
    "size",
    "规模",
    "category",
)
MEAN_WORDS = (
    "mean",
    "means",
    "avg",
    "average",
    "group_mean",
    "mean_score",
    "mean_scores",
    "group_means",
    "average_score",
    "average_scores",
    "平均分",
    "平均得分",
    "missing_score",
)


def _named_value(row: Mapping[str, Any]) -> tuple[str, object]:
    name = next((row[k] for k in ("k", "key", "name", "indicator", "指标", "名称") if row.get(k)), None)
    value = next((row[k] for k in ("v", "value", "val", "数值", "值") if k in row), None)
    if name is None:
        raise UnreadableCase(f"看不懂这个指标：{dict(row)}")
    return str(name), value


PERMIT_WORDS = ("mode", "方式", "模式", "prereview", "预审", "days", "durations", "overrides", "工期", "plan", "template", "模板")  # fmt: skip


def _only_known(case: Mapping[str, Any], words: Iterable[str]) -> None:
    if unknown := [str(k) for k in case if k not in COMMON and k not in words]:
        raise UnreadableCase(f"不认识的字段 {'、'.join(unknown)}")


def _mode(case: Mapping[str, Any]) -> str:
    """The way of a case: a word, or a yes or no to pre-review; pre-review when nothing is said."""
    for key in ("prereview", "预审"):
        if isinstance(case.get(key), bool):
            return "prereview" if case[key] else "serial"
    return next((str(case[k]) for k in ("mode", "方式", "模式") if case.get(k)), "prereview")


def _names(scheme: Scheme, region: str, year: str) -> bool:
    """Whether a word such as 黄岩 2022 or huangyan means this scheme."""
    digits = "".join(c for c in region if c.isdigit())[:4]
    plain = region.replace(digits, "").strip("-_ 年度") if digits else region
    right_year = (year or digits) in ("", str(scheme.year))
    return (
        bool(plain) and right_year and (plain in scheme.id or plain in scheme.region or plain in scheme.name)
    )


def _bases(case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    words = ("bases", "base", "baseline", "baselines", "基准", "基准值")
    return next((case[k] for k in words if isinstance(case.get(k), Mapping)), None)


def _means(case: Mapping[str, Any], scheme: Scheme, group: str) -> dict[str, Decimal]:
    """Mean scores that missing figures get: by indicator, or one number for the indicator that has the mean rule."""
    given = next((case[k] for k in MEAN_WORDS if case.get(k) is not None), None)
    if isinstance(given, Mapping):
        return {f"{group}/{name}": Decimal(str(value)) for name, value in given.items()}
    if given is None:
        return {}
    return {f"{group}/{i.name}": Decimal(str(given)) for i in scheme.sets[group] if i.missing is Missing.MEAN}


def _told(score: Score) -> dict[str, object]:
    with localcontext(PRECISION):
        parts = {line.indicator: None if line.score is None else plain(line.score) for line in score.lines}
        total = None if score.total is None else plain(score.total)
    same = dict.fromkeys(("score", "total", "总分", "得分", "result", "answer"), total)
    listed = dict.fromkeys(("parts", "scores", "items", "分项"), parts)
    return {**same, **listed, **parts, "missing": list(score.missing), "set": score.firm.set}


def plain(value: Decimal | Fraction) -> int | float:
    """A whole number as int, else a float."""
    return int(value) if value == int(value) else float(value)


def registered_kinds(plan: LandPlan, schemes: Iterable[Scheme], headings: Headings) -> Registered:
    """These kinds over the shipped content."""
    return Registered(plan, {s.id: s for s in schemes}, headings)
