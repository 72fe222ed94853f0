"""Scores made by hand, as files that the score step writes, and Table 5 of them."""

import pyarrow.parquet as pq

from semantic_tokens.conditions import Condition
from semantic_tokens.fine_tuning.scores import ScoreRow, score_table
from semantic_tokens.report import PAPER_TASKS, PRIMARY_METRIC, scores, table5

ORACLE = "tiny/d8/none/full/mlm"
KMEANS = "tiny/d8/none/kmeans-cosine-r05/mlm"
UNTRAINED = "tiny/d8/none/kmeans-cosine-r05/none"
ALIGNED = "tiny/d8/clsa-all/kmeans-cosine-r05/mlm"
RANDOM = "tiny/d8/none/random-stratified-r05/mlm"
FIRST = "tiny/d8/none/first-r05/mlm"


def score_files(folder, values, seeds=(0,), chance=0.2, languages=("en", "zh")):
    """Score files as the score step writes them, of {condition: {task: score}}; and the units that a study wants.

    The two languages score .05 more and less than their mean; seed s scores .01 s more.
    """
    paths, studies = [], {}
    for i, (condition, by_task) in enumerate(values.items()):
        for seed in seeds:
            rows = {
                task: [
                    ScoreRow(lang, PRIMARY_METRIC[task], score + offset + 0.01 * seed, chance, 10)
                    for lang, offset in zip(languages, (-0.05, 0.05, *(0.0 for _ in languages[2:])))
                ]
                for task, score in by_task.items()
            }
            paths.append(folder / f"{i}-{seed}.parquet")
            pq.write_table(score_table(Condition.parse(condition), "in-language", seed, rows), paths[-1])
            studies |= {f"{condition}/{task}@in-language#{seed}": ["main"] for task in by_task}
    return paths, studies


def cells_of(folder, values, **kwargs):
    paths, studies = score_files(folder, values, **kwargs)
    return table5.build(scores.collect(paths, "made-up", studies))


def every_task(score, **others):
    return dict.fromkeys(PAPER_TASKS, score) | others


AS_THE_PAPER_SAYS = {
    ORACLE: every_task(0.8),
    KMEANS: every_task(0.74, retrieval=0.5),
    UNTRAINED: every_task(0.6, retrieval=0.4),
    ALIGNED: every_task(0.78),
    RANDOM: every_task(0.5, retrieval=0.3),
    FIRST: every_task(0.4, retrieval=0.3),
}
SEEDS = (0, 1, 2)
