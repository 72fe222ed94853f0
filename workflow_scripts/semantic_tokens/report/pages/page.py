"""The page of a run: one HTML file that holds everything it shows and loads nothing else."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa

from semantic_tokens import csv_rows
from semantic_tokens.analysis import intervals
from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER, table5
from semantic_tokens.report.claims.arithmetic import ERRORS
from semantic_tokens.report.claims.backbones import findings
from semantic_tokens.report.claims.ledger import Claim
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, WITHIN_NOISE
from semantic_tokens.report.deviations import Deviation
from semantic_tokens.report.figures import svg
from semantic_tokens.report.figures.style import STYLES, style_of
from semantic_tokens.report.groups import GroupMeasures
from semantic_tokens.report.pages.opening import NOTHING_INSPECTED, Opening
from semantic_tokens.report.pages.opening import view as opening_view
from semantic_tokens.report.table5 import Cell, oracle_in

TEMPLATE = Path(__file__).with_name("page.html.j2")
FIGURE_LABEL = "Scores of the study {}, one panel per task; Table 5 below has the numbers"
# Pages beside this one, each made by the target of its name, as are those of the sibling papers. Links stand here
# whether or not the target was run, so that the page is the same.
OTHER_PAGES = {
    "before_after": "Effects of grouping on geometry and layers, next to those on scores; words with several senses",
    "efficiency": "Table 3: parameters, peak memory and steps per second of a pretraining step",
}
FINDING_WORDS = {HOLDS: "shows", FAILS: "does not show"}  # other verdicts have the ledger's names
# What a table beside the main ones shows, by the name of its file.
MORE_TABLES = {
    "mixing": "Groups that mix scripts, languages, or word beginnings and continuations, next to random groups of the "
    "same sizes",
    "information": "What a grouping can no longer tell apart within a language, in bits per token, and how many "
    "running tokens share a group with a more frequent token of the language, next to random groups of the same sizes",
    "dictionary_pairs": "Groups against dictionaries: do words that translate each other share a group? Aligned tables "
    "are judged by the pairs held out from alignment, so compare rows of the same source set and `held-out`",
    "stability": "Adjusted Rand index of groupings from other seeds: 1 = the same groups, 0 = as alike as random ones",
    "languages": "Figure 10: do the same languages lose on two tasks? Pearson correlation and one-tailed p; the "
    "paper prints one pair twice, and the first is read as retrieval and QA",
    "claims": "The papers' claims, judged by their own numbers and by this run",
}


def render(
    scores: pa.Table,
    cells: Sequence[Cell],
    groups: Sequence[GroupMeasures],
    figures: Mapping[str, str],
    manifest: Mapping[str, Any],
    more_tables: Mapping[str, list[list[str]]],
    deviations: Sequence[Deviation],
    siblings: Mapping[str, str],
    claims: Sequence[Claim],
    without: Sequence[Cell] = (),
    opening: Opening = NOTHING_INSPECTED,
    left_out: Sequence[str] = (),
) -> str:
    """The page as HTML text. `figures` holds the SVG of every study that has a figure, by the study's name,
    `more_tables` further tables of the run, by the name of the file, as rows of text, the first the columns' names,
    `siblings` what the pages of the sibling papers show, by name, `claims` the ledger, `without` the means without
    a language (`table5.build_without`), `opening` the groups that are inspected, which come first; `left_out`
    has a line for each file of data that lost many rows."""
    import yaml
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"vocabulary": _vocabulary, "embeddings": _embeddings, "operations": _operations}
    environment.filters |= {"score": _score, "percent": _percent, "band": _band, "minutes": _minutes}
    config = manifest["config"]
    world = config["data"]["kind"] == "world"
    used = sorted({cell.condition.backbone for cell in cells})
    scored = {cell.condition.grouped for cell in cells}
    only_inspected = {c.grouped for c in opening.conditions} - scored
    return environment.get_template(TEMPLATE.name).render(
        other_pages={**siblings, **OTHER_PAGES},
        config=config,
        config_yaml=yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=100),
        figures=[(name, svg.inline(text, name, FIGURE_LABEL.format(name))) for name, text in figures.items()],
        findings=[(backbone, findings_view(claims, cells, backbone)) for backbone in _backbones(cells, "in-language")],
        sizes={measured.condition.grouped: measured for measured in groups},
        groups=[(m.condition, m) for m in groups if m.condition.grouped not in only_inspected],
        opening=opening_view(opening, groups),
        languages=language_tables(scores),
        manifest=manifest,
        more_tables=[(name, MORE_TABLES[name], rows) for name, rows in more_tables.items()],
        deviations=deviations,
        left_out=left_out,
        informed=[name for name in used if config["backbones"][name].get("initialisation") == "informed"],
        seconds=sum(rule["seconds"] for rule in manifest["rules"].values()),
        seeds=sorted({cell.seeds for cell in cells}),
        standard_errors=ERRORS,
        covered=[(where, *intervals.COVERED[where]) for where in table5.uncovered([*cells, *without])],
        over=sorted({cell.interval_over for cell in cells if cell.interval_over}),
        tables=[table5_view(part, *block) for part in (cells, without) for block in _blocks(part)],
        world=world,
    )


def read_table(path: Path) -> list[list[str]]:
    """The rows of a CSV file as text, the columns' names first; a fraction is cut to three places."""
    return [[_shortened(cell) for cell in row] for row in csv_rows.cells(path)]


def table5_view(cells: Sequence[Cell], backbone: str, transfer: str) -> dict[str, Any]:
    """Table 5 of one backbone and transfer: one row per condition, by task its cell of the primary metric (None: not
    measured), the chance levels, and the languages of the means. Means without a language have a column each."""
    chosen = [c for c in cells if (c.condition.backbone, c.transfer) == (backbone, transfer)]
    chosen = [c for c in chosen if c.metric == PRIMARY_METRIC[c.task]]
    columns = sorted({(TASK_ORDER.index(c.task), c.without, c.task) for c in chosen})
    by_key = {(c.condition, c.task, c.without): c for c in chosen}
    ordered = sorted({c.condition for c in chosen}, key=_reading_order)
    names = {(task, out): TASK_NAMES[task] + (f" without {out}" if out else "") for _, out, task in columns}
    return {
        "backbone": backbone,
        "transfer": transfer,
        "without": any(c.without for c in chosen),
        "languages": table5.languages_of_means({names[c.task, c.without]: c.languages for c in chosen}),
        "oracle": oracle_in(chosen, backbone, transfer),
        "tasks": [(names[task, out], METRIC_NAMES[PRIMARY_METRIC[task]]) for _, out, task in columns],
        "rows": [(c, [by_key.get((c, task, out)) for _, out, task in columns]) for c in ordered],
        "chance": [
            _range([c.chance for c in chosen if (c.task, c.without) == (task, out)]) for _, out, task in columns
        ],
    }


def findings_view(claims: Sequence[Claim], cells: Sequence[Cell], backbone: str) -> list[dict[str, Any]]:
    """The findings of one backbone: the claim, its verdict in the page's words, why it does not show, its
    numbers."""
    found = []
    for claim, verdict in findings(claims, cells, backbone):
        deciding = verdict.decided_by if verdict.verdict in (FAILS, WITHIN_NOISE) else ()
        why = verdict.why + (f": {'; '.join(deciding)}" if deciding else "")
        words = FINDING_WORDS.get(verdict.verdict, verdict.verdict)
        found.append({"claim": claim, "verdict": words, "why": why, "numbers": verdict.numbers})
    return found


def language_tables(scores: pa.Table) -> list[dict[str, Any]]:
    """For every task, metric and transfer: languages, and one row per condition of scores by language, mean over
    seeds."""
    values: dict[tuple[str, str, str], dict[Condition, dict[str, list[float]]]] = {}
    for row in scores.to_pylist():
        measure = values.setdefault((row["task"], row["metric"], row["transfer"]), {})
        measure.setdefault(Condition.from_columns(row), {}).setdefault(row["lang"], []).append(row["value"])
    tables = []
    in_order = sorted(values, key=lambda key: (TASK_ORDER.index(key[0]), key[1] != PRIMARY_METRIC[key[0]], key))
    for task, metric, transfer in in_order:
        rows = values[task, metric, transfer]
        languages = sorted({lang for by_language in rows.values() for lang in by_language})
        ordered = sorted(rows, key=lambda c: (c.backbone, *_reading_order(c)))
        filled = [(c, [fmean(rows[c][lang]) for lang in languages]) for c in ordered]
        title = f"{TASK_NAMES[task]}, {METRIC_NAMES[metric]}, {transfer}"
        tables.append({"title": title, "languages": languages, "rows": filled})
    return tables


def _blocks(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    return sorted({(cell.condition.backbone, cell.transfer) for cell in cells})


def _backbones(cells: Sequence[Cell], transfer: str) -> list[str]:
    return [backbone for backbone, found in _blocks(cells) if found == transfer]


def _reading_order(condition: Condition) -> tuple[int, str, bool, str, int, bool, float]:
    """The full vocabulary first, then by method; in each as in the paper's table: not aligned, then aligned; not
    continually pretrained, then pretrained; from large to small ratios."""
    grouping, methods = condition.grouping, [method for method, _ in STYLES]
    known = methods.index(grouping.method) if grouping.method in methods else len(methods)
    aligned, pretrained = condition.alignment != "none", condition.pretraining == "mlm"
    return (known, grouping.method, aligned, condition.alignment, -condition.dim, pretrained, -grouping.ratio)


def _vocabulary(condition: Condition) -> str:
    """A condition's grouping in words: `K-Means, 5%`."""
    label = style_of(condition.grouping.method, "none").label
    return label if condition.grouping.percent is None else f"{label}, {condition.grouping.percent}%"


def _embeddings(condition: Condition) -> str:
    """Dim and alignment in words: `d 128, CLSA (all)`."""
    names = {"clsa": "CLSA", "shuffled": "CLSA on shuffled pairs"}
    kind, _, sources = condition.alignment.partition("-")
    return f"d {condition.dim}" + (f", {names[kind]} ({sources})" if kind in names else "")


def _operations(condition: Condition) -> str:
    """The rest of a condition in words: `d 128, CLSA (all), continually pretrained`."""
    return f"{_embeddings(condition)}, {'' if condition.pretraining == 'mlm' else 'not '}continually pretrained"


def _range(values: list[float]) -> str:
    low, high = _score(min(values)), _score(max(values))
    return low if low == high else f"{low}–{high}"


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def _band(retained: float | None) -> str:
    """The colour class of a share of the oracle's score (paper, Table 5)."""
    if retained is None:
        return ""
    return next((name for least, name in ((0.9, "high"), (0.7, "middle"), (0.5, "low")) if retained > least), "least")


def _shortened(text: str) -> str:
    return f"{float(text):.3f}" if re.fullmatch(r"-?[0-9]+\.[0-9]{4,}(e-?[0-9]+)?", text) else text


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"
