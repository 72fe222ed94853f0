"""The page of a run: one HTML file that holds everything it shows and loads nothing else."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from semantic_tokens import csv_rows
from semantic_tokens.analysis import intervals
from semantic_tokens.report import printed, table5
from semantic_tokens.report.claims.arithmetic import ERRORS
from semantic_tokens.report.figures import svg
from semantic_tokens.report.pages import (
    claims,
    curves,
    details,
    evidence,
    headline,
    languages,
    lineage,
    matrix,
    opening,
    retained_chart,
    words,
)
from semantic_tokens.report.pages.content import Content
from semantic_tokens.report.pages.environment import environment

TEMPLATE = "index/page.html.j2"
GROUPS_PAGE = "groups"  # where a word's semantic token is looked up
FIGURE_LABEL = "What the study {} retains, one panel per task; the matrix has the numbers"
# What a table beside the main ones shows, by the name of its file.
MORE_TABLES = {
    "mixing": "Groups that mix scripts, languages, or word beginnings and continuations, next to random groups of the "
    "same sizes",
    "information": "What a grouping can no longer tell apart within a language, in bits per token, and how many "
    "running tokens share a group with a more frequent token of the language, next to random groups of the same sizes",
    "dictionary_coverage": "Coverage of the dictionaries, by language and script: pairs with such a word, those in "
    "which it is one subword, and those that give a pair of tokens",
    "dictionary_pairs": "Groups against dictionaries: do words that translate each other share a group? Aligned tables "
    "are judged by the pairs held out from alignment, so compare rows of the same source set and `held-out`",
    "stability": "Adjusted Rand index of groupings from other seeds: 1 = the same groups, 0 = as alike as random ones",
    "languages": "Figure 10: do the same languages lose on two tasks? Pearson correlation and one-tailed p; the "
    "paper prints one pair twice, and the first is read as retrieval and QA",
}


def render(content: Content) -> str:
    """The page as HTML text."""
    import yaml

    cells, config = content.cells, content.manifest["config"]
    beside = printed.beside(cells, content.printed, content.roles)
    table = matrix.build(cells, content.groups, beside, printed.TRANSFER)
    chosen = headline.choose(table)
    scored = {cell.condition.grouped for cell in cells}
    only_inspected = {c.grouped for c in content.opening.conditions} - scored
    seeds = sorted({cell.seeds for cell in cells})
    judged = claims.of_ledger(content.judged)
    return environment().get_template(TEMPLATE).render(
        run=config["run"]["name"],
        config=config,
        world=config["data"]["kind"] == "world",
        manifest=content.manifest,
        evidence=evidence.of(config, sorted({c.condition.backbone for c in cells}), seeds, content.left_out),
        headline=chosen,
        numbers=headline.numbers(chosen) if chosen else [],
        chart=_chart(chosen, table) if chosen else None,
        groups_page=GROUPS_PAGE if GROUPS_PAGE in content.present else None,
        matrix=table,
        without=languages.means_without(content.without),
        covered=[(where, *intervals.COVERED[where]) for where in table5.uncovered([*cells, *content.without])],
        over=sorted({cell.interval_over for cell in cells if cell.interval_over}),
        means=_languages_of_means(cells),
        seeds=seeds,
        opening=opening.view(content.opening, content.groups),
        figures=[(name, svg.inline(text, name, FIGURE_LABEL.format(name))) for name, text in content.figures.items()],
        findings=[
            (backbone, claims.of_backbone(content.claims, cells, backbone))
            for backbone in sorted({c.condition.backbone for c in cells if c.transfer == printed.TRANSFER})
        ],
        claims=judged,
        claim_counts=claims.counts(judged),
        standard_errors=ERRORS,
        languages=languages.tables(content.scores),
        groups=[(m.condition, m) for m in content.groups if m.condition.grouped not in only_inspected],
        more_tables=[(name, MORE_TABLES[name], rows) for name, rows in content.more_tables.items()],
        data=details.data(
            table, content.scores, content.costs, content.curves, content.commands, content.exports
        ),
        step_titles=lineage.TITLES,
        costs=[(row, lineage.by_title(row.condition, row.transfer, content.costs)) for row in table.rows],
        curves=[(number, curve, curves.draw(curve)) for number, curve in enumerate(content.curves, 1)],
        deviations=content.deviations,
        pages=[(name, what, name in content.present) for name, what in content.pages.items()],
        seconds=sum(rule["seconds"] for rule in content.manifest["rules"].values()),
        latex=content.latex,
        config_yaml=yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=100),
    )  # fmt: skip


def read_table(path: Path) -> list[list[str]]:
    """The rows of a CSV file as text, the columns' names first; a fraction is cut to three places."""
    return [[_shortened(cell) for cell in row] for row in csv_rows.cells(path)]


def _chart(chosen: headline.Headline, table: matrix.Matrix) -> Mapping[str, Any]:
    """The picture of the first screen and its legend."""
    series = [_series("kmeans", f"{words.name(chosen.best.condition)}", chosen.best)]
    if chosen.random:
        series.append(_series("random", words.name(chosen.random.condition), chosen.random))
    if any(chosen.paper):
        theirs = next(one for one in chosen.paper if one).condition
        marks = tuple(retained_chart.Mark(one.retained) if one else None for one in chosen.paper)
        series.append(
            retained_chart.Series(
                "paper", f"The paper’s {words.backbone_of_paper(theirs.backbone)}: {words.name(theirs)}", marks
            )
        )
    label = f"Share of the full vocabulary’s score that {chosen.backbone} retains, by task; the matrix has the numbers"
    titles = [title for _, title, _ in table.columns]
    return {"svg": retained_chart.draw(titles, series, label), "legend": retained_chart.legend(series)}


def _series(kind: str, label: str, row: matrix.Row) -> retained_chart.Series:
    cells = [entry.cell if entry else None for entry in row.entries]
    marks = [
        retained_chart.Mark(cell.retained, cell.retained_low, cell.retained_high)
        if cell and cell.retained is not None
        else None
        for cell in cells
    ]
    return retained_chart.Series(kind, label, tuple(marks))


def _languages_of_means(cells: Sequence[table5.Cell]) -> list[tuple[str, str]]:
    """(what was trained on, the languages of its means in words)."""
    transfers = dict.fromkeys(cell.transfer for cell in cells)
    return [(transfer, languages.of_means([c for c in cells if c.transfer == transfer])) for transfer in transfers]


def _shortened(text: str) -> str:
    return f"{float(text):.3f}" if re.fullmatch(r"-?[0-9]+\.[0-9]{4,}(e-?[0-9]+)?", text) else text
