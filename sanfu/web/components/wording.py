"""Form errors as people would say them: what is wrong and what to do, instead of the framework's "确保该变量…"."""

from django import forms
from django.core import validators

FIELD_WORDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "此项还没有填写，请填写后再提交。"},
    forms.IntegerField: {"invalid": "这里要填整数，例如 12。"},
    forms.FloatField: {"invalid": "这里要填数字，例如 12.5。"},
    forms.DecimalField: {"invalid": "这里要填数字，例如 12.5。"},
    forms.DateField: {"invalid": "日期写法不对，请按 2026-11-23 这样填写。"},
    forms.DateTimeField: {"invalid": "时间写法不对，请按 2026-11-23 09:30 这样填写。"},
    forms.ChoiceField: {"invalid_choice": "“%(value)s”不在可选范围内，请重新选择。"},
    forms.MultipleChoiceField: {"invalid_choice": "“%(value)s”不在可选范围内，请重新选择。"},
    forms.UUIDField: {"invalid": "编号写法不对，请从列表中重新选择。"},
    forms.FileField: {
        "required": "还没有选择文件，请选择后再提交。",
        "missing": "没有收到文件，请重新选择。",
        "empty": "文件是空的，请检查后重新选择。",
        "invalid": "没有收到文件，请重新选择后提交。",
        "max_length": "文件名太长（%(length)d 个字），请改短到 %(max)d 个字以内。",
    },
}
LIMIT_WORDS: dict[type[validators.BaseValidator], str] = {
    validators.MinLengthValidator: "至少要 %(limit_value)d 个字，现在是 %(show_value)d 个，请补充。",
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在是 %(show_value)d 个，请精简。",
    validators.MinValueValidator: "不能小于 %(limit_value)s，请核对后重填。",
    validators.MaxValueValidator: "不能大于 %(limit_value)s，请核对后重填。",
}


def speak_plainly() -> None:
    """Replace the words; a form that brings its own keeps them."""
    for field, words in FIELD_WORDS.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **words}
    for validator, text in LIMIT_WORDS.items():
        validator.message = text
