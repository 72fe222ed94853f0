"""The command that a reader copies: words that a shell would split or expand are quoted, targets come first."""

import shlex

from semantic_tokens.report.pages.command import SNAKEMAKE, making


def test_targets_come_before_config_files_which_take_all_words_after_them():
    assert making("results/x/scores.csv", ["a.yaml", "b.yaml"], {}) == (
        f"{SNAKEMAKE} results/x/scores.csv --configfile a.yaml b.yaml"
    )
    assert making("x", [], {}) == f"{SNAKEMAKE} x"


def test_words_are_quoted_and_values_keep_their_types():
    command = making("scores/ner@in-language#0.parquet", ["my config.yaml"], {"local_dir": "/a b", "run": {"seed": 1}})
    assert shlex.split(command) == [
        SNAKEMAKE, "scores/ner@in-language#0.parquet", "--configfile", "my config.yaml",
        "--config", "local_dir=/a b", 'run={"seed": 1}',
    ]  # fmt: skip
    assert "'scores/ner@in-language#0.parquet'" in command
