"""盘活测算 as a form: asked on the parcel's page, computed by the page of options."""

import re
from fractions import Fraction

from django import forms

from sanfu.projects.land.content import ways

BOUNDS = [("等于", "就是这个数"), ("不足", "不足这个数"), ("超过", "超过这个数")]


class OptionForm(forms.Form):
    """The question: what to build, and what is known of now and then."""

    way = forms.ChoiceField(label="盘活方式", choices=[(w.id, w.name) for w in ways()])
    storeys = forms.CharField(
        label="各层层高（米，从首层起）",
        max_length=300,
        initial="12、7、7、4.5、4.5、4.5",
        help_text="用顿号或逗号隔开；超过 8 米的层按两倍计容。",
    )
    plate = forms.DecimalField(
        label="每层建筑面积（平方米）", min_value=1, max_value=1_000_000, decimal_places=2
    )
    far_limit = forms.DecimalField(label="规划容积率上限", required=False, min_value=0, max_value=20)
    far_now = forms.DecimalField(label="现状容积率", required=False, min_value=0, max_value=20)
    far_bound = forms.ChoiceField(label="现状容积率的说法", choices=BOUNDS)
    numerator = forms.CharField(
        label="亩均的分子",
        required=False,
        max_length=20,
        help_text="例如 税收、产值。不写明分子就不计算亩均。",
    )
    per_mu_now = forms.DecimalField(label="现状亩均（万元）", required=False, min_value=0, max_value=100_000)
    expected = forms.DecimalField(
        label="建成后每年的分子（万元）", required=False, min_value=0, max_value=10_000_000
    )

    def clean_storeys(self) -> list[Fraction]:
        """Heights as exact numbers."""
        words = [w for w in re.split(r"[、,，;；\s]+", self.cleaned_data["storeys"]) if w]
        try:
            heights = [Fraction(w) for w in words]
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError("层高要写成 12、7、7 这样的数。") from None
        if not heights or len(heights) > 60 or not all(0 < h <= 60 for h in heights):
            raise forms.ValidationError("要有 1 至 60 层，每层层高大于 0、不超过 60 米。")
        return heights
