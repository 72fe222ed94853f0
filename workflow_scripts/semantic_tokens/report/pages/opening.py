"""What the page opens with: the groups that are inspected, without any score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from semantic_tokens.analysis.dictionaries import DictionaryMeasures
from semantic_tokens.analysis.keywords import Member
from semantic_tokens.analysis.measures import Row
from semantic_tokens.analysis.mixing import Mixing
from semantic_tokens.analysis.translated_words import TranslatedWords
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.surface import SENTENCEPIECE
from semantic_tokens.report.groups import GroupMeasures

SHOWN = 30  # members of a group; keywords.csv has all
MIXED = {
    "script": "Groups that mix scripts",
    "language": "Groups that mix languages, as far as the run's text shows them",
}


@dataclass(frozen=True)
class Opening:
    """The rows of tables about groups that are inspected.

    siblings  measures by name -> title, and the rows of tables that hold them (geometry and the like)
    """

    conditions: Sequence[Condition]
    keywords: Sequence[str]
    members: Sequence[Member]
    translated: Sequence[TranslatedWords]
    mixing: Sequence[Mixing]
    dictionaries: Sequence[DictionaryMeasures]
    siblings: Sequence[tuple[Mapping[str, str], Sequence[Row]]]

    @property
    def backbones(self) -> list[str]:
        return list(dict.fromkeys(c.backbone for c in self.conditions))


NOTHING_INSPECTED = Opening((), (), (), (), (), (), ())


@dataclass(frozen=True)
class Value:
    """A figure, as text, and what random groups of the same sizes get, where that is known."""

    text: str
    random: str = ""


Line = tuple[str, list[Value | None]]  # what is measured, and its value in each condition


def view(opening: Opening, groups: Sequence[GroupMeasures]) -> list[dict[str, Any]]:
    """What the template shows, one entry a backbone."""
    return [_of_backbone(opening, groups, backbone) for backbone in opening.backbones]


def _of_backbone(opening: Opening, groups: Sequence[GroupMeasures], backbone: str) -> dict[str, Any]:
    conditions = [c for c in opening.conditions if c.backbone == backbone]
    sizes = {g.condition: g for g in groups}
    return {
        "backbone": backbone,
        "tokens": max(sizes[c].tokens for c in conditions),
        "conditions": conditions,
        "keywords": [(word, [_group(opening, c, word) for c in conditions]) for word in opening.keywords],
        "lines": [*_sizes(sizes, conditions), *_content(opening, sizes, conditions)],
        "languages": _languages(opening, conditions),
        "tables": list(filter(None, (_measured(*part, backbone) for part in opening.siblings))),
    }


def _group(opening: Opening, condition: Condition, word: str) -> tuple[int, list[str]] | None:
    """(size, the first members without the mark of a word's start); None where the word is not one token."""
    members = [m.token for m in opening.members if (m.condition, m.keyword) == (condition, word)]
    shown = [token.removeprefix(SENTENCEPIECE) or token for token in members[:SHOWN]]
    return (len(members), shown) if members else None


def _sizes(sizes: Mapping[Condition, GroupMeasures], conditions: Sequence[Condition]) -> list[Line]:
    found = [sizes[c] for c in conditions]
    numbers: list[Value | None] = [Value(f"{g.groups:,}") for g in found]
    spread: list[Value | None] = [Value(f"{g.mean_size:.0f}, {g.median_size:.0f}, {g.largest_size:,}") for g in found]
    return [("Groups", numbers), ("Subwords in a group: mean, median, most", spread)]


def _content(opening: Opening, sizes: Mapping[Condition, GroupMeasures], conditions: Sequence[Condition]) -> list[Line]:
    mixing = {(m.condition, m.property): m for m in opening.mixing}
    lines: list[Line] = []
    for name, title in MIXED.items():
        mixed = [mixing.get((c, name)) for c in conditions]
        lines.append((title, [_value(m.mixed_groups, m.random_mixed_groups) if m else None for m in mixed]))
    whole = {t.condition: t for t in opening.translated if not t.lang}
    words = [whole.get(c) for c in conditions]
    translatable = sorted({t.translatable for t in words if t})
    title = f"Words that share a group with a translation (of {', '.join(f'{n:,}' for n in translatable)})"
    lines.append((title, [_value(t.found, t.random_found) if t else None for t in words]))
    found = [sizes[c] for c in conditions]
    lines += [
        (
            "Precision: pairs in one group, across languages, that share a concept",
            [_value(g.precision_across, g.random_precision_across) for g in found],
        ),
        (
            "Recall: pairs of one concept, across languages, that share a group",
            [_value(g.recall_across, g.random_recall) for g in found],
        ),
    ]
    for judged_on, title in (
        ("all", "Translations in the dictionaries that share a group"),
        ("held-out", "The same for pairs that alignment does not train on"),
    ):
        judged = {d.condition: d for d in opening.dictionaries if d.judged_on == judged_on}
        of = [judged.get(c) for c in conditions]
        lines.append((title, [_value(d.recall, d.random_recall) if d else None for d in of]))
    return [line for line in lines if any(value is not None for value in line[1])]


def _languages(opening: Opening, conditions: Sequence[Condition]) -> list[tuple[str, int, list[Value | None]]]:
    """By language: translatable words, and how many of them share a group with a translation in each condition."""
    by_key = {(t.condition, t.lang): t for t in opening.translated}
    languages = dict.fromkeys(t.lang for t in opening.translated if t.lang)
    rows = []
    for lang in languages:
        found = [by_key.get((c, lang)) for c in conditions]
        words = max(t.translatable for t in found if t) if any(found) else 0
        rows.append((lang, words, [_value(t.found, t.random_found) if t else None for t in found]))
    return rows


def _measured(titles: Mapping[str, str], rows: Sequence[Row], backbone: str) -> dict[str, Any] | None:
    """A table of a sibling's measures of the backbone's models; None where it has none."""
    own = [row for row in rows if row["backbone"] == backbone and row["measure"] in titles and not row["subject"]]
    conditions = [Condition.parse(name) for name in dict.fromkeys(row["condition"] for row in own)]
    values = {(row["measure"], row["condition"]): row for row in own}
    lines = [
        (title, [_with_chance(values.get((measure, str(condition)))) for condition in conditions])
        for measure, title in titles.items()
    ]
    return {"conditions": conditions, "lines": lines} if conditions else None


def _with_chance(row: Row | None) -> Value | None:
    if row is None:
        return None
    return Value(f"{float(row['value']):.3f}", f"{float(row['chance']):.3f}" if row["chance"] else "")


def _value(share: float | None, random: float | None) -> Value | None:
    """A share of something, in percent."""
    return None if share is None else Value(_percent(share), "" if random is None else _percent(random))


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%" if 0 < share < 0.01 else f"{100 * share:.1f}%"
