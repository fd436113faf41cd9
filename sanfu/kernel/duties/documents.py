"""Document reading (读文件): txt, Word and PDF bytes to text, with a plain answer when there is no text.

Word: accepted text is taken (deletions left out, insertions kept) and said so. PDF: the text layer only,
page by page with a limit; a scan without text is refused with what to do. The original stays.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

from pypdf import PdfReader
from pypdf.errors import PyPdfError

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE_LIMIT = 120
CHARACTER_LIMIT = 400_000
LEAST_TEXT = 12


@dataclass(frozen=True)
class ReadDocument:
    """Text with notes for the person who uploaded it; `cut` when only the first part was read."""

    text: str
    kind: str
    pages: int = 0
    notes: tuple[str, ...] = ()
    cut: bool = False


class UnreadableDocument(ValueError):
    """No text can be had; the message says what, why and what to do. The original is not touched."""


def read_document(data: bytes, name: str) -> ReadDocument:
    """Text of the bytes, by content first and file name second; raises UnreadableDocument with the remedy."""
    if not data.strip():
        raise UnreadableDocument(f"“{name}”是空文件；请检查后重新上传")
    if data[:5] == b"%PDF-":
        return _read_pdf(data, name)
    if data[:2] == b"PK":
        return _read_word(data, name)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableDocument(f"“{name}”是旧版 Word（.doc）格式；请另存为 .docx 后上传")
    return _read_text(data, name)


def _read_text(data: bytes, name: str) -> ReadDocument:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        note = ("按 GB 18030 编码读取",) if encoding == "gb18030" else ()
        return _bounded(_tidy(text), "txt", 0, list(note))
    raise UnreadableDocument(
        f"“{name}”不是文本、Word 或 PDF；请上传 txt、docx 或带文字层的 pdf，或直接粘贴文字"
    )


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u3000", " ").replace("\x0c", "\n")


def _bounded(text: str, kind: str, pages: int, notes: list[str], cut: bool = False) -> ReadDocument:
    if len(text) > CHARACTER_LIMIT:
        notes.append(f"全文 {len(text)} 字，只检查前 {CHARACTER_LIMIT} 字；其余未判，请分册上传")
        text, cut = text[:CHARACTER_LIMIT], True
    return ReadDocument(text, kind, pages, tuple(notes), cut)


def _read_word(data: bytes, name: str) -> ReadDocument:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "word/document.xml" not in archive.namelist():
                raise UnreadableDocument(f"“{name}”是压缩包但不是 Word 文档；请上传 .docx 文件")
            if archive.getinfo("word/document.xml").file_size > 60_000_000:
                raise UnreadableDocument(f"“{name}”正文过大（超过 60 MB）；请分册上传")
            root = ElementTree.fromstring(archive.read("word/document.xml"))
    except (zipfile.BadZipFile, ElementTree.ParseError) as problem:
        raise UnreadableDocument(
            f"“{name}”已损坏，无法打开（{problem}）；请用 Word 重新保存后上传"
        ) from problem
    notes: list[str] = []
    inserted, deleted = len(root.findall(f".//{WORD}ins")), len(root.findall(f".//{WORD}del"))
    if inserted or deleted:
        notes.append(f"文档带修订痕迹（插入 {inserted} 处、删除 {deleted} 处）；按接受全部修订后的文字检查")
    text = "\n".join(_paragraphs(root))
    if len(text.strip()) < 2:
        raise UnreadableDocument(f"“{name}”里没有文字（可能全是图片）；请粘贴文字或上传可编辑的文件")
    return _bounded(_tidy(text), "docx", 0, notes)


def _paragraphs(root: ElementTree.Element) -> list[str]:
    """Paragraph texts in order, tables included, tracked deletions left out."""
    lines = []
    for paragraph in root.iter(f"{WORD}p"):
        removed = {
            id(run)
            for gone in (*paragraph.iter(f"{WORD}del"), *paragraph.iter(f"{WORD}moveFrom"))
            for run in gone.iter()
        }
        parts = []
        for node in paragraph.iter():
            if id(node) in removed:
                continue
            if node.tag == f"{WORD}t":
                parts.append(node.text or "")
            elif node.tag in (f"{WORD}tab", f"{WORD}br"):
                parts.append(" " if node.tag == f"{WORD}tab" else "\n")
        lines.append("".join(parts))
    return lines


def _read_pdf(data: bytes, name: str) -> ReadDocument:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableDocument(f"“{name}”设有打开密码；请去除密码后上传")
        total = len(reader.pages)
        texts = [reader.pages[i].extract_text() or "" for i in range(min(total, PAGE_LIMIT))]
    except (PyPdfError, ValueError, KeyError, TypeError, OSError) as problem:
        if isinstance(problem, UnreadableDocument):
            raise
        raise UnreadableDocument(f"“{name}”无法解析（{problem}）；请重新导出 PDF 或上传 Word") from problem
    body = "\n".join(_unwrap(_tidy(text)) for text in texts)
    if len(re.sub(r"\s", "", body)) < LEAST_TEXT:
        raise UnreadableDocument(
            f"“{name}”共 {total} 页，没有文字层（应是扫描件）；"
            "系统不做文字识别，请上传 Word 或粘贴文字，原件已保留"
        )
    notes = []
    empty = sum(len(text.strip()) < 2 for text in texts)
    if empty:
        notes.append(f"{empty} 页没有文字层，这些页未检查")
    if total > PAGE_LIMIT:
        notes.append(f"共 {total} 页，只检查前 {PAGE_LIMIT} 页；其余未判，请分册上传")
    return _bounded(body, "pdf", total, notes, cut=total > PAGE_LIMIT)


def _unwrap(text: str) -> str:
    """Join lines that a PDF broke inside a sentence."""
    return re.sub(r"(?<=[\u4e00-\u9fff，、])\n(?=[\u4e00-\u9fff])(?![一二三四五六七八九十]+、)", "", text)
