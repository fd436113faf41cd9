"""HISTORY and OPEN tables as courses of projects. Two layouts, headings in Chinese or English.

Long: a row for each project and stage: 编号 (id), 阶段 (stage), 计划天数 (planned_days), 实际天数 (actual_days, empty while it
runs), 前置 (after: stages it waits for, separated by 、 or ;). Dates 计划开始, 计划完成, 实际开始, 实际完成 may stand for days.
Wide: a row for each project: 编号, 类别, 开始 (start), 计划完成 (planned_finish), 实际完成 (actual_finish, empty while it runs),
截至 (as_of), and for each stage 某阶段计划, 某阶段实际 (stage_planned, stage_actual), in days or as dates.
Stages of the wide layout follow one another unless the planned total says otherwise; then totals are used.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sanfu.kernel.forecasting.model import BadHistory, Course, Stage, finish_of
from sanfu.kernel.sheets import Sheet, UnreadableSheet, is_day, read_amount, read_day, read_sheet

HEADINGS = {
    "id": ("编号", "项目编号", "项目代码", "代码", "id", "project_id", "code", "project", "项目"),
    "name": ("项目名称", "名称", "name"),
    "kind": ("类别", "类型", "行业", "kind", "type", "category"),
    "start": ("开始", "开始日期", "起始日期", "开工日期", "签约日期", "start", "start_date", "begin"),
    "start_planned": ("计划开始", "计划开工", "计划开工日期", "计划开始日期", "planned_start", "plan_start"),
    "start_actual": (
        "实际开始",
        "实际开工",
        "开工",
        "实际开工日期",
        "实际开始日期",
        "actual_start",
        "started",
    ),
    "planned_finish": (
        "计划完成",
        "计划完成日期",
        "计划竣工",
        "计划竣工日期",
        "计划投产日期",
        "计划完工",
        "计划投产",
        "planned_finish",
        "plan_finish",
        "planned_end",
        "plan_end",
        "due",
    ),
    "actual_finish": (
        "实际完成",
        "实际完成日期",
        "实际竣工",
        "实际竣工日期",
        "实际投产日期",
        "实际完工",
        "实际投产",
        "actual_finish",
        "finish",
        "finished",
        "actual_end",
        "end",
    ),
    "planned_total": (
        "计划总天数",
        "计划总工期",
        "计划工期",
        "planned_total",
        "planned_days",
        "plan_days",
        "planned",
    ),
    "actual_total": ("实际总天数", "实际总工期", "实际工期", "actual_total", "actual_days", "actual"),
    "seen": ("截至", "截至日期", "as_of", "seen", "status_date", "today", "asof"),
}
LONG = {
    "stage": (
        "阶段",
        "阶段名称",
        "工序",
        "里程碑",
        "环节",
        "节点",
        "步骤",
        "阶段名",
        "stage",
        "stage_name",
        "phase",
        "step",
        "task",
        "milestone",
    ),
    "planned": ("计划天数", "计划工期", "planned_days", "plan_days", "planned", "plan"),
    "actual": ("实际天数", "实际工期", "actual_days", "actual"),
    "after": ("前置", "前置阶段", "紧前", "after", "predecessors", "predecessor", "depends_on"),
    "planned_start": ("计划开始", "planned_start", "plan_start"),
    "planned_finish": ("计划完成", "planned_finish", "plan_finish", "planned_end"),
    "actual_start": ("实际开始", "actual_start"),
    "actual_finish": ("实际完成", "actual_finish", "actual_end"),
}
STAGE = re.compile(
    r"^(?:(?P<before>计划|实际|planned|plan|actual)[\s_]*(?P<one>.+?)|(?P<two>.+?)[\s_]*(?P<behind>计划|实际|planned|plan|actual))"
    r"(?:[\s_]*(?:天数|日期|完成日期|完成|days|date))?(?:[（(].*[)）])?$",
    re.I,
)
LATER_THAN = timedelta(days=366 * 60)


@dataclass(frozen=True)
class Courses:
    """Courses read from one table, with what was assumed, converted or set aside."""

    courses: tuple[Course, ...]
    notes: tuple[str, ...]


def read_courses(data: bytes, name: str = "", today: date | None = None) -> Courses:
    """Courses of a table; raises BadHistory with every fault by line. `today` stands for a missing 截至."""
    try:
        sheet = read_sheet(data, name)
    except UnreadableSheet as problem:
        raise BadHistory(str(problem)) from problem
    long = {word: sheet.column(*names) for word, names in LONG.items()}
    wide = {word: sheet.column(*names) for word, names in HEADINGS.items()}
    if wide["id"] is None:
        wide["id"] = wide["name"]
    if wide["id"] is None:
        raise BadHistory("没有“编号”也没有“项目名称”一列；表头说明见 sanfu projects forecast --help")
    reader = _Reader(sheet, wide, long, today)
    courses = reader.by_stage() if long["stage"] is not None else reader.by_project()
    if reader.faults:
        more = f"；另有 {len(reader.faults) - 12} 处" if len(reader.faults) > 12 else ""
        raise BadHistory("；".join(reader.faults[:12]) + more)
    if not courses:
        raise BadHistory("没有读到项目；表头以下应有至少一行")
    return Courses(tuple(courses), (*sheet.notes, *reader.notes))


class _Reader:
    """Reads one table in either layout; faults and notes are gathered by line."""

    def __init__(
        self, sheet: Sheet, wide: Mapping[str, int | None], long: Mapping[str, int | None], today: date | None
    ) -> None:
        self.sheet, self.wide, self.long, self.today = sheet, wide, long, today
        self.faults: list[str] = []
        self.notes: list[str] = []

    def cell(self, row: Sequence[str], places: Mapping[str, int | None], word: str) -> str:
        place = places[word]
        return row[place] if place is not None else ""

    def days(self, text: str, unit: str = "天") -> float | None:
        amount = read_amount(text.removesuffix("天").removesuffix("日"), "")
        if amount is not None and amount.value < 0:
            raise UnreadableSheet(f"天数“{text}”是负数")
        return None if amount is None else amount.value

    # ---------------------------------------------------------------- wide

    def by_project(self) -> list[Course]:
        taken = {place for place in self.wide.values() if place is not None}
        stages: dict[str, dict[str, int]] = {}
        for place, heading in enumerate(self.sheet.headings):
            found = STAGE.match(heading.strip())
            if place in taken or found is None:
                continue
            word = (found["before"] or found["behind"]).lower()
            name = (found["one"] or found["two"]).strip(" _")
            stages.setdefault(name, {})["actual" if word in {"实际", "actual"} else "planned"] = place
        named = {name: places for name, places in stages.items() if "planned" in places}
        out, seen = [], set[str]()
        for line, row in self.sheet.rows:
            try:
                course = self._wide(row, named)
            except UnreadableSheet as problem:
                self.faults.append(f"第 {line} 行：{problem}")
                continue
            if course.id in seen:
                self.faults.append(f"第 {line} 行：编号“{course.id}”重复")
            seen.add(course.id)
            out.append(course)
        return out

    def _wide(self, row: Sequence[str], stages: Mapping[str, Mapping[str, int]]) -> Course:
        code = self.cell(row, self.wide, "id")
        if not code:
            raise UnreadableSheet("没有编号")
        start = self._start(row)
        planned_finish = read_day(self.cell(row, self.wide, "planned_finish"))
        finish = read_day(self.cell(row, self.wide, "actual_finish"))
        total, taken = (
            self.days(self.cell(row, self.wide, word)) for word in ("planned_total", "actual_total")
        )
        if planned_finish is None and total is not None:
            planned_finish = start + timedelta(days=round(total))
        if finish is None and taken is not None:
            finish = start + timedelta(days=round(taken))
        seen = read_day(self.cell(row, self.wide, "seen")) or self.today
        _ordered(start, planned_finish, finish)
        begun = read_day(self.cell(row, self.wide, "start_actual"))
        if begun and finish and finish < begun:
            raise UnreadableSheet(f"实际完成（{finish}）早于实际开始（{begun}）")
        made = self._stages(row, stages, start)
        course = Course(
            code,
            start,
            made,
            finish,
            seen,
            self.cell(row, self.wide, "name"),
            self.cell(row, self.wide, "kind"),
            planned_finish,
        )
        if planned_finish is None and not made:
            raise UnreadableSheet("既没有计划完成，也没有阶段的计划")
        return self._consistent(course)

    def _start(self, row: Sequence[str]) -> date:
        """The start that the plan counts from: 开始, else the planned one, else the actual one."""
        days = (
            read_day(self.cell(row, self.wide, word)) for word in ("start", "start_planned", "start_actual")
        )
        return next((day for day in days if day), date(2000, 1, 3))

    def _stages(
        self, row: Sequence[str], stages: Mapping[str, Mapping[str, int]], start: date
    ) -> tuple[Stage, ...]:
        """Stages one after another; dates become days since the milestone before, in the order of the plan."""
        dated, out, before = [], list[Stage](), ""
        for name, places in stages.items():
            planned = row[places["planned"]]
            actual = row[places["actual"]] if "actual" in places else ""
            if is_day(planned):
                dated.append((read_day(planned), name, read_day(actual)))
                continue
            days = self.days(planned)
            if days is None:
                continue
            out.append(Stage(name, days, self.days(actual), (before,) if before else ()))
            before = name
        plan_last, actual_last = start, start
        for planned_day, name, actual_day in sorted(dated, key=lambda one: (one[0], one[1])):
            assert planned_day is not None
            days = float((planned_day - plan_last).days)
            took = None if actual_day is None else float(max(0, (actual_day - actual_last).days))
            out.append(Stage(name, days, took, (before,) if before else ()))
            before, plan_last = name, planned_day
            actual_last = max(actual_last, actual_day) if actual_day else actual_last
        return tuple(out)

    def _consistent(self, course: Course) -> Course:
        """Stages are kept when their plan adds up to the planned total; else their order is not known."""
        if course.planned_finish is None or not course.stages:
            return course
        summed = finish_of(course.stages, {stage.name: stage.planned for stage in course.stages})
        if abs(summed - course.planned) <= 0.02 * max(course.planned, 1.0) + 1:
            return course
        return replace(course, stages=(), notes=("各阶段计划之和与计划总工期不等（有并行），按总工期预测",))

    # ---------------------------------------------------------------- long

    def by_stage(self) -> list[Course]:
        rows: dict[str, list[tuple[int, Sequence[str]]]] = {}
        for line, row in self.sheet.rows:
            rows.setdefault(self.cell(row, self.wide, "id"), []).append((line, row))
        out = []
        for code, own in rows.items():
            if not code:
                self.faults.append(f"第 {own[0][0]} 行：没有编号")
                continue
            try:
                out.append(self._long(code, own))
            except (UnreadableSheet, BadHistory) as problem:
                self.faults.append(f"第 {own[0][0]} 行起，项目“{code}”：{problem}")
        return out

    def _long(self, code: str, own: Sequence[tuple[int, Sequence[str]]]) -> Course:
        stages, starts, finishes, before = list[Stage](), list[date](), list[date](), ""
        has_after = self.long["after"] is not None
        for line, row in own:
            name = self.cell(row, self.long, "stage")
            if not name or any(stage.name == name for stage in stages):
                raise UnreadableSheet(f"第 {line} 行的阶段名称空缺或重复")
            planned_from, planned_to, actual_from, actual_to = (
                read_day(self.cell(row, self.long, word))
                for word in ("planned_start", "planned_finish", "actual_start", "actual_finish")
            )
            planned, actual = (self.days(self.cell(row, self.long, word)) for word in ("planned", "actual"))
            planned = _span(planned, planned_from, planned_to)
            actual = _span(actual, actual_from, actual_to)
            if planned is None:
                raise UnreadableSheet(f"第 {line} 行“{name}”没有计划天数")
            text = self.cell(row, self.long, "after")
            after = tuple(x for x in re.split(r"[、,，;；+|\s]+", text) if x)
            stages.append(Stage(name, planned, actual, after if has_after else ((before,) if before else ())))
            before = name
            starts += [day for day in (actual_from or planned_from,) if day]
            finishes += [day for day in (actual_to,) if day]
        return self._course_of(code, own[0][1], tuple(stages), starts, finishes)

    def _course_of(
        self,
        code: str,
        row: Sequence[str],
        stages: tuple[Stage, ...],
        starts: list[date],
        finishes: list[date],
    ) -> Course:
        start = read_day(self.cell(row, self.wide, "start")) or min(starts, default=date(2000, 1, 3))
        finish = None
        if all(stage.actual is not None for stage in stages):
            days = finish_of(stages, {stage.name: stage.actual or 0.0 for stage in stages})
            finish = max(finishes) if len(finishes) == len(stages) else start + timedelta(days=round(days))
        finish_of(stages, {stage.name: stage.planned for stage in stages})  # refuses circles
        names = {stage.name for stage in stages}
        unknown = {name for stage in stages for name in stage.after} - names
        if unknown:
            raise UnreadableSheet(f"前置阶段“{'、'.join(sorted(unknown))}”不在本项目的阶段中")
        seen = read_day(self.cell(row, self.wide, "seen")) or self.today
        return Course(
            code,
            start,
            stages,
            finish,
            seen,
            self.cell(row, self.wide, "name"),
            self.cell(row, self.wide, "kind"),
        )


def _span(days: float | None, begin: date | None, end: date | None) -> float | None:
    if days is not None:
        return days
    if begin is None or end is None:
        return None
    if end < begin:
        raise UnreadableSheet(f"完成（{end}）早于开始（{begin}）")
    return float((end - begin).days)


def _ordered(start: date, planned: date | None, finish: date | None) -> None:
    for what, day in (("计划完成", planned), ("实际完成", finish)):
        if day is not None and day < start:
            raise UnreadableSheet(f"{what}（{day}）早于开始（{start}）")
        if day is not None and day - start > LATER_THAN:
            raise UnreadableSheet(f"{what}（{day}）距开始超过 60 年，请核对年份")
