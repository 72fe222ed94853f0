"""The steps of a condition, each with the cost of its own jobs."""

from semantic_tokens.conditions import Condition
from semantic_tokens.report.costs import Cost
from semantic_tokens.report.pages import lineage
from support.toy_scores import ALIGNED, ORACLE

COSTS = [
    Cost("pretrain_backbone", "tiny", 60.0, 400.0),
    Cost("align", "tiny-d8-clsa-all", 5.0, None),
    Cost("group", "tiny-d8-clsa-all-kmeans-cosine-r05", 2.0, 100.0),
    Cost("group", "tiny-d8-none-kmeans-cosine-r05", 99.0, 999.0),
    Cost("continue_pretraining", "tiny-d8-clsa-all-kmeans-cosine-r05", 30.0, 300.0),
    Cost("score", "tiny-d8-clsa-all-kmeans-cosine-r05-mlm/ner@in-language#0", 10.0, 200.0),
    Cost("score", "tiny-d8-clsa-all-kmeans-cosine-r05-mlm/ner@in-language#1", 11.0, 250.0),
    Cost("score", "tiny-d8-clsa-all-kmeans-cosine-r05-mlm/ner@zero-shot#0", 99.0, 999.0),
]


def test_each_step_has_the_cost_of_its_jobs_and_no_other():
    steps = lineage.of(Condition.parse(ALIGNED), "in-language", COSTS)
    assert [(step.title, step.seconds, step.peak_memory_mib) for step in steps] == [
        ("Backbone", 60.0, 400.0),
        ("Embeddings", None, None),
        ("Alignment", 5.0, None),
        ("Grouping", 2.0, 100.0),
        ("Continual pretraining", 30.0, 300.0),
        ("Fine-tuning and scores", 21.0, 250.0),
    ]
    assert steps[3].artifact == "conditions/tiny/d8/clsa-all/kmeans-cosine-r05"


def test_what_was_not_done_is_no_step():
    titles = [step.title for step in lineage.of(Condition.parse(ORACLE).original, "in-language", [])]
    assert titles == ["Backbone", "Embeddings", "Fine-tuning and scores"]
