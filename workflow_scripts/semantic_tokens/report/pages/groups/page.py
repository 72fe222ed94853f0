"""`groups.html`: type a word, and see its semantic token in two groupings side by side."""

from collections.abc import Sequence
from pathlib import Path

from semantic_tokens.conditions import Condition
from semantic_tokens.report.figures.style import style_of

TEMPLATE = Path(__file__).with_name("page.html.j2")
SCRIPTS = ("data.js", "vocabulary.js", "grouping.js", "map.js", "view.js", "app.js")  # in the order that they run
PARTS = (TEMPLATE.name, "page.css", *SCRIPTS)
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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    first = groupings[0]
    second = next((c for c in groupings[1:] if c.backbone == first.backbone), first)
    page = {
        "start": [first.grouped, second.grouped],
        "keywords": list(keywords),
        "groupings": [{"name": c.grouped, "backbone": c.backbone, "label": label(c)} for c in groupings],
    }
    return environment.get_template(TEMPLATE.name).render(
        run=run, page=page, keywords=keywords, groupings=groupings, lists=LISTS, scripts=SCRIPTS
    )


def label(condition: Condition) -> str:
    """A grouping in words: `e5: K-Means, 5%, d 384, CLSA (all)`."""
    grouping, (kind, _, sources) = condition.grouping, condition.alignment.partition("-")
    aligned = {"clsa": f"CLSA ({sources})", "shuffled": f"CLSA on shuffled pairs ({sources})"}
    parts = [style_of(grouping.method, "none").label, f"{grouping.percent}%" if grouping.percent else ""]
    parts += [f"d {condition.dim}", aligned.get(kind, "not aligned")]
    return f"{condition.backbone}: {', '.join(filter(None, parts))}"
