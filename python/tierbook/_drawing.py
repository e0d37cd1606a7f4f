"""Drawings in notebooks: the SVG document of `tierbook`, in the colours of the page that shows it."""

from __future__ import annotations

import re

#: The colours of drawings, which are made for a white page, as colours for any page.
_COLOURS = {
    "#fff": "none",
    "#1f2328": "currentColor",
    "#59636e": "currentColor;opacity:.75",
    "#818b98": "currentColor;opacity:.6",
    "#d1d9e0": "currentColor;opacity:.2",
    "#0969da": "#388bfd",
    "#b35900": "#d18616",
    "#9a3412": "#c0622a",
    "#cf222e": "#e5534b",
}


def drawing(svg: str) -> str:
    """A drawing of which each element has its style itself, so that none reaches the rest of the page."""
    sheet = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
    if sheet is None:
        return f'<div style="max-width:960px">{svg}</div>'
    plain = sheet[1].split("@media")[0]
    for colour, themed in _COLOURS.items():
        plain = re.sub(rf"{colour}\b", themed, plain)
    rules = [
        (frozenset(selector.strip().split(".")) - {""}, found[2])
        for found in re.finditer(r"([^{}]+)\{([^{}]*)\}", plain)
        for selector in found[1].split(",")
    ]

    def styled(found: re.Match[str]) -> str:
        tag, attributes = found[1], found[2]
        classes = re.search(r' class="([^"]*)"', attributes)
        names = {tag, *(classes[1].split() if classes else ())}
        style = ";".join(declarations for selector, declarations in rules if selector <= names)
        if classes:
            attributes = attributes.replace(classes[0], "")
        return f"<{tag}{attributes}" + (f' style="{style}"' if style else "")

    drawn = re.sub(r'<(\w+)((?: [\w:-]+="[^"]*")*)', styled, svg.replace(sheet[0], ""))
    return f'<div style="max-width:960px">{drawn}</div>'
