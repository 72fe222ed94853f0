"""What alignment changes: translations that it was not shown, the sweep of rates, dense Adam, the history."""

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow import csv

from semantic_tokens.alignment.held_out import hold_out
from semantic_tokens.alignment.history import write_history
from semantic_tokens.alignment.infonce import KnownPairs, align, batches, info_nce
from semantic_tokens.errors import InputError
from support.toy_alignment import Settings, cliques


def rotated(n_concepts: int, n_languages: int, dim: int) -> torch.Tensor:
    """One vector a concept, turned by a rotation of its own in every language; 30 rows more that no pair names."""
    rng = np.random.default_rng(0)
    concepts = rng.normal(size=(n_concepts, dim))
    turns = [np.linalg.qr(rng.normal(size=(dim, dim)))[0] for _ in range(n_languages)]
    rows = np.stack([concepts @ turn for turn in turns], axis=1).reshape(-1, dim)
    return torch.from_numpy(np.concatenate([rows, rng.normal(size=(30, dim))]).astype(np.float32))


def test_alignment_finds_translations_it_was_not_shown():
    table, pairs = rotated(60, 4, 16), cliques(60, 4)
    made = align(table, pairs, Settings(), seed=0)
    before, after = made.history[0], made.history[-1]
    assert before["held_out_precision_at_1"] < 0.2 and after["held_out_precision_at_1"] > 0.9
    assert before["drift"] == pytest.approx(0, abs=1e-6) and after["drift"] > 0.05
    assert made.history[1]["loss"] > after["loss"]
    assert torch.equal(made.embeddings[240:], table[240:])
    assert not (made.embeddings[:240] == table[:240]).all(dim=1).any()
    torch.testing.assert_close(made.embeddings.norm(dim=1), table.norm(dim=1))
    assert torch.equal(align(table, pairs, Settings(), seed=0).embeddings, made.embeddings)


def test_the_sweep_keeps_the_best_rate():
    table, pairs = rotated(40, 3, 16), cliques(40, 3)
    swept = align(table, pairs, Settings(epochs=4, learning_rates=(0.3, 1e-6)), seed=0)
    alone = align(table, pairs, Settings(epochs=4, learning_rates=(0.3,)), seed=0)
    assert swept.learning_rate == 0.3 and torch.equal(swept.embeddings, alone.embeddings)
    assert [(row["learning_rate"], row["epoch"]) for row in swept.history] == [
        (rate, epoch) for rate in (1e-6, 0.3) for epoch in range(5)
    ]
    assert {row["learning_rate"] for row in swept.history if row["chosen"]} == {0.3}


def test_at_a_tie_the_smaller_rate_is_kept():
    table, pairs = rotated(20, 3, 16), cliques(20, 3)
    swept = align(table, pairs, Settings(epochs=1, learning_rates=(1e-8, 1e-9)), seed=0)
    assert len({row["held_out_precision_at_1"] for row in swept.history}) == 1 and swept.learning_rate == 1e-9


def test_training_is_that_of_dense_adam_on_all_rows():
    """The gradient is taken of a batch's rows alone, but the update is that of the plain loop."""
    table, pairs = rotated(20, 3, 8).double()[:60], cliques(20, 3)
    given = Settings(batch_size=16, epochs=2, learning_rates=(0.01,))
    keep = hold_out(pairs, given.held_out, 0).training
    a, b, languages = torch.from_numpy(pairs.a[keep]), torch.from_numpy(pairs.b[keep]), pairs.language_pair[keep]
    known, rows = KnownPairs(a, b, 60), torch.nn.Parameter(table.clone())
    optimizer = torch.optim.Adam([rows], lr=0.01)
    for epoch in range(2):
        for batch in batches(languages, given.language_sampling, 16, 0, epoch):
            i, j = a[batch], b[batch]
            optimizer.zero_grad()
            info_nce(rows[i], rows[j], known.masked(i, j), given.temperature).backward()
            optimizer.step()
    expected = torch.nn.functional.normalize(rows.detach(), dim=1) * table.norm(dim=1, keepdim=True)
    torch.testing.assert_close(align(table, pairs, given, seed=0).embeddings, expected, rtol=1e-9, atol=1e-9)


def test_history_file(tmp_path):
    pairs = replace(cliques(20, 3), coverage=pa.table({"lang_a": ["l0"], "lang_b": ["l1"], "given": [7], "kept": [5]}))
    result = align(rotated(20, 3, 8), pairs, Settings(epochs=2), seed=0)
    write_history(result, pairs, tmp_path / "history.csv", tmp_path / "coverage.csv")
    found = csv.read_csv(tmp_path / "history.csv").to_pylist()
    assert [row["epoch"] for row in found] == [0, 1, 2] and all(row["chosen"] for row in found)
    assert found[2]["loss"] == result.history[2]["loss"]
    assert csv.read_csv(tmp_path / "coverage.csv").to_pylist() == pairs.coverage.to_pylist()


def test_a_sweep_needs_held_out_pairs():
    table, pairs = rotated(20, 2, 8), cliques(20, 2)
    with pytest.raises(InputError, match="none to choose a learning rate by"):
        align(table, pairs, Settings(learning_rates=(1e-3, 1e-2)), seed=0)
    assert math.isnan(align(table, pairs, Settings(epochs=1), seed=0).history[-1]["held_out_precision_at_1"])


def test_numbers_that_are_not_finite_are_refused_on_the_way_in_and_out():
    table, pairs = rotated(20, 3, 8), cliques(20, 3)
    with pytest.raises(InputError, match=r"alignment at a learning rate of 1e\+25: .* norms of the aligned rows"):
        align(table, pairs, Settings(learning_rates=(1e25,)), seed=0)
    table[7, 2] = torch.nan
    with pytest.raises(InputError, match=r"alignment: 1 of the 720 numbers of the table .* first at \[7, 2\]"):
        align(table, pairs, Settings(), seed=0)
