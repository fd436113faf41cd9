"""Roles (角色) as plain classes: a name people know, one sentence, and the permissions it carries.

A permission is "room.act". `*.see_all` widens row scope from the own unit to the whole county; it is read
by `people.scope` and nowhere else.
"""

from typing import ClassVar


class Role:
    code: ClassVar[str]
    display_name: ClassVar[str]
    description: ClassVar[str]
    permissions: ClassVar[frozenset[str]]


class Citizen(Role):
    code = "citizen"
    display_name = "市民"
    description = "提交诉求，看自己的进度，评价。"
    permissions = frozenset({"tickets.submit", "tickets.own"})


class Firm(Role):
    code = "firm"
    display_name = "企业经办人"
    description = "看本企业能享受什么，办本企业的事。"
    permissions = frozenset({"tickets.submit", "tickets.own", "benefits.own", "scenes.apply", "scenes.own"})


class Intake(Role):
    code = "intake"
    display_name = "热线坐席"
    description = "登记、补充、回访诉求；个人信息脱敏。"
    permissions = frozenset(
        {
            "tickets.register",
            "tickets.see",
            "tickets.see_all",
            "tickets.callback",
            "tickets.import",
            "lists.see",
        }
    )


class Dispatcher(Role):
    code = "dispatcher"
    display_name = "派单员"
    description = "研判、派单、裁定退单，可凭事由查看联系方式。"
    permissions = frozenset(
        {
            "tickets.register",
            "tickets.see",
            "tickets.see_all",
            "tickets.dispatch",
            "tickets.rule",
            "tickets.callback",
            "tickets.import",
            "tickets.unmask",
            "lists.see",
            "match.correct",
            "measure.see",
        }
    )


class Handler(Role):
    code = "handler"
    display_name = "承办人"
    description = "签收、办理、答复本单位的工单。"
    permissions = frozenset({"tickets.see", "tickets.handle", "tickets.unmask", "lists.see"})


class UnitReviewer(Role):
    code = "unit_reviewer"
    display_name = "单位审核人"
    description = "审核本单位的答复、延期和退单。"
    permissions = frozenset({"tickets.see", "tickets.handle", "tickets.review", "lists.see", "measure.see"})


class Supervisor(Role):
    code = "supervisor"
    display_name = "督办员"
    description = "看全市时钟，批准延期和挂起，发起督办。"
    permissions = frozenset(
        {"tickets.see", "tickets.see_all", "tickets.supervise", "lists.see", "measure.see"}
    )


class Leader(Role):
    code = "leader"
    display_name = "领导"
    description = "看全市指标和脱敏明细，不改任何一件。"
    permissions = frozenset(
        {
            "tickets.see",
            "tickets.see_all",
            "measure.see",
            "lists.see",
            "benefits.see",
            "scenes.see",
            "scenes.see_all",
            "duties.see",
            "duties.see_all",
            "posts.see",
        }
    )


class ListEditor(Role):
    code = "list_editor"
    display_name = "清单编辑"
    description = "导入、编辑、提交清单版本。"
    permissions = frozenset({"lists.see", "lists.edit"})


class ListApprover(Role):
    code = "list_approver"
    display_name = "清单审核"
    description = "审核并发布清单版本；不能审核自己编辑的。"
    permissions = frozenset({"lists.see", "lists.approve", "scenes.see", "scenes.approve"})


class Administrator(Role):
    code = "administrator"
    display_name = "系统管理员"
    description = "管理组织、账号和后台任务，看不到诉求人信息。"
    permissions = frozenset({"system.manage", "people.manage", "lists.see", "records.verify"})


class PolicyOfficer(Role):
    code = "policy_officer"
    display_name = "政策专员"
    description = "编辑本部门政策规则，发起批次。"
    permissions = frozenset({"benefits.see", "benefits.edit", "benefits.batch"})


class PolicyApprover(Role):
    code = "policy_approver"
    display_name = "政策复核"
    description = "复核政策规则版本和批次；不能复核自己编辑的。"
    permissions = frozenset({"benefits.see", "benefits.approve"})


class Finance(Role):
    code = "finance"
    display_name = "财政专员"
    description = "测算门槛和单价，拨付与追回。"
    permissions = frozenset({"benefits.see", "benefits.simulate", "benefits.pay"})


class ServiceOfficer(Role):
    code = "service_officer"
    display_name = "事项专员"
    description = "维护事项和一件事，编译办事指南，看全市联办件。"
    permissions = frozenset({"scenes.see", "scenes.see_all", "scenes.edit", "scenes.compile", "lists.see"})


class BranchOfficer(Role):
    code = "branch_officer"
    display_name = "部门审批人"
    description = "办理本部门承办的联办分支。"
    permissions = frozenset({"scenes.see", "scenes.handle"})


class Agent(Role):
    code = "agent"
    display_name = "帮办代办员"
    description = "凭委托书代企业填报和查询。"
    permissions = frozenset({"scenes.see", "scenes.apply", "scenes.agent"})


class DutySteward(Role):
    code = "duty_steward"
    display_name = "编办管理员"
    description = "管理履职清单，裁定异议，管理岗位全量表。"
    permissions = frozenset(
        {
            "duties.see",
            "duties.see_all",
            "duties.edit",
            "duties.rule",
            "duties.precheck",
            "posts.see",
            "posts.edit",
            "lists.see",
            "lists.edit",
            "measure.see",
        }
    )


class Drafter(Role):
    code = "drafter"
    display_name = "部门拟稿人"
    description = "发文前预检，看对本部门任务的结论。"
    permissions = frozenset({"duties.see", "duties.precheck", "duties.send"})


class TownDuty(Role):
    code = "town_duty"
    display_name = "镇(街道)党政办"
    description = "签收本镇任务，接办或提出异议；看不到别镇的异议。"
    permissions = frozenset({"duties.see", "duties.receive", "duties.object", "posts.see"})


ROLES: dict[str, type[Role]] = {role.code: role for role in Role.__subclasses__()}
