"""Whether an answer found is the answer expected: by value and by verdict, never by spelling alone."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sanfu.kernel.rules.language.quantities import exact, unit_of

Labels = Sequence[tuple[str, ...]]

YES = frozenset(("是", "符合", "通过", "达标", "合格", "可以", "规上", "限上", "true", "yes"))
NO = frozenset(
    ("否", "不是", "不符合", "不通过", "未通过", "不达标", "未达标", "规下", "限下", "false", "no")
)
UNSURE = ("未知", "待补", "缺", "数据缺", "无法判", "不能判", "不确定", "待核", "unknown")
NOT_COVERED = frozenset(("不在表内", "不适用", "无", "不划型", "不在划型范围"))
NO_TEXT = frozenset(("没有适用的文件", "无", "无适用", "无适用文件", "不适用", "没有", "None"))
SIZES = ("大型", "中型", "小型", "微型")


def same(expected: object, found: object, labels: Labels = ()) -> bool:
    """Numbers by value to the digits expected, texts by verdict and named conditions, tables by field."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and same(value, found[key], labels) for key, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(found) == len(expected)
            and all(same(e, f, labels) for e, f in zip(expected, found, strict=True))
        )
    if expected is None or found is None:
        return _both_open(expected, found)
    if isinstance(expected, bool) or isinstance(found, bool):
        return _same_flag(expected, found)
    if isinstance(expected, str) and isinstance(found, str):
        return _same_text(expected, found, labels)
    wanted, got = _number(expected), _number(found)
    return wanted is not None and got is not None and _same_number(wanted, got)


def _both_open(expected: object, found: object) -> bool:
    """Unknown on both sides: `null` or a word for it."""
    for value in (expected, found):
        if isinstance(value, str) and not (value.startswith(UNSURE) or value in NO_TEXT):
            return False
        if value is not None and not isinstance(value, str):
            return False
    return True


def _same_flag(expected: object, found: object) -> bool:
    """True and false only as themselves or as a plain word for them; 1 is not true."""
    return _flag(expected) is not None and _flag(expected) is _flag(found)


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str) else ""
    return True if word in YES else False if word in NO else None


def _number(value: object) -> Decimal | None:
    """0.05, `5%`, `38万元` (in 万元): the plain number it stands for."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if not isinstance(value, str):
        return None
    found = re.fullmatch(r"\s*([-+]?[\d.,]+)\s*(%|％|万元|万|亿元|亿|分|人|倍)?\s*", value)
    if found is None:
        return None
    scale = {"%": Decimal("0.01"), "％": Decimal("0.01"), "亿": Decimal(10**4), "亿元": Decimal(10**4)}
    return Decimal(found[1].replace(",", "")) * scale.get(found[2] or "", Decimal(1))


def _same_number(written: Decimal, got: Decimal) -> bool:
    """Equal, or equal once rounded to the digits that were written when at least two decimals were."""
    if written == got:
        return True
    digits = written.normalize().as_tuple().exponent
    return (
        isinstance(digits, int)
        and digits <= -2
        and abs(got - written) <= Decimal(5) * Decimal(10) ** (digits - 1)
    )


# ---- texts

_VERDICTS = {
    "待人工": ("待人工", "人工"),
    "不通过": ("不通过", "不符合", "未通过", "不予"),
    "待补": ("待补", "缺数据", "未知", "数据缺", "缺"),
}


def _verdict_of(text: str) -> str | None:
    for verdict, marks in _VERDICTS.items():
        if any(mark in text for mark in marks):
            return verdict
    return "通过" if text.startswith(("通过", "符合", "全过", "认定")) else None


def _same_text(expected: str, found: str, labels: Labels) -> bool:
    if _squeeze(expected) == _squeeze(found) or _same_word(expected, found):
        return True
    verdict = _verdict_of(expected)
    if not labels or verdict is None or verdict != _verdict_of(found):
        return False
    if verdict == "待补":
        return _same_gaps(expected, found)
    named = {words[0] for words in labels if any(word in expected for word in words)}
    shown = {words[0] for words in labels if words[0] in found}
    stems = {label[:2] for label in named}
    loosely = {x for x in shown if x in named or (x[:2] in expected and x[:2] not in stems)}
    return not (named or loosely) or (loosely == shown and named <= shown)


def _same_word(expected: str, found: str) -> bool:
    """中 or 中型企业 for 中型; 不适用 for an industry outside the table; a document by its number."""
    if found in SIZES:
        return expected.strip().removesuffix("企业").removesuffix("型") == found[0]
    if found in NOT_COVERED or found in NO_TEXT:
        return expected.strip() in NOT_COVERED | NO_TEXT
    number = document_number(found)
    return number is not None and number == document_number(expected)


def document_number(text: str) -> str | None:
    """工信部企业〔2022〕63号 out of 工信部企业〔2022〕63号(117号通知特例); brackets of any sort."""
    plain = text.translate(str.maketrans("[]【】()（）", "〔〕〔〕〔〕〔〕"))
    plain = re.sub(r"[\s《》“”]", "", plain)
    found = re.match(r"[^〔〕\d]*(?:〔\d{4}〕|\d{4}年)第?\d+号", plain)
    return found[0].replace("第", "") if found else None


_CUT = re.compile(r"[、,，;；和与]")


def _same_gaps(expected: str, found: str) -> bool:
    """Every fact that is said to be missing is missing; a bare 未知 says none."""
    said = _CUT.split(re.split(r"[::]", expected, maxsplit=1)[1]) if re.search("[::]", expected) else []
    names = [re.sub(r"^缺", "", word.strip()) for word in said if word.strip()]
    ours = [word.split(".")[-1] for word in _CUT.split(re.split(r"[::]", found, maxsplit=1)[-1])]
    return all(any(alike(name, our) for our in ours) for name in names)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(str.maketrans("（）：，", "():,"))


# ---- the smallest change

_STEP = re.compile(r"([^\s+\-或且]+?)\s*([+-])\s*([\d.]+)\s*(万元|万|元|%|个百分点|件|人|年|分|项)?")


def _steps_of(texts: Sequence[str]) -> set[tuple[str, Fraction]]:
    found: set[tuple[str, Fraction]] = set()
    for text in texts:
        for name, sign, number, unit in _STEP.findall(text):
            known = unit_of({"万": "万元"}.get(unit, unit)) if unit else None
            size = exact(number) * (known[0] if known else 1)
            found.add((name, size if sign == "+" else -size))
    return found


def same_change(expected: object, found: str) -> bool:
    """营收+0.01万 或 融资+1万 against ours: the same steps, whatever their order or the length of a name."""
    texts = [str(t) for t in expected] if isinstance(expected, list) else [str(expected)]
    wanted, got = _steps_of(texts), _steps_of([found])
    if len(wanted) != len(got):
        return False
    return all(any(size == other and alike(name, said) for said, other in got) for name, size in wanted)


def alike(one: str, two: str) -> bool:
    return one in two or two in one or all(char in two for char in one)
