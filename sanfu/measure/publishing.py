"""静态公开: the open figures as plain files, so that any web server gives them out without the database."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path

from sanfu.measure import opendata, reading
from sanfu.measure.models import Closing
from sanfu.records.moments import day_of

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>body{{max-width:60rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 sans-serif}}
table{{border-collapse:collapse;width:100%}}th,td{{border-bottom:1px solid #bbb;padding:.4rem;text-align:left}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""


def files(region: str) -> Iterator[tuple[str, bytes]]:
    """Every file by name: a page, CSV and Parquet of each closed month, the dictionary, an index for people and programs."""
    closings = [closing for _, closing in sorted(reading.closings(region).items(), reverse=True)]
    for closing in closings:
        month = f"{closing.month:%Y-%m}"
        yield f"{month}.csv", opendata.csv(closing).encode()
        yield f"{month}.parquet", opendata.parquet(closing)
        yield f"{month}.html", _month(closing).encode()
    yield "dictionary.csv", opendata.dictionary_csv(closings[0] if closings else None).encode()
    yield "index.json", json.dumps(_index(closings), ensure_ascii=False, indent=1).encode()
    yield "index.html", _front(closings).encode()


def publish(region: str, folder: Path) -> list[str]:
    """Write the files into a folder, each whole or not at all; return their names. Files of others are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, data in files(region):
        fresh = folder / f".{name}.new"
        fresh.write_bytes(data)
        fresh.replace(folder / name)
        names.append(name)
    return names


def _index(closings: list[Closing]) -> dict[str, object]:
    months = [
        {"month": f"{one.month:%Y-%m}", "closed_at": one.closed_at.isoformat(), "digest": one.digest}
        for one in closings
    ]
    return {"licence": opendata.LICENCE, "months": months}


def _front(closings: list[Closing]) -> str:
    lines = "".join(
        f'<li><a href="{one.month:%Y-%m}.html">{one.month.year}年{one.month.month}月</a>：'
        f'<a href="{one.month:%Y-%m}.csv">CSV</a>、<a href="{one.month:%Y-%m}.parquet">Parquet</a></li>'
        for one in closings
    )
    body = f"<ul>{lines}</ul>" if closings else "<p>还没有公布的月份：每月封账以后在这里公布。</p>"
    return _PAGE.format(
        title="三服务指标公开",
        body=f'{body}<p><a href="dictionary.csv">数据字典</a></p><p>{escape(opendata.LICENCE)}</p>',
    )


def _month(closing: Closing) -> str:
    rows = [row for row in opendata.rows(closing) if row["unit"] == "全市" and not row["hidden"]]
    lines = "".join(
        f'<tr><th scope="row">{escape(str(row["name"]))}</th><td>{_said(row)}</td>'
        f"<td>{'' if not row['corrected'] else str(row['corrected']) + '次'}</td></tr>"
        for row in rows
    )
    month = f"{closing.month.year}年{closing.month.month}月"
    body = (
        f"<p>{day_of(closing.closed_at)} 封账，摘要 {closing.digest}。少于5件的数不公布。</p>"
        f'<table><thead><tr><th scope="col">指标</th><th scope="col">全市</th><th scope="col">更正</th></tr></thead><tbody>{lines}</tbody></table>'
        '<p><a href="index.html">全部月份</a></p>'
    )
    return _PAGE.format(title=f"三服务指标公开 {month}", body=body)


def _said(row: dict[str, object]) -> str:
    top, whole = row["numerator"], row["denominator"]
    if top is None:
        return f"{whole}件"
    return f"{100 * int(str(top)) / int(str(whole)):.1f}%（{top} ÷ {whole}）"
