"""SVG pictures embedded in a page, so that the page needs no other file."""

import re


def inline(text: str, name: str, label: str) -> str:
    """An SVG file's root element, to stand in HTML: scales with its column and keeps its proportions.

    `name` goes in front of its ids, for several pictures on one page would share them. `label` tells what is seen to
    those who do not see it.
    """
    from markupsafe import escape

    root = text[text.index("<svg") :]
    root = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", root)
    root = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r"\1", root, count=1)
    root = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", root, count=1)
    return root.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1)


def width(text: str) -> float:
    """The width in px at which matplotlib drew an SVG, which gives it in points.

    Raises ValueError for an SVG without one.
    """
    found = re.search(r'<svg\b[^>]*? width="([0-9.]+)pt"', text)
    if found is None:
        raise ValueError("the SVG names no width in points")
    return float(found[1]) * 4 / 3
