"""剖面图: a building from the ground up as an SVG, each storey as high as it is, with who is placed there."""

from html import escape

from django.utils.safestring import SafeString, mark_safe

from sanfu.kernel.floors.fit import say
from sanfu.kernel.floors.model import GRAVITY, Building
from sanfu.kernel.floors.placing import Placed

# Drawing units: width, a metre of height, height of a storey that nobody wrote; narrow, so that a phone can be read.
WIDTH, METRE, UNKNOWN = 500, 11, 5


def section(building: Building, placed: Placed, names: dict[str, str]) -> SafeString:
    """Storeys with height, load and tenants."""
    heights = [float(f.storey_height) if f.storey_height is not None else UNKNOWN for f in building.floors]
    total = sum(heights) * METRE
    parts, top = [], total
    for floor, height in zip(building.floors, heights, strict=True):
        top -= height * METRE
        here = "、".join(names[n] for n, low in placed.at.items() if low == floor.number) or "空"
        load = floor.has.get("load")
        figures = f"{floor.number} 层 {height:g} 米"
        if load is not None and not isinstance(load, bool | str):
            figures += f" {say(round(load, 1))} kN/㎡（{load / GRAVITY:.2g} t）"
        middle = top + height * METRE / 2 + 5
        parts.append(
            f'<rect x="0" y="{top:g}" width="{WIDTH}" height="{height * METRE:g}" fill="var(--paper-2)" stroke="var(--ink-3)"/>'
            f'<text x="12" y="{middle:g}" fill="var(--ink)" font-size="15">{escape(figures)}</text>'
            f'<text x="270" y="{middle:g}" fill="var(--ink)" font-size="15">{escape(here)}</text>'
        )
    return mark_safe(
        f'<svg viewBox="0 0 {WIDTH} {total:g}" width="100%" role="img" aria-label="{escape(building.name)}剖面图">{"".join(parts)}</svg>'
    )
