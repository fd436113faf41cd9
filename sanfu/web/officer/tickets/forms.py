"""Forms of the acts on an order."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils import timezone

from sanfu.grassroots.tickets.queries import callers
from sanfu.grassroots.tickets.states import Rating, RefusalReason, ReturnReason
from sanfu.people.queries import HANDLING_KINDS, organisations
from sanfu.records.moments import day_of
from sanfu.web.components.enclosures import EnclosureField
from sanfu.web.components.fields import Area, OfferedInput, SaysDone, VersionField
from sanfu.web.officer.tickets.choices import items_of_county


class ActForm(forms.Form):
    """A form of one act; unit fields take their choices from the region's organisations."""

    version = VersionField()

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            if isinstance(one, ItemField):
                one.offer(dict(items_of_county()))
            if isinstance(one, UnitField | UnitsField):
                units = [(o["code"], o["short"]) for o in organisations(region, kinds=HANDLING_KINDS)]
                one.choices = units if isinstance(one, UnitsField) else [("", "请选择"), *units]


class UnitField(forms.ChoiceField):
    """A unit of the county by code."""


class UnitsField(forms.MultipleChoiceField):
    """Several units of the county by code."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "many"})


def item_said(code: str, heading: str) -> str:
    """An item as a form shows and takes it: its heading, the code behind."""
    return f"{heading}（{code}）"


class ItemField(forms.CharField):
    """One item of the responsibility list, chosen by its heading; what comes out is its code."""

    widget = OfferedInput
    headings: Mapping[str, str] = MappingProxyType({})

    def offer(self, headings: Mapping[str, str]) -> None:
        """Let it be chosen among these items: code → heading."""
        self.headings = headings
        assert isinstance(self.widget, OfferedInput)
        self.widget.offers = [item_said(code, heading) for code, heading in headings.items()]

    def prepare_value(self, value: Any) -> Any:
        return item_said(value, self.headings[value]) if value in self.headings else value

    def clean(self, value: Any) -> str:
        """The code of the item that is meant; nothing when nothing is said."""
        words: str = super().clean(value)
        if not words:
            return words
        codes = [code for code, name in self.headings.items() if words in (code, name, item_said(code, name))]
        codes = codes or [code for code in self.headings if code in words.upper()]
        if len(codes) != 1:
            raise forms.ValidationError(f"清单里没有“{words}”这一项；写几个字，再从跳出的事项里选，或不填。")
        return codes[0]


class YesNo(forms.TypedChoiceField):
    """是/否, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "未记录"), ("1", "是"), ("0", "否")]
        super().__init__(
            choices=choices, coerce=lambda v: v == "1", empty_value=None, required=False, **kwargs
        )


class DispatchForm(ActForm):
    unit = UnitField(label="主办单位")
    item = ItemField(
        label="清单事项",
        required=False,
        max_length=240,
        help_text="写几个字就能选；采用建议时自动填好，不在清单里可不填",
    )
    reason = Area(label="派单依据", help_text="清单条款、满足的条件")
    helpers = UnitsField(label="协办单位（可不选，随派单一并告知）", required=False)


class SplitForm(ActForm):
    points = forms.CharField(
        label="拆成几件",
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=20000,
        help_text="每件一段，段与段之间空一行。第一段留在本单，其余各成一单；来信原文保留，时限都从来信时起算。",
    )


class UnitWordsForm(ActForm):
    unit = UnitField(label="单位")
    words = Area(label="事项")


class WordsForm(ActForm):
    words = Area(label="说明")


class NothingForm(ActForm):
    pass


class ReturnForm(ActForm):
    reason = forms.ChoiceField(label="退单理由", choices=ReturnReason.choices())
    cites = ItemField(label="引用清单事项", required=False, max_length=240, help_text="写几个字就能选")
    proposes = UnitField(label="应由哪个单位办理", required=False)
    words = Area(label="事实说明")


class RuleForm(ActForm):
    unit = UnitField(label="裁定由谁主办")
    words = Area(label="裁定依据")
    condition = forms.CharField(
        label="决定归属的条件",
        required=False,
        max_length=200,
        help_text="写成 属性=值，如 设施位置=小区共有部分；多个用分号隔开",
    )
    becomes_rule = forms.BooleanField(label="写成清单规则草案", required=False)


class ExtensionForm(ActForm):
    days = forms.IntegerField(label="延长工作日", min_value=1, max_value=60)
    words = Area(label="客观原因")


class DecideForm(ActForm):
    granted = forms.ChoiceField(label="决定", choices=[("1", "同意"), ("0", "不同意")])


class SuspendForm(ActForm):
    words = Area(label="客观事由")
    until = forms.CharField(label="恢复条件", max_length=200)


class ReplyForm(SaysDone, ActForm):
    says_done = ("public",)

    public = Area(label="公开答复", help_text="查明的事实、处理结果、依据")
    internal = Area(label="内部说明", required=False)
    enclosures = EnclosureField(public=True)


class RefuseForm(ActForm):
    reason = forms.ChoiceField(label="理由", choices=RefusalReason.choices())
    words = Area(label="告知内容和途径")


class MergeForm(ActForm):
    into = forms.CharField(label="并入工单编号", max_length=32)


class CallerForm(ActForm):
    """Who calls back."""

    caller = forms.ChoiceField(label="回访人", error_messages={"required": "请选择回访人。"})

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, region=region, **kwargs)
        self.fields["caller"].choices = [("", "请选择"), *callers(region, day_of(timezone.now()))]  # type: ignore[attr-defined]


class CallbackForm(ActForm):
    reached = forms.ChoiceField(label="是否接通", choices=[("1", "已接通"), ("0", "未接通")])
    responded = YesNo(label="承办单位是否联系过")
    resolved = YesNo(label="是否解决")
    rating = forms.ChoiceField(label="满意程度", required=False, choices=[("", "未评价"), *Rating.choices()])
    note = Area(label="诉求人意见", required=False)
