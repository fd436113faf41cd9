"""Write the icon sheet from a folder of Lucide's single icons: `python icons.py LUCIDE_FOLDER ICONS_SVG`.

The folder is the unpacked npm package `lucide-static`; the names wanted stand one a line in icons.txt.
"""

import json
import re
import sys
from pathlib import Path


def symbol(name: str, source: str) -> str:
    """One `<symbol>` with the drawing of one icon file."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", source, re.S)
    if drawing is None:
        raise SystemExit(f"{name}: no <svg> in the file")
    body = re.sub(r"\s*\n\s*", "", drawing.group(1))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def main(folder: Path, target: Path) -> None:
    """Write the sheet; a missing name stops with the list of what is missing."""
    names = sorted({n for n in (Path(__file__).parent / "icons.txt").read_text("utf-8").split() if n})
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    missing = [n for n in names if not (folder / "icons" / f"{n}.svg").exists()]
    if missing:
        raise SystemExit(f"Lucide {version} has no icon named: {', '.join(missing)}")
    note = f"<!-- Icons: Lucide {version}, ISC licence, (c) Lucide Contributors; parts from Feather, MIT. -->"
    symbols = [symbol(n, (folder / "icons" / f"{n}.svg").read_text("utf-8")) for n in names]
    head = f'<svg xmlns="http://www.w3.org/2000/svg">{note}'
    target.write_text("\n".join([head, *symbols, "</svg>", ""]), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
