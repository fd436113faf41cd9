"""公开的指标: closed months only, small numbers hidden, as a page, CSV and Parquet."""

from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sanfu.measure import opendata, reading
from sanfu.measure.models import Closing
from sanfu.web.access import public_page
from sanfu.web.request import PublicRequest


@public_page
def figures(request: PublicRequest, month: str = "") -> HttpResponseBase:
    """The figures of a closed month; the newest when none is named."""
    closing = opendata.closed(settings.REGION, _month(month) if month else None)
    if closing is None and month:
        raise Http404("这个月还没有公布；只公布封账以后的数。")
    rows = opendata.rows(closing) if closing else []
    county = [_line(row) for row in rows if row["unit"] == "全市"]
    context = {
        "title": "三服务指标公开", "closing": closing, "licence": opendata.LICENCE, "dictionary": opendata.dictionary(),
        "indicators": opendata.indicators(closing) if closing else [], "corrected": opendata.corrected(closing) if closing else [],
        "county": [row for row in county if not row["hidden"]], "hidden": [row for row in county if row["hidden"]],
        "months": sorted(reading.closings(settings.REGION), reverse=True),
    }  # fmt: skip
    return render(request, "citizen/open/figures.html", context)


def _line(row: dict[str, object]) -> dict[str, object]:
    top, whole = row["numerator"], row["denominator"]
    share = f"{100 * int(str(top)) / int(str(whole)):.1f}%" if top is not None and whole else ""
    shown = "件数过少，不公布" if row["hidden"] else share or f"{whole}件"
    return row | {"shown": shown, "parts": f"{top} ÷ {whole}" if share else ""}


@public_page
def download(request: PublicRequest, month: str, kind: str) -> HttpResponseBase:
    """The month as open data."""
    closing: Closing | None = opendata.closed(settings.REGION, _month(month))
    if closing is None or kind not in ("csv", "parquet"):
        raise Http404("没有这个文件；只公布封账以后的数，格式是 csv 和 parquet。")
    if kind == "csv":
        response = HttpResponse(opendata.csv(closing), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(opendata.parquet(closing), content_type="application/vnd.apache.parquet")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'指标-{month}.{kind}')}"
    return response


@public_page
def dictionary(request: PublicRequest) -> HttpResponseBase:
    """数据字典: the columns of the open data with their meaning, and how each indicator is computed, as CSV."""
    closing = opendata.closed(settings.REGION)
    response = HttpResponse(opendata.dictionary_csv(closing), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('数据字典.csv')}"
    return response


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as problem:
        raise Http404("月份写作 2026-10。") from problem
