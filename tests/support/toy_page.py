"""What the page of a run shows, made by hand: of the toy scores, and of the paper's own Table 5 at its full size."""

from dataclasses import replace

from semantic_tokens.names import file_stem
from semantic_tokens.report import PAPER_TASKS, groups, manifest, printed, scores, table5
from semantic_tokens.report.claims import ledger
from semantic_tokens.report.claims.scores import Scores, of_run
from semantic_tokens.report.costs import Cost
from semantic_tokens.report.deviations import Deviation
from semantic_tokens.report.pages.content import Content
from semantic_tokens.report.pages.curves import Curve
from support.toy_claims import LEDGER, PAPER, REFERENCE
from support.toy_groups import CONDITION, WORDS, partition
from support.toy_scores import AS_THE_PAPER_SAYS, KMEANS, score_files

PRINTED = printed.read(REFERENCE / "table5.csv")
CONFIG = {
    "run": {"name": "made-up", "evaluation_split": "test"},
    "data": {"kind": "world", "languages": ["en", "zh"]},
    "backbones": {"tiny": {"initialisation": "informed"}},
}
FIGURE = '<svg width="9pt" height="9pt" viewBox="0 0 9 9"><path id="p" d="M0 0L9 9"/><use href="#p"/></svg>'
COSTS = [
    Cost("pretrain_backbone", "tiny", 61.0, 400.0),
    Cost("score", f"{file_stem(KMEANS)}/ner@in-language#0", 8, 99.0),
]
CURVES = [
    Curve("tiny", "pretraining", {"loss": [(1, 8.0), (2, 5.0)]}),
    Curve(KMEANS, "continual pretraining", {"loss": [(1, 7.0), (9, 2.5)]}),
]
PAGES = {"geometry": "Where the embeddings lie", "probing": "What the layers hold"}


def content(folder, seeds=(0,), values=AS_THE_PAPER_SAYS, languages=("en", "zh"), **changes):
    """A page's content of scores {condition: {task: score}}; `config` changes sections of the config."""
    paths, studies = score_files(folder, values, seeds=seeds, languages=languages)
    table = scores.collect(paths, "made-up", studies)
    cells = table5.build(table)
    backbones = {name.split("/")[0] for name in values}
    config = CONFIG | {"backbones": {name: {} for name in backbones} | CONFIG["backbones"]} | changes.pop("config", {})
    made = Content(
        scores=table,
        cells=cells,
        without=table5.build_without(table),
        groups=[groups.measure(CONDITION, partition([0, 1, 1, 1, 2, 1, 2, 2, 2]), groups.meanings(WORDS), 0)],
        manifest=manifest.collect(config, COSTS, folder),
        figures={"main": FIGURE},
        more_tables={"stability": [["condition", "ari"], [str(CONDITION), "0.500"]], "mixing": [["condition"]]},
        deviations=[Deviation(key="made-up", paper="Nothing.", place="section 1", ours="Something.", why="No reason.")],
        claims=LEDGER,
        judged=judged(table),
        printed=PRINTED,
        costs=COSTS,
        curves=CURVES,
        commands={condition: f".venv/bin/snakemake results/{condition}" for condition in values},
        exports={KMEANS: {"compact": ".venv/bin/snakemake results/card"}},
        pages=PAGES,
    )
    return replace(made, **changes)


def of_the_paper(folder, seeds=(0, 1, 2), **changes):
    """As many conditions, backbones and languages as the paper has, scored as it prints."""
    values = {}
    for one in PRINTED:
        values.setdefault(str(one.condition), {})[one.task] = one.score
    assert set(values[str(PRINTED[0].condition)]) == set(PAPER_TASKS)
    languages = ("ar", "bn", "en", "fi", "id", "ja", "ko", "ru", "sw", "te", "th", "zh")
    return content(folder, seeds, values, languages, **changes)


def judged(table):
    """The rows of claims.csv, as they are read."""
    rows = ledger.ledger(LEDGER, Scores(PAPER), Scores(of_run(table)))
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
