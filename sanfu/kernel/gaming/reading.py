"""Cases read from a sheet (Excel, CSV) for the checks of gaming: headings as counties write them, every bad cell named."""

from collections.abc import Mapping
from datetime import datetime

from sanfu.kernel.gaming.model import Handled, Pause
from sanfu.kernel.sheets import UnreadableSheet, read_sheet

HEADINGS = {
    "编号": ("编号", "工单编号", "办件编号"), "单位": ("单位", "承办单位", "责任单位"), "类别": ("类别", "一级类别", "诉求类别"),
    "开始": ("开始", "受理时间", "派单时间"), "到期": ("到期", "应办结时间", "截止时间"), "办结": ("办结", "办结时间"),
    "挂起": ("挂起", "挂起时间", "暂停时间"), "恢复": ("恢复", "恢复时间"), "挂起文件": ("挂起文件", "暂停依据"),
    "延期申请": ("延期申请", "申请延期时间"), "退单": ("退单", "是否退单"), "归并": ("归并", "是否归并", "剔除"),
    "评价设备": ("评价设备", "设备"), "自访满意": ("自访满意", "本单位回访"), "复访满意": ("复访满意", "随机复访"),
    "自登": ("自登", "本单位登记"), "答复": ("答复", "答复内容"),
}  # fmt: skip
NEEDED = ("编号", "单位", "开始", "到期")
YES, NO = {"是", "1", "有", "满意", "true", "y"}, {"否", "0", "无", "不满意", "false", "n", ""}


class BadCases(ValueError):
    """A sheet that cannot be used; the message says which row and column and what is expected."""


def read_cases(data: bytes, name: str) -> list[Handled]:
    """Every case of a sheet; BadCases names the first row that cannot be read."""
    try:
        sheet = read_sheet(data, name)
    except UnreadableSheet as problem:
        raise BadCases(str(problem)) from problem
    columns = {key: sheet.column(*names) for key, names in HEADINGS.items()}
    missing = [key for key in NEEDED if columns[key] is None]
    if missing:
        raise BadCases(f"{name} 缺少列：{'、'.join(missing)}；可用的列名有{'、'.join(HEADINGS)}。")
    rows = ((n, {key: row[at] for key, at in columns.items() if at is not None}) for n, row in sheet.rows)
    return [_case(n, row) for n, row in rows if any(row.values())]


def _case(n: int, row: Mapping[str, str]) -> Handled:
    begin, due = _moment(n, "开始", row["开始"]), _moment(n, "到期", row["到期"])
    if begin is None or due is None or due <= begin:
        raise BadCases(f"第{n}行：“开始”“到期”要写时间，且到期晚于开始。")
    span = (due - begin).total_seconds()

    def share(key: str) -> float | None:
        at = _moment(n, key, row.get(key, ""))
        return None if at is None else (at - begin).total_seconds() / span

    closed, paused, resumed = share("办结"), share("挂起"), share("恢复")
    end = resumed if resumed is not None else closed
    pauses = (
        ()
        if paused is None
        else (Pause(paused, max(end or paused, paused), _flag(n, row, "挂起文件") is not False),)
    )
    return Handled(
        row["编号"], row["单位"], f"{begin:%Y-%m}", row.get("类别", ""), closed, 1.0 + sum(p.end - p.begin for p in pauses), pauses,
        share("延期申请"), _flag(n, row, "退单") is True, _flag(n, row, "归并") is True, row.get("评价设备", ""),
        _flag(n, row, "自访满意", True), _flag(n, row, "复访满意", True), _flag(n, row, "自登") is True, row.get("答复", ""),
    )  # fmt: skip


def _moment(n: int, key: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as problem:
        raise BadCases(f"第{n}行“{key}”写作 2026-03-02 09:00，现在是“{text}”。") from problem


def _flag(n: int, row: Mapping[str, str], key: str, unknown: bool = False) -> bool | None:
    """Yes, no, or None where nothing stands there (an empty cell is no only where `unknown` is False)."""
    text = row.get(key, "").lower()
    if text in YES:
        return True
    if text in NO:
        return None if not text and (unknown or (key == "挂起文件" and key not in row)) else False
    raise BadCases(f"第{n}行“{key}”写“是”或“否”，现在是“{row[key]}”。")
