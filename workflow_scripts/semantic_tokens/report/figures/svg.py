"""SVG pictures, as small as they can be, and embedded in a page, so that the page needs no other file."""

import re

_PLACES = re.compile(r' (d|x|y|transform|width|height)="([^"]*)"')
_FONT = "'DejaVu Sans', Verdana, Arial, sans-serif"  # matplotlib's own, one as wide, and what there is
_UNUSED = re.compile(r'<g id="[a-zA-Z0-9_.]+">')  # matplotlib numbers its groups; nothing refers to them


def compact(text: str) -> str:
    """matplotlib's SVG in less than two thirds of the bytes: places to a hundredth of a point, no ids of groups, no
    indentation, the font named once."""

    def rounded(found: re.Match[str]) -> str:
        numbers = re.sub(r"-?[0-9]+\.[0-9]{3,}", lambda number: f"{float(number[0]):.2f}", found[2])
        return f' {found[1]}="{" ".join(numbers.split())}"'

    text = re.sub(r" ?font-family: [^;\"]*;?", "", text).replace("<svg ", f'<svg font-family="{_FONT}" ', 1)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return re.sub(r">\s+<", ">\n<", _PLACES.sub(rounded, _UNUSED.sub("<g>", text)))


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
