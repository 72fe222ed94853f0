"""The paper's numbers beside a run's: matched by name, by role or by mBERT; shares of the same oracle."""

import pytest

from semantic_tokens.conditions import Condition
from semantic_tokens.report import printed
from semantic_tokens.report.claims.scores import Roles
from support import ROOT
from support.toy_scores import ALIGNED, FIRST, KMEANS, ORACLE, cells_of, every_task

PAPER = printed.read(ROOT / "reference" / "table5.csv")


def beside(folder, *conditions, **roles):
    found = printed.beside(cells_of(folder, dict.fromkeys(conditions, every_task(0.5))), PAPER, Roles(**roles))
    return {str(condition): own for (condition, task), own in found.items() if task == "qa"}


def test_a_cell_of_table_5_has_its_score_and_share_as_fractions():
    own = next(p for p in PAPER if (str(p.condition), p.task) == ("mbert/d768/none/kmeans-cosine-r05/none", "qa"))
    assert (own.score, own.retained) == (pytest.approx(0.702), pytest.approx(0.912))


def test_the_papers_backbones_are_matched_by_name(tmp_path):
    named = "xlmr-base/d768/clsa-all/kmeans-cosine-r20/none"
    found = beside(tmp_path, named, "other/d768/clsa-all/kmeans-cosine-r20/none")
    assert {name: own.condition for name, own in found.items()} == {named: Condition.parse(named)}


def test_what_stands_in_is_matched_by_the_config(tmp_path):
    found = beside(tmp_path, ORACLE, KMEANS, ALIGNED, FIRST, backbones={"xlmr-base": "tiny"}, dims={768: 8})
    assert found == {}, "the paper has XLM-R only without continual pretraining"
    ours = ALIGNED.replace("/mlm", "/none")
    found = beside(tmp_path, ours, backbones={"xlmr-base": "tiny"}, dims={768: 8})
    assert str(found[ours].condition) == "xlmr-base/d768/clsa-all/kmeans-cosine-r05/none"


def test_a_single_backbone_of_another_name_stands_beside_mbert(tmp_path):
    found = beside(tmp_path, ORACLE, KMEANS, ALIGNED, FIRST)
    assert {name: str(own.condition) for name, own in found.items()} == {
        ours: ours.replace("tiny/d8", "mbert/d768") for ours in (ORACLE, KMEANS, ALIGNED)
    }
    assert beside(tmp_path, ORACLE, ORACLE.replace("tiny", "other")) == {}, "which of the two would it be?"


def test_shares_are_of_the_oracle_that_the_run_has(tmp_path):
    untrained = [name.replace("/mlm", "/none") for name in (ORACLE, KMEANS)]
    for conditions, shares in (([ORACLE, *untrained], [1, 0.999, 0.912]), (untrained, [1, 0.912 / 0.999])):
        cells = cells_of(tmp_path, dict.fromkeys(conditions, every_task(0.5)))
        found = printed.of_the_same_oracle(printed.beside(cells, PAPER, Roles()))
        assert [found[Condition.parse(name), "qa"].retained for name in conditions] == pytest.approx(shares)


def test_a_dimension_that_stands_in_is_not_the_papers_own(tmp_path):
    own = "mine/d128/none/full/mlm"
    assert str(beside(tmp_path, own, own.replace("128", "32"))[own].condition) == "mbert/d768/none/full/mlm"
    by_config = beside(tmp_path, own, own.replace("128", "32"), backbones={"mbert": "mine"}, dims={768: 128})
    assert {str(p.condition) for p in by_config.values()} == {f"mbert/d{dim}/none/full/mlm" for dim in (32, 768)}
