"""Amounts of work: counted by hand on small configs and on the paper's Table 5."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from semantic_tokens.conditions import Condition
from semantic_tokens.config.loading import load
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.errors import InputError
from semantic_tokens.estimate import downloads, facts, items
from semantic_tokens.estimate.formulas.conditions import over_groups
from semantic_tokens.estimate.jobs import PlannedJob
from semantic_tokens.estimate.plan import plan_of
from semantic_tokens.grouping import methods
from semantic_tokens.models.shape import Shape
from semantic_tokens.sources import listing
from semantic_tokens.tasks import declared
from support import ROOT

MINI = yaml.safe_load((ROOT / "tests/support/mini.yaml").read_text())
PAPER = load(yaml.safe_load((ROOT / "configs/paper.yaml").read_text()))


def made(studies=None, **sections):
    """The toy config of the workflow's tests with other sections."""
    return load(MINI | ({"studies": studies} if studies else {}) | sections)


def study(*patterns, tasks=("nli",), transfer="in-language", seeds=(0,)):
    return {"conditions": list(patterns), "tasks": list(tasks), "transfer": transfer, "seeds": list(seeds)}


def rules(jobs) -> Counter:
    return Counter(job.rule for job in jobs)


def job_of(plan, rule, folder) -> PlannedJob:
    """The job of a rule whose outputs lie in a folder."""
    (found,) = [job for job in plan.jobs.values() if job.rule == rule and Path(job.output).parent == Path(folder)]
    return found


def test_parameters_are_those_of_the_papers_table_3():
    shape = shape_of(PAPER.backbones["mbert"])
    printed = {5_977: 90.63, 11_955: 95.22, 23_909: 104.40, 47_819: 122.77, 119_547: 177.85}
    for groups, millions in printed.items():
        without_output_bias = shape.parameters(groups, 768) - groups
        assert without_output_bias / 1e6 == pytest.approx(millions, abs=0.01)
    assert (shape.parameters(5_977, 128) - 5_977) / 1e6 == pytest.approx(86.81, abs=0.01)


def test_flop_by_hand():
    shape = Shape(vocabulary=100, dim=10, layers=2, heads=2, intermediate=30, positions=16, types=2)
    assert shape.body == 2 * (4 * 100 + 2 * 300) == 2_000
    # 5 tokens in sequences of 4: matrices 2 x 2,000 each, attention 4 x 2 layers x 4 tokens x 10.
    assert shape.forward(5, 4) == 5 * (4_000 + 320)
    # A fifth of them go through a 10 x 10 matrix and over 50 groups of 6 dimensions; backwards costs twice forwards.
    assert shape.masked_lm(5, 4, 0.2, 50, 6) == pytest.approx(3 * (5 * 4_320 + 1 * 2 * (100 + 300)))


@pytest.mark.slow
def test_table_5_of_the_paper_is_counted_as_the_paper_has_it():
    plan = plan_of(PAPER)
    found = rules(plan.of("table5"))
    assert found["score"] == 45 * 4 and found["train_retriever"] == found["search_passages"] == 45
    assert found["encode_passages"] == 45 * 8, "in shards"
    assert found["continue_pretraining"] == 1 + 8 + 8 + 4, "oracle, Figures 3 and 4, Figure 5, Figure 6"
    assert found["build_model"] == found["group"] == 36, "45 less nine that differ in pretraining only"
    kmeans = [job for job in plan.of("table5") if job.kind == "kmeans"]
    assert len(kmeans) == 4 + 4 + 2 * 4 + 3 * 4, "mBERT as it is, aligned, at two dimensions; three more backbones"
    assert found["align"] == 6 and found["extract_embeddings"] == 8
    assert found["fetch_backbone"] == 4 and found["tokenize_corpus"] == 1
    assert all(found[f"tokenize_{task}"] == 4 for task in PAPER.tasks.model_dump(exclude_none=True))


@pytest.mark.slow
def test_work_of_the_papers_pretraining_by_hand():
    job = job_of(plan_of(PAPER), "continue_pretraining", "conditions/mbert/d128/clsa-all/kmeans-cosine-r05/mlm")
    tokens = 25_000 * 1_024 * 128
    body = 2 * 12 * (4 * 768**2 + 2 * 768 * 3_072) + 4 * 12 * 128 * 768
    logits = 0.15 * 2 * (768**2 + 5_977 * 128)
    assert job.work == pytest.approx(3 * tokens * (body + logits))
    assert job.known == "exact"
    assert 1.6e18 < job.work < 1.8e18


def test_what_studies_share_counts_once_in_all_and_in_each_of_them():
    shared = "tiny-bert/d32/none/kmeans-cosine-r20/mlm"
    config = made({"one": study(shared), "two": study(shared, "tiny-bert/d32/none/kmeans-cosine-r40/mlm")})
    plan = plan_of(config)
    assert rules(plan.jobs.values())["score"] == 2
    assert rules(plan.of("one"))["score"] == 1 and rules(plan.of("two"))["score"] == 2
    for study_name in ("one", "two"):
        assert rules(plan.of(study_name))["pretrain_backbone"] == 1
    grouped = "conditions/tiny-bert/d32/none/kmeans-cosine"
    both, one = (job_of(plan, "continue_pretraining", f"{grouped}-{ratio}/mlm") for ratio in ("r20", "r40"))
    assert plan.studies[both.output] == {"one", "two"}
    assert plan.studies[one.output] == {"two"}


@pytest.mark.slow
def test_a_job_comes_after_all_that_it_needs():
    for config in (PAPER, made()):
        done = set()
        for output, job in plan_of(config).jobs.items():
            assert set(job.needs) <= done, output
            done.add(output)


def test_the_control_of_alignment_waits_for_the_rate_that_it_is_trained_at():
    plan = plan_of(made({"a": study("tiny-bert/d32/shuffled-two/kmeans-cosine-r20/none")}))
    clsa, control = (job_of(plan, "align", f"conditions/tiny-bert/d32/{name}-two") for name in ("clsa", "shuffled"))
    assert clsa.output in control.needs
    assert clsa.work == 2 * control.work, "two learning rates against one"


def test_k_means_again_with_other_seeds_is_counted():
    grouping = {"max_iterations": 20, "stability_seeds": [4, 5]}
    config = made({"a": study("tiny-bert/d32/none/{kmeans-cosine,random}-r20/none")}, grouping=grouping)
    found = rules(plan_of(config).of("a"))
    assert found["group_again"] == 2, "random groups have no start to depend on"


def test_a_group_that_shares_a_process_is_one_job_with_the_work_of_all_its_tasks():
    config = made({"a": study("tiny-bert/d32/none/full/none", tasks=("ner", "qa"))})
    (job,) = [job for job in plan_of(config).jobs.values() if job.rule == "score"]
    shape = shape_of(config.backbones["tiny-bert"])
    readings = [items.reading(config, task, "in-language") for task in ("ner", "qa")]
    assert job.work == sum(shape.forward(3 * r.training + r.evaluation, r.length) for r in readings)
    assert job.benchmark == "score/tiny-bert-d32-none-full-none/ner+qa@in-language#0.tsv"


def test_readings_of_the_papers_tasks_by_hand():
    nli = items.reading(PAPER, "nli", "in-language")
    assert nli.training == 2 * 15 * 392_702 * facts.TOKENS["nli"]
    assert nli.evaluation == 15 * 5_010 * facts.TOKENS["nli"]
    assert items.reading(PAPER, "nli", "zero-shot").training == nli.training / 15
    assert items.reading(PAPER, "nli", "zero-shot").evaluation == nli.evaluation
    ner = items.reading(PAPER, "ner", "in-language")
    assert ner.training == 50 * 18_360 * facts.TOKENS["ner"], "the ten languages' training sentences"
    qa = items.reading(PAPER, "qa", "in-language")
    assert qa.training == pytest.approx(3 * 49_881 * facts.QA_WINDOWS * facts.TOKENS["qa"])
    assert qa.evaluation == pytest.approx(5_077 * facts.QA_WINDOWS * facts.TOKENS["qa"]), "no test set is published"
    rerank = items.reading(PAPER, "rerank", "in-language")
    pair = facts.TOKENS["query"] + facts.TOKENS["passage"]
    assert rerank.training == 5 * 40_203 * 8 * pair
    assert rerank.evaluation == (13_071 + 305 + 119) * 100 * pair, "German and Yoruba have dev queries only"
    retrieval = items.reading(PAPER, "retrieval", "in-language")
    assert retrieval.training == 40 * 40_203 * (facts.TOKENS["query"] + 2 * 256), "padded to the longest passage"


def test_passages_to_search():
    def with_collection(**changes):
        return PAPER.model_copy(update={"data": PAPER.data.model_copy(update=changes)})

    full = items.passages(with_collection(collection="full", distractors=None))
    assert sum(full.values()) == 106_332_152
    sampled = items.passages(with_collection(collection="sampled", distractors=1_000))
    assert sampled["sw"] == 1_000 + 9 * (1_901 + 482)
    assert sampled["yo"] == 1_000 + 9 * 119
    assert items.passages(with_collection(collection="sampled", distractors=10**9)) == full


def test_the_embedded_world_follows_from_the_config():
    config = made()
    reading = items.reading(config, "nli", "in-language")
    assert reading.training == 1 * 3 * 18 * facts.WORLD_TOKENS["nli"]
    assert reading.evaluation == 3 * 9 * facts.WORLD_TOKENS["nli"]
    assert items.passages(config) == {"en": 40, "sw": 40, "zh": 40}
    assert items.token_pairs(config, ["muse", "concepticon"]) == 3 * facts.WORLD_PAIRS


def test_disk_by_hand():
    plan, folder = (
        plan_of(made({"a": study("tiny-bert/d8/none/kmeans-cosine-r20/mlm")})),
        "conditions/tiny-bert/d8/none",
    )
    assert job_of(plan, "extract_embeddings", folder).leaves == 4 * 3_000 * 8
    shape = shape_of(made().backbones["tiny-bert"])
    saved = 4 * shape.parameters(600, 32), 4 * shape.parameters(600, 8)
    grouped = f"{folder}/kmeans-cosine-r20"
    assert job_of(plan, "build_model", f"{grouped}/none").leaves == saved[0], "zeros are saved as well"
    checkpoint = 3 * saved[1]
    assert job_of(plan, "continue_pretraining", f"{grouped}/mlm").leaves == saved[0] + checkpoint


def test_classes_of_grouping_methods():
    declared = methods.declared()
    heavy = {name for name, method in declared.items() if method.flops_per_iteration}
    assert heavy == {"product-quantisation", *(name for name in declared if name.startswith("kmeans-"))}
    by_language = {name for name, method in declared.items() if method.needs_languages}
    assert by_language == {"random-stratified", "kmeans-information"}


def test_every_source_that_a_config_may_name_has_a_size():
    sources = {
        *listing.CORPORA,
        *listing.DICTIONARIES,
        *(name for task in declared().values() for name in task.sources),
    }
    for name in sources - set(listing.LOCAL_ONLY):
        assert downloads.of_source(PAPER, name).size > 0, name
    for name in listing.BACKBONES:
        backbone = PAPER.backbones["mbert"].model_copy(update={"model": name})
        assert downloads.of_backbone(backbone).size > 1e8, name
    assert downloads.of_source(PAPER, "tydiqa") == (58_004_076 + 5_617_409, True)
    with pytest.raises(InputError, match="xnli-original"):
        downloads.of_source(PAPER, "xnli-original")


def test_what_is_already_in_resources_is_counted(tmp_path):
    (tmp_path / "xnli/some-revision/de").mkdir(parents=True)
    (tmp_path / "xnli/some-revision/de/train.parquet").write_bytes(b"12345")
    assert downloads.at_hand(tmp_path, "xnli") == 5
    assert downloads.at_hand(tmp_path, "muse") == 0


def test_needs_no_torch():
    code = (
        "import sys, yaml; from semantic_tokens.config.loading import load; from semantic_tokens.estimate import plan;"
        "assert plan.plan_of(load(yaml.safe_load(sys.stdin))).jobs; assert 'torch' not in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    with (ROOT / "config.yaml").open() as config:
        subprocess.run([sys.executable, "-c", code], check=True, env=environment, stdin=config)


def test_composed_rows_are_nearly_as_many_as_tokens():
    groups = [
        over_groups(PAPER, Condition.parse(f"mbert/d768/none/{method}-r05/mlm"))[1]
        for method in ("kmeans-cosine", "product-quantisation")
    ]
    assert groups == [5_977, 119_547]
