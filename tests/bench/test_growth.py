"""`make bench ROWS=growth`: every stage runs as in its rule, and what grows too fast is reported."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from semantic_tokens.bench.growth import rows, rules
from semantic_tokens.bench.growth.inputs import FREQUENT, SMALLEST, Inputs
from semantic_tokens.bench.growth.measure import GrowthCost, cost
from semantic_tokens.bench.growth.stages import STAGES
from semantic_tokens.bench.vocabularies import LANGUAGES

MIB = 2**20
SIZES = (16_000, 64_000, 256_000, 1_024_000)


def costs(seconds, megabytes, products=lambda n: 0.0):
    def peak(n):
        return int((400 + megabytes(n)) * MIB)

    return [
        GrowthCost(n, 2 * seconds(n), seconds(n), products(n), seconds(SMALLEST), peak(n), peak(SMALLEST))
        for n in SIZES
    ]


def test_exponents_are_those_of_what_is_above_the_fixed_cost():
    """3 s that every run takes would hide even a square."""
    square = rows.row("growth-x", costs(lambda n: 3 + 1e-10 * n**2, lambda n: 1e-3 * n))
    assert square.measures["time_exponent"] == pytest.approx(2, abs=0.01)
    assert square.measures["memory_exponent"] == pytest.approx(1, abs=0.01)
    assert square.exceeds.startswith("time grows with the vocabulary to the power of")
    line = rows.row("growth-x", costs(lambda n: 3 + 1e-5 * n, lambda n: 1e-8 * n**2))
    assert line.measures["time_exponent"] == pytest.approx(1, abs=0.01)
    assert line.exceeds == "memory grows with the vocabulary to the power of " + (
        f"{line.measures['memory_exponent']:.2f}, allowed 1.15"
    )
    assert rows.row("growth-x", costs(lambda n: 3.0, lambda n: 5.0)).exceeds == ""


@pytest.mark.parametrize("power", [0.5, 1.15, 1.3])
def test_exponents_of_whatever_power(power):
    """The cost at the smallest size is taken away, which must not make the rest look steeper than it is."""
    row = rows.row("growth-x", costs(lambda n: 0.05 + 1e-3 * n**power, lambda n: 5 + 1e-3 * n))
    assert row.measures["time_exponent"] == pytest.approx(power, abs=0.01)


def test_products_of_kmeans_may_grow_with_the_square():
    row = rows.row("growth-x", costs(lambda n: 1e-5 * n, lambda n: 1e-3 * n, lambda n: 1e-10 * n**2))
    assert row.measures["products_exponent"] == pytest.approx(2, abs=0.1) and row.exceeds == ""


def test_memory_beyond_what_the_rule_asks_for_is_said():
    wide = GrowthCost(901_629, 1.0, 1.0, 0.0, 0.0, 7_000 * MIB, 400 * MIB)
    few = costs(lambda n: 1e-5 * n, lambda n: 1e-3 * n)
    assert rows.row("growth-x", few, wide, 8_000 * MIB).exceeds == ""
    row = rows.row("growth-x", few, wide, 6_000 * MIB)
    assert row.exceeds == "it takes 7,000 MiB, its rule asks for 6,000"
    assert (row.measures["wide_mib"], row.measures["rule_mib"]) == (7_000, 6_000)


@pytest.mark.slow
def test_rules_are_read_from_the_workflow():
    table = 901_629 * 768 * 4 // 10**6
    assert rules.asked("group", "unigram") == (3_000 + 6 * table) * 10**6
    assert rules.asked("group", "wordpiece") < rules.asked("group", "unigram")
    assert all(rules.asked(stage.rule, stage.kind) > 0 for stage in STAGES.values() if stage.rule)


@pytest.mark.slow
@pytest.mark.parametrize("name", STAGES)
def test_every_stage_runs(name, tmp_path):
    found = cost(name, 6_000, 16, tmp_path, products=not name.endswith("capped"))
    assert found.size == 6_000 and found.cpu_s > 0 and found.peak >= found.peak_before > 0
    assert (found.products_s > 0) == STAGES[name].kmeans


def test_a_step_that_fails_says_why(tmp_path):
    folder = tmp_path / "unigram-4500x16"
    folder.mkdir()
    (folder / "partition-0.parquet").write_text("no Parquet")
    with pytest.raises(RuntimeError, match=r"measure-groups over 4,500 tokens ended with 1\n(.|\n)*parquet"):
        cost("measure-groups", SMALLEST, 16, tmp_path)


@pytest.mark.slow
def test_what_stages_read_does_not_depend_on_the_size_but_dictionaries_do(tmp_path):
    small, large = (Inputs(tmp_path / str(size), size, 8) for size in (SMALLEST, 3 * SMALLEST))
    for name in ("corpus", "examples", "word_pairs"):
        assert getattr(small, name)().read_bytes() == getattr(large, name)().read_bytes()
    assert large.token_pairs()[0].stat().st_size > 2 * small.token_pairs()[0].stat().st_size
    pairs = FREQUENT * len(LANGUAGES) * (len(LANGUAGES) - 1) // 2
    program = (
        "import sys; from pathlib import Path; from tokenizers import Tokenizer; "
        "from semantic_tokens.alignment.pairs import token_pairs; "
        "print(len(token_pairs(Path(sys.argv[1]), Tokenizer.from_file(sys.argv[2]), ['muse'])))"
    )
    for inputs in (small, large):  # every frequent word is one piece of the smallest vocabulary too
        given = [str(inputs.word_pairs()), str(inputs.tokenizer())]
        done = subprocess.run([sys.executable, "-c", program, *given], check=True, stdout=subprocess.PIPE, text=True)
        assert int(done.stdout) == pairs


def test_special_tokens_are_where_the_partition_says(tmp_path):
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.grouping.vocabulary import read_vocabulary

    for kind in ("unigram", "wordpiece"):
        inputs = Inputs(Path(tmp_path / kind), SMALLEST, 8, kind)
        made = VocabularyPartition.load(inputs.partition())
        assert made.special_ids == read_vocabulary(inputs.tokenizer()).special_ids
        assert made.n_groups == inputs.n_groups == round(0.4 * SMALLEST)
        assert not np.array_equal(made.group_of, VocabularyPartition.load(inputs.partition(1)).group_of)
