"""Reads the shipped rule base from the content folder: dictionary, code lists, documents."""

from pathlib import Path
from typing import Any

import yaml

import sanfu
from sanfu.adapters.commandline.main import BadInput
from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.reading.document import Document, read_document
from sanfu.kernel.rules.reading.library import Library

FOLDERS = ("standards", "policies")


def content_root(chosen: Path | None) -> Path:
    """The folder named by the user, else `content/` beside the package or in the working directory."""
    candidates = [chosen] if chosen else [Path(sanfu.__file__).parents[1] / "content", Path("content")]
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


def library_with(root: Path, file: Path) -> tuple[Library, Document]:
    """The shipped rule base with this document in it: in place of its shipped copy, or added."""
    chosen = file.resolve()
    text = read_text(file)
    draft = read_document(text, load_dictionary(root), file.name)
    others = [f for f in document_files(root) if f.resolve() != chosen]
    library = load_library(root, others)
    kept = tuple(d for d in library.documents if d.id != draft.id)
    return Library(library.dictionary, (*kept, draft)), draft


def golden_of(file: Path) -> Path:
    return file.with_suffix(".golden.yaml")


def read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"读不了 {file}:{error};请给一个 UTF-8 的 Markdown 文件") from error
