"""Forms of 履职."""

from collections.abc import Sequence
from typing import Any

from django import forms

from sanfu.grassroots.duties.queries import TOWN_KINDS
from sanfu.grassroots.duties.states import Ruling
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.web.components.fields import Area
from sanfu.web.pieces.units import UnitField, UnitForm, UnitsField

KINDS = ["通知", "方案", "函", "会议纪要", "考核细则", "工作群通知", "工单", "紧急通知"]
CATEGORIES = [
    "党的建设", "经济发展", "民生服务", "平安法治", "乡村振兴", "生态环保", "城乡建设", "交通运输", "文化和旅游",
    "卫生健康", "应急管理及消防", "市场监管", "教育培训监管", "综合政务",
]  # fmt: skip


class TownForm(UnitForm):
    """A form that asks for one town."""

    town = UnitField(TOWN_KINDS, label="镇（街道）")


class ImportForm(TownForm):
    file = forms.FileField(
        widget=forms.FileInput,
        label="清单文件",
        help_text="公布版式的 Excel、Word 三张表，或 YAML、竖线分隔文本",
    )


class CheckForm(TownForm):
    kind = forms.ChoiceField(label="文种", choices=[(kind, kind) for kind in KINDS])
    title = forms.CharField(label="标题", max_length=200, required=False)
    text = Area(
        rows=10, max_length=300_000, label="正文", required=False, help_text="粘贴正文，或在下面上传文件"
    )
    file = forms.FileField(
        widget=forms.FileInput, label="文件", required=False, help_text="txt、docx 或带文字层的 pdf"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("text") and not cleaned.get("file"):
            raise forms.ValidationError("请粘贴正文，或上传一个文件。")
        return cleaned


class SendForm(UnitForm):
    towns = UnitsField(TOWN_KINDS, label="接收镇（街道）")
    workdays = forms.IntegerField(label="办理时限（工作日）", min_value=1, max_value=250, initial=10)
    reason = forms.CharField(
        label="坚持下发的理由",
        required=False,
        max_length=200,
        help_text="预检有拦截项时必填，镇和编办都会看到",
    )


class RulingForm(forms.Form):
    ruling = forms.ChoiceField(label="裁定", choices=[c for c in Ruling.choices() if c[0] != Ruling.OPEN])
    verdict = forms.ChoiceField(label="认定", choices=[(v.value, v.label) for v in Verdict])
    said = Area(label="理由和依据", help_text="会作为先例被引用")


class RuleForm(forms.Form):
    words = forms.CharField(label="条件词", max_length=100, help_text="空格分隔，任务中须同时出现")
    any_issuer = forms.BooleanField(label="不限发文部门", required=False)


class AdmissionForm(UnitForm):
    name = forms.CharField(label="拟新增事项", max_length=120)
    category = forms.ChoiceField(label="类别", choices=[(c, c) for c in CATEGORIES])
    basis = forms.CharField(label="依据", max_length=200, help_text="法律法规、机构改革或上级文件")
    power = forms.CharField(
        label="权随事转", max_length=200, help_text="部门保留什么职权、给镇什么权限", required=False
    )
    staff = forms.CharField(label="人随事转", max_length=200, required=False)
    money = forms.CharField(label="钱随事转", max_length=200, required=False)
    town_duty = forms.CharField(label="镇（街道）做什么", max_length=300)
    temporary = forms.BooleanField(label="临时任务", required=False, initial=True)
    ends_on = forms.DateField(
        label="截止日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    towns = UnitsField(TOWN_KINDS, label="承接镇（街道）")


class DecideForm(forms.Form):
    office = forms.CharField(label="编办意见", max_length=200, required=False)
    justice = forms.CharField(label="司法意见", max_length=200, required=False)
    town = forms.CharField(label="镇（街道）意见", max_length=200, required=False)
    approve = forms.ChoiceField(label="决定", choices=[("yes", "准入"), ("no", "不予准入")])
    decision = forms.CharField(label="批准文件", max_length=200, required=False)


class RatingForm(UnitForm):
    rated = UnitField(label="评价单位")
    score = forms.TypedChoiceField(
        label="评分",
        coerce=int,
        choices=[(5, "5 很好"), (4, "4 较好"), (3, "3 一般"), (2, "2 较差"), (1, "1 差")],
    )
    reason = forms.CharField(label="事实和理由", max_length=300, required=False)

    def __init__(self, *args: Any, region: str, other: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, region=region, **kwargs)
        self.offer(rated=other)
