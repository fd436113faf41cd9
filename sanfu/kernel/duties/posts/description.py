"""岗位说明书 as Word, laid out after GB/T 9704 (A4, margins 37/35/28/26 mm, 仿宋三号, 28 pt lines)."""

import io

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from sanfu.kernel.duties.posts.model import Post, PostTable, Role

BODY, HEAD, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"


def describe(table: PostTable, codes: list[str] | None = None) -> bytes:
    """One file with a page for each post (all posts, or those named)."""
    document = _page()
    chosen = [post for post in table.posts if codes is None or post.code in codes]
    for place, post in enumerate(chosen):
        if place:
            document.add_page_break()  # type: ignore[no-untyped-call]
        _post(document, table, post)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page() -> Document:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    return document


def _line(
    document: Document, text: str, font: str = BODY, size: float = 16, indent: bool = True
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(size * 2)
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return paragraph


def _post(document: Document, table: PostTable, post: Post) -> None:
    title = _line(document, "岗位说明书", TITLE, 22, indent=False)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    place = " ".join(filter(None, (table.town, post.unit)))
    note = _line(
        document,
        f"{place}　编码 {post.code}{'　（' + table.mark + '）' if table.mark else ''}",
        BODY,
        14,
        indent=False,
    )
    note.alignment = WD_ALIGN_PARAGRAPH.CENTER
    names = {task.code: task.name for task in table.tasks}
    for number, (head, lines) in enumerate(_sections(table, post, names)):
        _line(document, f"{'一二三四五六七八九十'[number]}、{head}", HEAD)
        for line in lines:
            _line(document, line)


def _sections(table: PostTable, post: Post, names: dict[str, str]) -> list[tuple[str, list[str]]]:
    mine = [one for one in table.assignments if one.post == post.code]
    lead = [f"{one.item} {names.get(one.item, '')}（主办）" for one in mine if one.role is Role.LEAD]
    backup = [f"{one.item} {names.get(one.item, '')}（备岗）" for one in mine if one.role is Role.BACKUP]
    terms = [f"{key}：{value}" for key, value in (post.requirements or {}).items()]
    terms += [f"证件：{'、'.join(sorted(post.certificates))}"] if post.certificates else []
    load = table.loads().get(post.code, 0.0)
    return [
        ("岗位名称", [f"{post.name}（{post.nature or '编制性质待定'}，职数 {post.seats}）"]),
        ("汇报对象", [post.reports_to or "待明确"]),
        ("服务对象", [post.serves or "待明确"]),
        ("内外协调关系对象", [post.partners or "待明确"]),
        ("岗位工作目标", [post.goal or "待明确"]),
        ("主要工作任务", [*lead, *backup] or ["暂无事项"]),
        ("主要职权", list(post.powers) or ["按所承担事项行使，不超出清单"]),
        ("任职条件", terms or ["待明确"]),
        ("工作量", [f"年度负荷 {load:.0%}（事项频次×单次工时÷可用工时）"]),
        ("风险点", list(post.risks) or ["待排查"]),
    ]
