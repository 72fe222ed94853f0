"""What a mark of a figure says to a reader who points at it: a `<title>` in the SVG, which needs no script."""

import re
from typing import Any

_MARKED = "says:"
_GROUP = re.compile(rf'<g id="{_MARKED}([^"]*)">')
_OPENING = '<g class="mark"><title>'


def say(artist: Any, text: str) -> None:
    """Give a mark (a matplotlib artist) the text that is shown beside the pointer."""
    artist.set_gid(_MARKED + text)


def titled(svg: str) -> str:
    """An SVG whose marks have their texts as titles, and the class `mark`. Neighbours that say the same, such as an
    interval and its point, are one mark."""
    before, *marks = _GROUP.sub(rf"{_OPENING}\1</title>", svg).split(_OPENING)
    joined: list[tuple[str, str]] = []
    for mark in marks:
        text, _, drawn = mark.partition("</title>")
        if joined and joined[-1][0] == text and _is_closed(joined[-1][1]):
            joined[-1] = text, joined[-1][1].rstrip().removesuffix("</g>") + drawn.lstrip()
        else:
            joined.append((text, drawn))
    return before + "".join(f"{_OPENING}{text}</title>{drawn}" for text, drawn in joined)


def _is_closed(drawn: str) -> bool:
    """Whether what follows a title is its own group and nothing more."""
    return len(re.findall(r"<g\b", drawn)) + 1 == drawn.count("</g>") and drawn.rstrip().endswith("</g>")
