"""How a suggestion of the matcher is shown: `{% load matching %}`."""

from django import template
from django.utils.safestring import SafeString

from sanfu.web.components import cells

register = template.Library()
SURE = 0.9  # from here on a suggestion is shown as safe to take


@register.simple_tag
def sureness(confidence: float | None, unit: str) -> SafeString:
    """The tag of one suggested unit: how often such a suggestion was right, or what is still missing."""
    if not unit:
        return cells.tag("需先补问", "warn")
    if confidence is None:
        return cells.tag("备选", "")
    return cells.tag(f"把握 {confidence:.0%}", "ok" if confidence >= SURE else "info")
