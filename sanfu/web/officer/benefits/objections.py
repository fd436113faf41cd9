"""异议处理 of a batch on notice: which objection, upheld or not, and the answer."""

from datetime import date
from typing import Any

from django import forms

from sanfu.enterprise.benefits import actions, queries
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.benefits.policies import title_of
from sanfu.records.actor import Conflict
from sanfu.web.components.fields import Area, FitsRow

VERDICTS = (("yes", "成立，移出名单"), ("no", "不成立"))


class RuleForm(FitsRow):
    objection = forms.ChoiceField(label="哪一条异议")
    upheld = forms.ChoiceField(label="结论", choices=VERDICTS, widget=forms.RadioSelect)
    answer = Area(3, 500, label="核查情况和结论", help_text="要答复提出人")

    def fit(self, row: Batch, on: date) -> None:
        """The open objections by firm, clause and first words."""
        self.choose(
            "objection",
            [
                (
                    str(one.pk),
                    f"{one.line.enterprise.name} {title_of(row.region, one.line.clause)}：{one.text[:30]}",
                )
                for one in queries.open_objections(row)
            ],
        )


def rule(batch: Batch, *, objection: str, upheld: str, expected: int | None, **given: Any) -> Any:
    """Rule on one objection; a version is not asked, objections come while the officer writes."""
    found = queries.open_objections(batch).filter(pk=objection).first()
    if found is None:
        raise Conflict("这条异议已经处理过；请刷新后查看结论。")
    return actions.rule(found, upheld=upheld == "yes", **given)
