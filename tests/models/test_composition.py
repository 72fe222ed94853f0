"""Tables composed of parts: lossless where they are products, their vectors alone trained, counted by hand."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from conftest import N_TOKENS, random_partition
from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.network import forward, model_inputs
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.training import fine_tune, new_model
from semantic_tokens.fine_tuning.updates import mean_loss
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import Vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.composition import PARTS_KEY, Composition, compose, is_composed
from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.models.surgery import group_vocabulary
from support.toy_tasks import settings

TOKENS = tuple(f"t{i}" for i in range(N_TOKENS))
K, DIM, PARTS = 6, 16, 4


def a_product(special, k=K, seed=0):
    """A table [40, 16] whose rows are made of k vectors in each of four parts, but for those of special tokens.

    The vectors of a part are orthogonal or opposite, so that K-Means finds them from any rows that show them all."""
    random = np.random.default_rng(seed)
    codes = np.stack([random.permutation(np.arange(N_TOKENS) % k) for _ in range(PARTS)], axis=1)
    vectors = np.concatenate([np.eye(DIM // PARTS), -np.eye(DIM // PARTS)])[:k] * random.uniform(0.5, 2, (PARTS, k, 1))
    table = np.concatenate([vectors[j][codes[:, j]] for j in range(PARTS)], axis=1)
    table[list(special)] = random.normal(size=(len(special), DIM))
    return torch.from_numpy(table.astype(np.float32))


def quantised(table, special, parts=PARTS, k=K):
    words = Vocabulary(TOKENS, special, (), "unigram")
    inputs = GroupingInputs(table, words, k + len(special), None, seed=0)
    return group("product-quantisation", inputs, max_iterations=50, parts=parts)


def with_table(model, table):
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(table)
    return model


def some_ids(special, rows=3, length=9, seed=1):
    free = np.setdiff1d(np.arange(N_TOKENS), special)
    return torch.from_numpy(np.random.default_rng(seed).choice(free, (rows, length)))


def composed_from(masked_lm, special, folder):
    """A composed model of random codes, saved and loaded again, and its ids for those of the vocabulary."""
    codes = np.random.default_rng(0).integers(0, K, (35, PARTS))
    clusters = np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)
    ordinary = np.setdiff1d(np.arange(N_TOKENS), special)
    group_of = np.arange(N_TOKENS, dtype=np.int32)
    group_of[list(special)] = np.arange(5)
    group_of[ordinary] = 5 + clusters
    of_groups = np.repeat(np.arange(group_of.max() + 1, dtype=np.int32)[:, None], PARTS, axis=1)
    of_groups[group_of[ordinary]] = codes + 5
    made = VocabularyPartition(group_of, TOKENS, np.ones(40, np.float32), "x", special, codes=of_groups)
    table = masked_lm.get_input_embeddings().weight.detach().clone()
    checkpoint.save(group_vocabulary(masked_lm, made, table), folder)
    return checkpoint.load_masked_lm(folder), torch.from_numpy(group_of).long(), made


def test_a_table_that_is_a_product_loses_nothing(masked_lm, special_ids, tmp_path):
    model = with_table(masked_lm, a_product(special_ids))
    made = quantised(a_product(special_ids), special_ids)
    assert made.n_groups > K + 5
    grouped = group_vocabulary(model, made, a_product(special_ids))
    group_of = torch.from_numpy(made.group_of).long()
    assert torch.equal(grouped.get_input_embeddings().weight[group_of], model.get_input_embeddings().weight)
    checkpoint.save(grouped, tmp_path)
    small = checkpoint.load_masked_lm(tmp_path)
    assert is_composed(small) and len(small.get_input_embeddings().weight) == PARTS * (K + 5)
    ids = some_ids(special_ids)
    states = model.base_model(ids).last_hidden_state
    torch.testing.assert_close(small.base_model(group_of[ids]).last_hidden_state, states, atol=1e-6, rtol=0)


def test_one_part_makes_the_model_of_kmeans(masked_lm, special_ids):
    table = masked_lm.get_input_embeddings().weight.detach().clone()
    inputs = GroupingInputs(table, Vocabulary(TOKENS, special_ids, (), "unigram"), 12, None, 0)
    plain = group("kmeans-cosine", inputs, max_iterations=50)
    one = group("product-quantisation", inputs, max_iterations=50, parts=1)
    states = [group_vocabulary(masked_lm, made, table).state_dict() for made in (plain, one)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not hasattr(group_vocabulary(masked_lm, one, table).config, PARTS_KEY)


def test_parameters_and_bytes_by_hand():
    """Ten rows of four numbers, in two parts: three vectors of two numbers in the first, two in the second."""
    first, second = torch.tensor([[1.0, 2], [3, 4], [5, 6]]), torch.tensor([[7.0, 8], [9, 0]])
    table = torch.cat([first[torch.arange(10) % 3], second[torch.arange(10) % 2]], dim=1)
    found = Composition.of(table, 2)
    assert torch.equal(found.table, table) and found.vectors.shape == (5, 2)
    assert (found.parameters, found.code_bytes, found.n_bytes) == (10, 1, 10 * 4 + 10 * 2)
    many = Composition.of(torch.cat([torch.arange(300.0)[:, None], torch.zeros(300, 1)], dim=1), 2)
    assert (many.parameters, many.code_bytes, many.n_bytes) == (301, 2, 301 * 4 + 300 * 2 * 2)
    assert Composition.of(table, 1).vectors.shape == (6, 4)
    with pytest.raises(InputError, match="3 parts of rows of 4 dimensions; allowed: 1, 2, 4"):
        Composition.of(table, 3)


def test_the_gradient_of_a_vector_is_the_sum_over_the_rows_that_it_is_in(masked_lm, special_ids, tmp_path):
    model, group_of, _ = composed_from(masked_lm, special_ids, tmp_path)
    ids = group_of[some_ids(special_ids)]
    whole = AutoModelForMaskedLM.from_pretrained(tmp_path).eval()
    for net in (model, whole):
        masked_lm_loss(net, ids, ids).backward()
    table, vectors = whole.get_input_embeddings(), model.get_input_embeddings()
    torch.testing.assert_close(model(ids).logits, whole(ids).logits, atol=1e-6, rtol=0)
    expected = torch.zeros_like(vectors.weight)
    for j, part in enumerate(table.weight.grad.chunk(PARTS, dim=1)):
        expected.index_add_(0, vectors.codes[:, j], part)
    torch.testing.assert_close(vectors.weight.grad, expected, atol=1e-6, rtol=1e-4)
    assert max(p.numel() for name, p in model.named_parameters() if "embeddings.word" in name) == vectors.weight.numel()
    assert not any("decoder.weight" in name for name, _ in model.named_parameters())


def test_training_moves_vectors_and_the_table_stays_a_composition(masked_lm, special_ids, tmp_path):
    model, group_of, made = composed_from(masked_lm, special_ids, tmp_path / "start")
    before = model.get_input_embeddings().weight.detach().clone()
    ids = group_of[some_ids(special_ids)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
    for _ in range(3):
        masked_lm_loss(model, ids, ids).backward()
        optimizer.step()
    checkpoint.save(model, tmp_path / "trained")
    again = checkpoint.load_masked_lm(tmp_path / "trained")
    assert not torch.equal(model.get_input_embeddings().weight, before)
    assert len(again.get_input_embeddings().weight) == len(before) == sum(len(np.unique(c)) for c in made.codes.T)
    torch.testing.assert_close(again(ids).logits, model.eval()(ids).logits)
    whole = AutoModelForMaskedLM.from_pretrained(tmp_path / "trained").get_input_embeddings().weight
    assert whole.shape == (made.n_groups, DIM) and Composition.of(whole, PARTS).parameters == before.numel()


@pytest.mark.parametrize("head", ["encoder", "token-classification", "sequence-classification", "question-answering"])
def test_every_head_is_loaded_composed(masked_lm, special_ids, head, tmp_path):
    composed_from(masked_lm, special_ids, tmp_path)
    assert is_composed(checkpoint.load_for_task(tmp_path, head, 2))


def test_fine_tuning_keeps_the_table_a_composition(masked_lm, special_ids, tmp_path):
    _, group_of, _ = composed_from(masked_lm, special_ids, tmp_path)
    model = new_model(partial(checkpoint.load_for_task, tmp_path), "sequence-classification", 2, 9, 0, "cpu")
    ids = group_of[some_ids(special_ids, rows=8)].numpy().astype(np.int32)
    rows, before = Ragged.from_lists(list(ids)), model.get_input_embeddings().weight.detach().clone()

    def loss_of(batch):
        logits = forward(model, model_inputs(model, rows.take(batch), 1), "float32").logits
        return torch.nn.functional.cross_entropy(logits, torch.from_numpy(batch % 2))

    update = mean_loss(loss_of, UpdatePlan())
    chosen = settings(epochs=2, learning_rate=1e-2)
    fine_tune(model, lambda rng: np.split(rng.permutation(8), 2), update, chosen, 0, "toy", np.unique(ids))
    after = model.get_input_embeddings()
    assert is_composed(model) and after.weight.shape == before.shape and not torch.equal(after.weight, before)


def test_a_truncated_table_is_composed_in_its_dimensions(masked_lm, special_ids, tmp_path):
    table = masked_lm.get_input_embeddings().weight.detach()[:, :8].clone()
    made = quantised(table, special_ids)
    checkpoint.save(group_vocabulary(masked_lm, made, table), tmp_path / "a")
    model = checkpoint.load_masked_lm(tmp_path / "a")
    ids = torch.from_numpy(made.group_of).long()[some_ids(special_ids)]
    assert model.get_input_embeddings().weight.shape[1] == 8 // PARTS
    plain = AutoModelForMaskedLM.from_pretrained(tmp_path / "a").eval()
    torch.testing.assert_close(model(ids).logits, plain(ids).logits, atol=1e-6, rtol=0)
    checkpoint.save(model, tmp_path / "b")
    again = checkpoint.load_masked_lm(tmp_path / "b")
    torch.testing.assert_close(again(ids).logits, model(ids).logits)


def test_codes_fit_the_table(masked_lm, special_ids):
    group_of = random_partition(N_TOKENS, special_ids, 7)
    made = VocabularyPartition(group_of, TOKENS, np.ones(40, np.float32), "x", special_ids)
    codes = np.repeat(np.arange(12, dtype=np.int32)[:, None], 3, axis=1)
    with pytest.raises(InputError, match="3 parts of rows of 16 dimensions"):
        group_vocabulary(masked_lm, replace(made, codes=codes), masked_lm.get_input_embeddings().weight.detach())


def test_a_decoder_without_bias_is_composed(bert):
    bert.get_output_embeddings().bias = None
    ids = torch.arange(5, 12)[None]
    expected = bert(ids).logits.detach()
    torch.testing.assert_close(compose(bert, 4)(ids).logits, expected)
