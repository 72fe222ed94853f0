"""`groups.html`: type a word, and see its semantic token in two groupings side by side."""

from collections.abc import Sequence

from semantic_tokens.conditions import Condition
from semantic_tokens.report.pages import words
from semantic_tokens.report.pages.environment import environment

TEMPLATE = "groups/page.html.j2"
SCRIPTS = ("data.js", "vocabulary.js", "grouping.js", "map.js", "view.js", "app.js")  # in the order that they run
PARTS = ("page.css", TEMPLATE, "groups/groups.css", *(f"groups/{name}" for name in SCRIPTS))  # of its templates
LISTS = {
    "numbers": "numbers",
    "punctuation": "punctuation",
    "largest": "largest",
    "languages": "most languages",
    "mixed": "most scripts",
}  # of groups, by their names in grouping.js


def render(run: str, groupings: Sequence[Condition], keywords: Sequence[str]) -> str:
    """The page as HTML text; it loads the data of a grouping from `data/groups/` when that is chosen.

    groupings  what can be chosen, in this order; it opens with the first and another of the same backbone
    keywords   words to start from; it opens with the first that is a subword
    """
    first = groupings[0]
    second = next((c for c in groupings[1:] if c.backbone == first.backbone), first)
    page = {
        "start": [first.grouped, second.grouped],
        "keywords": list(keywords),
        "groupings": [{"name": c.grouped, "backbone": c.backbone, "label": label(c)} for c in groupings],
    }
    return (
        environment()
        .get_template(TEMPLATE)
        .render(run=run, page=page, keywords=keywords, groupings=groupings, lists=LISTS, scripts=SCRIPTS)
    )


def label(condition: Condition) -> str:
    """A grouping in words: `e5: K-Means, 5%, d 384, CLSA (all)`."""
    return f"{condition.backbone}: {words.vocabulary(condition)}, d {condition.dim}, {words.alignment(condition)}"
