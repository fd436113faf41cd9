"""Templates: all compile, all are used, none carries inline script, style or handlers, every icon exists."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

WEB = Path(settings.ROOT) / "sanfu" / "web"
TEMPLATES = WEB / "templates"
FILES = sorted(p for p in TEMPLATES.rglob("*.*") if p.is_file())
NAMES = [str(p.relative_to(TEMPLATES)) for p in FILES]
SANFU = Path(settings.ROOT) / "sanfu"
SOURCES = [
    *SANFU.rglob("*.py"),
    *(SANFU / "adapters" / "skeleton").glob("*.txt"),
]  # what `sanfu new` writes, too
PYTHON = "\n".join(p.read_text("utf-8") for p in SOURCES)
ALL = "\n".join(p.read_text("utf-8") for p in FILES)
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static/sanfu/icons.svg").read_text("utf-8")))
# `<script>` may load a file or carry data; a nonce is for the exception that explains itself.
INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\b(?:src|nonce)=)(?![^>]*application/json)", re.I),
    "inline style": re.compile(r"<style(?![^>]*nonce=)|\sstyle\s*=", re.I),
    "event attribute": re.compile(r"\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.I),
    "script address": re.compile(r"""["']\s*(?:javascript|js):""", re.I),
}


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_template_keeps_the_content_security_policy(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    found = {what: m.group(0) for what, pattern in INLINE.items() if (m := pattern.search(text))}
    assert not found


def test_no_template_is_unused() -> None:
    unused = [n for n in NAMES if f'"{n}"' not in PYTHON and f'"{n}"' not in ALL]
    assert not unused


def test_every_icon_named_is_in_the_sheet() -> None:
    named = set(re.findall(r"{% icon [\"']([\w-]+)[\"']", ALL)) | set(
        re.findall(r"\bicon=[\"']([\w-]+)[\"']", ALL)
    )
    assert named <= ICONS, f"not in icons.svg: {named - ICONS}"


def test_post_forms_carry_their_token() -> None:
    forms = re.findall(r"<form[^>]*method=[\"']?post.*?</form>", ALL, re.I | re.S)
    naked = [form[:120] for form in forms if "csrf_token" not in form]
    assert forms
    assert not naked


def test_vendored_files_are_what_the_lock_says() -> None:
    lines = (WEB / "static/sanfu/vendor/vendor.lock").read_text("utf-8").splitlines()
    locked = {
        name: digest for name, _, digest in (line.split()[:3] for line in lines if line and line[0] != "#")
    }
    folder = WEB / "static/sanfu/vendor"
    there = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.js")}
    assert there == locked


# Lines of several elements that are longer than this: running text, where a new line would show as a space. Never more than today.
LONG, CROWDED = 160, 170


def test_templates_are_written_one_element_a_line() -> None:
    crowded = [
        f"{path.relative_to(TEMPLATES)}:{at}"
        for path in FILES
        for at, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if path.suffix == ".html" and len(line) > LONG and len(re.findall(r"<[a-zA-Z]|{%", line)) > 1
    ]
    assert len(crowded) <= CROWDED, "break the line between two blocks: " + ", ".join(crowded)
