"""The grammar of conditions: round trips, group counts of the papers, clear refusals, brace expansion."""

import contextlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantic_tokens import conditions
from semantic_tokens.conditions import TASKS, TRANSFERS, WILDCARDS, Condition, Grouping, Unit, expand, n_groups
from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods as grouping_methods
from semantic_tokens.grouping.method import Method

METHODS = ("first", "kmeans-cosine", "random-one-per-language")


@pytest.fixture(autouse=True)
def methods(monkeypatch):
    """The grammar is tested against fixed methods, so that adding one changes nothing here."""
    without_ratio = {"full": Method(has_ratio=False), "lexicon": Method(has_ratio=False, needs_dictionary=True)}
    with_ratio = {name: Method(cuts_tokenizer=name == "first") for name in METHODS}
    monkeypatch.setattr(conditions.methods, "declared", lambda: without_ratio | with_ratio)


names = st.from_regex(conditions.NAME, fullmatch=True)
groupings = st.just(Grouping("full")) | st.builds(Grouping, st.sampled_from(METHODS), st.integers(1, 99))
groupings |= names.map("lexicon-{}".format).map(Grouping)
alignments = st.just("none") | names.map("clsa-{}".format) | names.map("shuffled-{}".format)
all_conditions = st.builds(
    Condition, names, st.integers(1, 10_000), alignments, groupings, st.sampled_from(conditions.PRETRAININGS)
)
all_units = st.builds(Unit, st.sampled_from(TASKS), st.sampled_from(TRANSFERS), st.integers(0, 2**63))


@given(all_conditions)
def test_condition_round_trip(condition):
    assert Condition.parse(str(condition)) == condition
    assert expand(str(condition)) == [condition]


@given(all_conditions)
def test_a_row_of_a_table_gives_its_condition_back(condition):
    columns = condition.columns()
    assert tuple(columns) == ("condition", *conditions.PARTS)
    assert Condition.from_columns({name: str(value) for name, value in columns.items()}) == condition
    assert (columns["grouping"], columns["ratio"]) == (condition.grouping.method, condition.grouping.ratio)


@given(all_units)
def test_unit_round_trip(unit):
    assert Unit.parse(str(unit)) == unit


@given(groupings)
def test_grouping_round_trip(grouping):
    assert Grouping.parse(str(grouping)) == grouping


@given(st.text(alphabet="abd019-/{},@#", max_size=30))
def test_whatever_parses_is_written_the_same_way(text):
    for grammar in (Condition, Unit, Grouping):
        with contextlib.suppress(InputError):
            assert str(grammar.parse(text)) == text


def test_prefixes_are_the_lineage():
    condition = Condition.parse("tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm")
    assert condition == Condition("tiny-bert", 128, "clsa-all", Grouping("kmeans-cosine", 5), "mlm")
    assert condition.aligned == "tiny-bert/d128/clsa-all"
    assert condition.grouped == "tiny-bert/d128/clsa-all/kmeans-cosine-r05"
    assert condition.tokenizer == "full"
    assert condition.grouping.ratio == 0.05


def test_only_first_k_changes_the_tokenizer():
    assert Condition.parse("b/d1/none/first-r05/none").tokenizer == "first-r05"
    assert Condition.parse("b/d1/none/full/none").tokenizer == "full"
    assert Grouping("full").ratio == 1.0


@pytest.mark.parametrize(
    ("vocabulary_size", "expected"),
    [
        (119_547, [5_977, 11_955, 23_909, 47_819, 119_547]),  # mBERT
        (250_002, [12_500, 25_000, 50_000, 100_001, 250_002]),  # XLM-R
        (901_629, [45_081, 90_163, 180_326, 360_652, 901_629]),  # XLM-V
    ],
)
def test_group_counts_of_the_papers(vocabulary_size, expected):
    groupings = [*(Grouping("kmeans-cosine", percent) for percent in (5, 10, 20, 40)), Grouping("full")]
    assert [n_groups(vocabulary_size, grouping) for grouping in groupings] == expected


@pytest.mark.parametrize(
    ("text", "offending", "allowed"),
    [
        ("tiny-bert/d128/none/full", "4 parts", "backbone/d<dimensions>/alignment/grouping/pretraining"),
        ("Tiny/d128/none/full/mlm", "backbone 'Tiny'", "lower-case"),
        ("b/128/none/full/mlm", "truncation '128'", "d<dimensions>"),
        ("b/d0/none/full/mlm", "truncation 'd0'", "d<dimensions>"),
        ("b/d٣/none/full/mlm", "truncation 'd٣'", "d<dimensions>"),
        ("b/d8/clsa/full/mlm", "alignment 'clsa'", "none, clsa-<source set> or shuffled-<source set>"),
        ("b/d8/none/full-r05/mlm", "method 'full'", "first, kmeans-cosine"),
        ("b/d8/none/kmeans-r05/mlm", "method 'kmeans'", "first, kmeans-cosine"),
        ("b/d8/none/kmeans-cosine-r5/mlm", "grouping 'kmeans-cosine-r5'", "<method>-r<01..99>"),
        ("b/d8/none/kmeans-cosine-r00/mlm", "grouping 'kmeans-cosine-r00'", "<method>-r<01..99>"),
        ("b/d8/none/full/pt", "pretraining 'pt'", "none or mlm"),
        ("b/d8/none/full/mlm\n", "pretraining 'mlm\\n'", "none or mlm"),
    ],
)
def test_bad_condition_names_the_text_and_what_is_allowed(text, offending, allowed):
    with pytest.raises(InputError) as error:
        Condition.parse(text)
    assert repr(text) in str(error.value)
    assert offending in str(error.value)
    assert allowed in str(error.value)


@pytest.mark.parametrize(
    ("text", "offending", "allowed"),
    [
        ("nli", "'nli'", "task@transfer#seed"),
        ("pos@zero-shot#0", "task 'pos'", "bitext, clir, ner, nli, qa, rerank, retrieval"),
        ("nli@few-shot#0", "transfer 'few-shot'", "in-language or zero-shot"),
        ("nli@zero-shot#00", "seed '00'", "leading zeros"),
    ],
)
def test_bad_unit_names_the_text_and_what_is_allowed(text, offending, allowed):
    with pytest.raises(InputError, match=re.escape(repr(text))) as error:
        Unit.parse(text)
    assert offending in str(error.value)
    assert allowed in str(error.value)


def test_expand_orders_as_a_shell_does_and_drops_duplicates():
    pattern = "b/d{8,2,8}/none/kmeans-cosine-r{05,20}/{none,mlm}"
    assert [str(condition) for condition in expand(pattern)] == [
        f"b/d{d}/none/kmeans-cosine-r{r}/{pretraining}"
        for d in (8, 2)
        for r in ("05", "20")
        for pretraining in ("none", "mlm")
    ]


@pytest.mark.parametrize("pattern", ["b/d{8,{2,4}}/none/full/mlm", "b/d{8/none/full/mlm", "b/d8}/none/full/mlm"])
def test_expand_refuses_nested_and_unbalanced_braces(pattern):
    with pytest.raises(InputError, match="balanced and not nested"):
        expand(pattern)


def test_expand_names_the_pattern_member_that_fails():
    with pytest.raises(InputError, match="condition 'b/d/none/full/mlm': truncation 'd'"):
        expand("b/d{8,}/none/full/mlm")


def test_methods_are_the_modules_of_the_folder(monkeypatch):
    monkeypatch.undo()
    folder = Path(conditions.__file__).parent / "grouping" / "methods"
    files = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert set(grouping_methods.declared()) == files | {"full"}
    assert next(iter(grouping_methods.declared())) == "full"


def test_methods_are_known_without_torch():
    """The rules, and each process that reads a condition, ask for their traits."""
    script = "import sys; from semantic_tokens.conditions import Grouping; Grouping.parse('kmeans-l2-r05'); "
    script += "from semantic_tokens.grouping import methods; methods.declared(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


@given(all_conditions, all_units)
def test_snakemake_reads_a_path_back_into_the_same_parts(condition, unit):
    """A path with every wildcard in it, compiled by Snakemake with our constraints, has exactly one reading."""
    from snakemake import io  # slow to import, and only this test needs it

    pattern = "{backbone}/d{dim}/{alignment}/{grouping}/{pretraining}/{task}@{transfer}#{seed}.json"
    constrained = io.update_wildcard_constraints(pattern, {}, WILDCARDS)
    found = re.match(io.regex_from_filepattern(constrained), f"{condition}/{unit}.json")
    assert found is not None
    parts = found.groupdict()
    assert [parts[name] for name in ("backbone", "dim", "alignment", "grouping", "pretraining")] == [
        condition.backbone,
        str(condition.dim),
        condition.alignment,
        str(condition.grouping),
        condition.pretraining,
    ]
    assert (parts["task"], parts["transfer"], parts["seed"]) == (unit.task, unit.transfer, str(unit.seed))


def test_wildcards_of_bundles_and_tokenizers():
    assert re.fullmatch(WILDCARDS["tasks"], "ner+qa+retrieval")
    assert not re.fullmatch(WILDCARDS["tasks"], "ner+")
    assert re.fullmatch(WILDCARDS["tokenizer"], "first-r05")
    assert not re.fullmatch(WILDCARDS["tokenizer"], "kmeans-cosine-r05")
