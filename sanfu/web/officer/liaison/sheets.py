"""挂钩干部表、挂钩关系表 at the desk: what a county that starts has in its tables, checked line by line, entered once."""

from functools import partial

from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.states import SheetKind
from sanfu.enterprise.registry.states import ImportState
from sanfu.web.pieces.uploads import Start, UploadPages

OFFICERS = UploadPages(
    "liaison_officers_import", ("liaison.plan",), partial(queries.sheets, kind=SheetKind.OFFICERS),
    actions.decide_sheet, ImportState, [("挂钩方案", "officer:liaison_proposals")], word="登记", unit="位干部",
    more=lambda made: [("没有变化", made.standing, "位")],
    start=Start(
        "liaison_officers_sheet",
        "登记挂钩干部表",
        actions.check_officers_sheet,
        "组织部门或商务部门的干部表可以直接传，先检查，您确认后才登记",
        "每行一位有“挂钩干部”岗位的人员。列名：姓名（或登录名）、最多挂钩几户、单位、常驻镇街、外语；前两列必须有。"
        "常驻镇街和外语留空的不会改动；户数写 0 表示不再安排新企业。",
    ),
)  # fmt: skip
PAIRS = UploadPages(
    "liaison_pairs_import", ("liaison.plan",), partial(queries.sheets, kind=SheetKind.PAIRS),
    actions.decide_sheet, ImportState, [("挂钩关系", "officer:liaison_pairs")], word="登记", unit="户次",
    more=lambda made: [("没有变化", made.standing, "户")],
    start=Start(
        "liaison_pairs_sheet",
        "登记现有挂钩关系",
        actions.check_pairs_sheet,
        "现在谁挂钩谁，用现成的表登记；先检查，您确认后才登记",
        "每行一家企业。列名：企业（名称或统一社会信用代码）、主挂钩干部、副挂钩干部、起始日期；前两列必须有。"
        "干部写姓名或登录名，须先在挂钩干部里登记。已有挂钩干部的企业不会换人，换人要写交接单。",
    ),
)  # fmt: skip
