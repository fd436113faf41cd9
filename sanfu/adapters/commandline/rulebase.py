"""Reads the shipped rule base from the content folder: dictionary, code lists, documents."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sanfu.adapters.commandline.main import BadInput
from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.reading.document import Document, read_document
from sanfu.kernel.rules.reading.library import Library
from sanfu.records.content import CONTENT

FOLDERS = ("standards", "policies", "benefits/policies")


def content_root(chosen: Path | None) -> Path:
    """The folder named by the user, else `content/` beside the package or in the working directory."""
    candidates = [chosen] if chosen else [CONTENT, Path("content")]
    for folder in candidates:
        if (folder / "facts" / "dictionary.yaml").is_file():
            return folder
    raise BadInput(f"找不到内容文件夹 {candidates[0]}(要有 facts/dictionary.yaml);用 --content 指明")


def read_yaml(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"读不了 {file}:{error.strerror}") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{file} 不是合法的 YAML:{error}") from error


def load_dictionary(root: Path) -> Dictionary:
    facts = read_yaml(root / "facts" / "dictionary.yaml")["事实"]
    return Dictionary.from_content(facts, read_yaml(root / "facts" / "industries.yaml")["代码集"])


def document_files(root: Path) -> list[Path]:
    return [file for folder in FOLDERS for file in sorted((root / folder).glob("*.md"))]


def load_library(root: Path, files: list[Path] | None = None) -> Library:
    """All documents of the content folder, or the given ones."""
    chosen = document_files(root) if files is None else files
    sources = [(str(f.relative_to(root)) if f.is_relative_to(root) else str(f), read_text(f)) for f in chosen]
    return Library.read(load_dictionary(root), sources)


def documents_under(root: Path, chosen: Path) -> list[Path]:
    """A file as it is; of a folder its documents (Markdown with front matter), sorted, without notes beside them."""
    if not chosen.is_dir():
        return [chosen]
    here = chosen.resolve()
    shipped = [f for f in document_files(root) if f.resolve().is_relative_to(here)]
    found = shipped or [f for f in sorted(chosen.rglob("*.md")) if read_text(f).lstrip().startswith("---")]
    if not found:
        raise BadInput(f"{chosen} 里没有政策文件(文首有 --- 的 *.md);请给文件或别的文件夹")
    return found


def library_with(root: Path, files: Sequence[Path]) -> tuple[Library, list[Document]]:
    """The shipped rule base with these documents in it: in place of their shipped copies, or added."""
    chosen = {file.resolve() for file in files}
    dictionary = load_dictionary(root)
    drafts = [read_document(read_text(file), dictionary, file.name) for file in files]
    library = load_library(root, [f for f in document_files(root) if f.resolve() not in chosen])
    ids = {draft.id for draft in drafts}
    kept = tuple(d for d in library.documents if d.id not in ids)
    return Library(library.dictionary, (*kept, *drafts)), drafts


def golden_of(file: Path) -> Path:
    return file.with_suffix(".golden.yaml")


def read_text(file: Path, what: str = "Markdown") -> str:
    """UTF-8, with or without a byte order mark."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except IsADirectoryError as error:
        raise BadInput(f"{file} 是文件夹；请给一个 UTF-8 的 {what} 文件") from error
    except FileNotFoundError as error:
        raise BadInput(f"没有 {file} 这个文件；核对路径") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{file} 第 {error.start + 1} 个字节起不是 UTF-8；请另存为 UTF-8 的 {what} 文件"
        ) from error
    except OSError as error:
        raise BadInput(f"读不了 {file}:{error.strerror}；请给一个 UTF-8 的 {what} 文件") from error
