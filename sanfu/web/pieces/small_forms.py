"""Small forms of a page (页内小表单): done with a word or refused with the reason, and back to the page; a scheme of one's own."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.content import SAFE
from sanfu.web.request import Request

MOST_BYTES = 1_000_000


def act_and_return(
    request: Request, form: forms.Form, act: Callable[..., Any], row: Any, said: str, back: tuple[Any, ...]
) -> HttpResponse:
    """Calls `act(row, **fields, by, at)`; redirects to `back` (route and arguments) with `said` or the reason."""
    if not form.is_valid():
        messages.error(request, "；".join(f"{form[n].label}：{e[0]}" for n, e in form.errors.items()))
        return redirect(*back)
    given = form.cleaned_data
    return try_and_return(request, lambda: act(row, **given, by=request.actor, at=request.now), said, back)


def try_and_return(
    request: Request, act: Callable[[], Any], said: str, back: tuple[Any, ...]
) -> HttpResponse:
    """Calls `act()`; redirects to `back` (route and arguments) with `said`, or with the reason it was refused."""
    try:
        act()
        messages.success(request, said)
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect(*back)


def scheme_mapping(
    own: Any, chosen: str, shipped: Callable[[str], Mapping[str, Any]], needs: str
) -> Mapping[str, Any]:
    """The mapping of the shipped scheme chosen, or of the uploaded file. Refused when there is none or it is no mapping."""
    if not own:
        if not chosen:
            raise Refused("请选择一个方案，或上传自己的方案。")
        return shipped(chosen)
    try:
        raw = yaml.load(own.read(MOST_BYTES).decode("utf-8-sig"), Loader=SAFE)
    except (UnicodeDecodeError, yaml.YAMLError) as odd:
        raise Refused(f"方案文件读不了：{str(odd)[:120]}") from odd
    if not isinstance(raw, dict):
        raise Refused(f"方案文件应是一个对象，写有 {needs}。")
    return raw


class SchemeForm(forms.Form):
    """A title, a scheme (shipped or one's own file) and the error of the input: what a run of an evaluation asks first."""

    title = forms.CharField(label="名称", max_length=100)
    scheme = forms.ChoiceField(label="方案", required=False)
    own = forms.FileField(
        label="自己的方案（YAML 或 JSON）",
        required=False,
        widget=forms.FileInput(),
        help_text="上传了就用它；权重之和须为 100。",
    )
    error = forms.DecimalField(label="输入误差（%）", min_value=0, max_value=50)

    def offer(self, schemes: Iterable[tuple[str, str]], error: int, error_help: str) -> None:
        """Fill in the shipped schemes (id, label), and the usual error with what it does."""
        self.fields["scheme"].choices = [("", "请选择"), *schemes]  # type: ignore[attr-defined]
        self.fields["error"].initial, self.fields["error"].help_text = error, error_help

    def mapping(self, shipped: Callable[[str], Mapping[str, Any]], needs: str) -> Mapping[str, Any]:
        """The mapping of the scheme that was chosen. Refused when there is none or the file is no mapping."""
        given = self.cleaned_data
        return scheme_mapping(given["own"], given["scheme"], shipped, needs)
