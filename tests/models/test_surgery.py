from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import AutoModel, AutoModelForMaskedLM, BertConfig, BertModel

from conftest import N_TOKENS, random_partition
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint, surgery
from semantic_tokens.models.surgery import group_bias, group_rows, group_vocabulary, is_tied, output_bias

TOKENS = tuple(f"t{i}" for i in range(N_TOKENS))


def partition_of(group_of, special=()):
    return VocabularyPartition(group_of, TOKENS, np.ones(N_TOKENS, np.float32), "random", tuple(special))


def table_of(model):
    return model.get_input_embeddings().weight.detach().clone()


def some_ids(special, rows=3, length=9):
    ids = torch.from_numpy(np.random.default_rng(1).choice(np.setdiff1d(np.arange(N_TOKENS), special), (rows, length)))
    ids[0, -3:] = special[1] if special[-1] == N_TOKENS - 1 else special[0]  # padding
    return ids


def test_identity_partition_gives_the_backbones_logits(masked_lm, special_ids):
    same = group_vocabulary(masked_lm, VocabularyPartition.identity(TOKENS, special_ids), table_of(masked_lm))
    ids = some_ids(special_ids)
    mask = (ids != masked_lm.config.pad_token_id).long()
    expected, found = (model(input_ids=ids, attention_mask=mask).logits for model in (masked_lm, same))
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_grouped_model_equals_its_expansion(masked_lm, special_ids):
    """Expanding the group rows to the full vocabulary and looking tokens up there is the same as looking groups up."""
    partition = partition_of(random_partition(N_TOKENS, special_ids, 7), special_ids)
    grouped = group_vocabulary(masked_lm, partition, table_of(masked_lm))
    group_of = torch.from_numpy(partition.group_of.astype(np.int64))
    expanded = group_vocabulary(
        masked_lm, VocabularyPartition.identity(TOKENS, special_ids), table_of(grouped)[group_of]
    )
    ids = some_ids(special_ids)
    mask = (ids != masked_lm.config.pad_token_id).long()
    logits = grouped(input_ids=group_of[ids], attention_mask=mask).logits
    wide = expanded(input_ids=ids, attention_mask=mask).logits
    # A group's logit is the logsumexp of its members': exact, since they share a vector.
    for group in range(partition.n_groups):
        members = torch.from_numpy(np.flatnonzero(partition.group_of == group))
        torch.testing.assert_close(logits[..., group], wide[..., members].logsumexp(-1), atol=1e-5, rtol=0)


def test_positions_of_xlmr_survive_padding(xlmr):
    """XLM-R counts positions from the padding id: if its group moved, logits beside padding would change."""
    special = (0, 1, 2, 3, N_TOKENS - 1)
    partition = partition_of(random_partition(N_TOKENS, special, N_TOKENS - len(special)), special)
    grouped = group_vocabulary(xlmr, partition, table_of(xlmr))
    assert grouped.config.pad_token_id == 1
    assert partition.group_of[N_TOKENS - 1] == 4
    ids = some_ids(special)
    attention = (ids != 1).long()
    permuted = torch.from_numpy(partition.group_of.astype(np.int64))
    expected = xlmr(input_ids=ids, attention_mask=attention).logits
    inverse = torch.argsort(permuted)
    found = grouped(input_ids=permuted[ids], attention_mask=attention).logits
    torch.testing.assert_close(found, expected[..., inverse], atol=1e-5, rtol=0)


def test_every_name_of_table_and_bias_is_replaced(masked_lm, special_ids):
    partition = partition_of(random_partition(N_TOKENS, special_ids, 7), special_ids)
    grouped = group_vocabulary(masked_lm, partition, table_of(masked_lm))
    assert is_tied(grouped)
    assert grouped.config.vocab_size == partition.n_groups == 12
    expected = group_bias(output_bias(masked_lm), torch.from_numpy(partition.group_of).long(), 12)
    torch.testing.assert_close(output_bias(grouped), expected)
    assert all(size != N_TOKENS for name, tensor in grouped.state_dict().items() for size in tensor.shape), (
        "old rows left"
    )


def test_group_rows_and_bias_by_hand():
    rows = torch.tensor([[1.0, 0.0], [3.0, 4.0], [0.0, 2.0]])
    group_of = torch.tensor([0, 1, 1])
    torch.testing.assert_close(group_rows(rows, group_of, 2, "mean"), torch.tensor([[1.0, 0.0], [1.5, 3.0]]))
    renormed = group_rows(rows, group_of, 2, "renorm")
    torch.testing.assert_close(renormed.norm(dim=1), torch.tensor([1.0, 3.5]))
    bias = group_bias(torch.tensor([0.5, 1.0, 1.0]), group_of, 2)
    torch.testing.assert_close(bias, torch.tensor([0.5, 1.0 + np.log(2)]).float())


class LargestDouble(TorchDispatchMode):
    """The largest tensor of float64 that any operation gives."""

    numbers = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.dtype == torch.float64:
            self.numbers = max(self.numbers, result.numel())
        return result


def test_a_weighted_mean_counts_members_as_often_as_they_weigh():
    rows = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    group_of, times = torch.tensor([0, 1, 1, 2, 1, 2]), torch.tensor([7, 1, 3, 2, 5, 1])
    weighted = group_rows(rows, group_of, 3, "weighted-mean", weights=times.double())
    repeated = group_rows(rows.repeat_interleave(times, dim=0), group_of.repeat_interleave(times), 3, "mean")
    torch.testing.assert_close(weighted, repeated)
    assert torch.equal(weighted[0], rows[0])
    even = group_rows(rows, group_of, 3, "weighted-mean", weights=torch.full((6,), 3.0, dtype=torch.float64))
    torch.testing.assert_close(even, group_rows(rows, group_of, 3, "mean"))
    with pytest.raises(InputError, match="'weighted-mean' needs the counts"):
        group_rows(rows, group_of, 3, "weighted-mean")


@pytest.mark.parametrize("semantic_embedding", ["mean", "renorm"])
@pytest.mark.parametrize("n_groups", [3, 700, 4_001])
def test_group_rows_in_parts_have_the_bits_of_one_sum_over_all(monkeypatch, semantic_embedding, n_groups):
    """Some groups are larger than a part, some parts end within a group of tokens, and some tokens are dropped."""
    monkeypatch.setattr(surgery, "_ROWS_AT_ONCE", 64)
    generator = torch.Generator().manual_seed(n_groups)
    rows = torch.randn(9_000, 24, generator=generator)
    group_of = torch.randint(-1, n_groups, (9_000,), generator=generator)
    group_of[torch.randperm(9_000, generator=generator)[:n_groups]] = torch.arange(n_groups)
    kept = group_of >= 0
    wide, groups = rows[kept].double(), group_of[kept]
    sizes = torch.bincount(groups).unsqueeze(1)
    expected = torch.zeros(n_groups, 24, dtype=torch.float64).index_add_(0, groups, wide) / sizes
    if semantic_embedding == "renorm":
        norms = torch.zeros(n_groups, 1, dtype=torch.float64).index_add_(0, groups, wide.norm(dim=1, keepdim=True))
        expected = torch.nn.functional.normalize(expected, dim=1) * norms / sizes
    with LargestDouble() as largest:
        found = group_rows(rows, group_of, n_groups, semantic_embedding)
    assert torch.equal(found, expected.float())
    assert 0 < largest.numbers <= 64 * 24


def test_a_groups_row_may_be_a_members_each_as_likely():
    rows, group_of = torch.tensor([[1.0], [3.0], [0.0], [7.0]]), torch.tensor([1, -1, 0, 1])
    drawn = [group_rows(rows, group_of, 2, "member", seed)[:, 0].tolist() for seed in range(400)]
    assert {zero for zero, _ in drawn} == {0.0}
    assert 150 < sum(one == 7.0 for _, one in drawn) < 250 and {one for _, one in drawn} == {1.0, 7.0}
    assert group_rows(rows, group_of, 2, "member", 3).tolist() == group_rows(rows, group_of, 2, "member", 3).tolist()


def test_a_method_may_say_what_its_groups_get(masked_lm, special_ids):
    group_of = random_partition(N_TOKENS, special_ids, 7)
    table = table_of(masked_lm)
    means, members = (
        group_vocabulary(masked_lm, replace(partition_of(group_of, special_ids), details=details), table)
        for details in ({"seed": 1}, {"seed": 1, "semantic_embedding": "member"})
    )
    rows = {tuple(row) for row in table.tolist()}
    assert {tuple(row) for row in members.get_input_embeddings().weight.tolist()} <= rows
    assert not {tuple(row) for row in means.get_input_embeddings().weight.tolist()} <= rows


class Made(TorchDispatchMode):
    """The shape of each result that is not a view of an argument."""

    def __init__(self):
        super().__init__()
        self.shapes = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and not result.is_meta and not func.is_view:
            self.shapes.append(tuple(result.shape))
        return result


@pytest.mark.parametrize(("n_groups", "tables"), [(30, 1), (N_TOKENS, 0)])
def test_one_table_is_made_and_none_where_all_tokens_stay(masked_lm, special_ids, n_groups, tables, monkeypatch):
    """XLM-V's is 2.8 GB: not to be drawn at random first, nor copied into the model."""
    monkeypatch.setattr(surgery, "_ROWS_AT_ONCE", 4)
    some = partition_of(random_partition(N_TOKENS, special_ids, n_groups - len(special_ids)), special_ids)
    partition = some if n_groups < N_TOKENS else VocabularyPartition.identity(TOKENS, special_ids)
    table = table_of(masked_lm)
    with Made() as made:
        grouped = group_vocabulary(masked_lm, partition, table)
    assert sum(shape == (n_groups, 16) for shape in made.shapes) == tables
    assert not any(parameter.is_meta for parameter in [*grouped.parameters(), *grouped.buffers()])
    own, given = (dict(model.named_parameters()) for model in (grouped, masked_lm))
    shared = [name for name in own if own[name].data_ptr() == given[name].data_ptr()]
    assert shared == [], "a change of one model must not be one of the other"


def test_dropped_tokens_belong_nowhere():
    rows = torch.tensor([[1.0], [5.0], [2.0]])
    torch.testing.assert_close(group_rows(rows, torch.tensor([0, -1, 1]), 2, "mean"), torch.tensor([[1.0], [2.0]]))


def test_saved_model_loads_with_plain_transformers(masked_lm, special_ids, tmp_path):
    partition = partition_of(random_partition(N_TOKENS, special_ids, 7), special_ids)
    grouped = group_vocabulary(masked_lm, partition, table_of(masked_lm))
    checkpoint.save(grouped, tmp_path)
    again = AutoModelForMaskedLM.from_pretrained(tmp_path).eval()
    ids = torch.randint(5, 12, (2, 6))
    torch.testing.assert_close(again(ids).logits, grouped(ids).logits)
    assert AutoModel.from_pretrained(tmp_path).get_input_embeddings().num_embeddings == 12


def test_an_untied_decoder_is_refused_by_name(bert, tmp_path):
    bert.config.tie_word_embeddings = False
    decoder = bert.get_output_embeddings()
    decoder.weight = torch.nn.Parameter(decoder.weight.detach().clone() + 1)
    with pytest.raises(InputError, match="not tied"):
        group_vocabulary(bert, VocabularyPartition.identity(TOKENS), table_of(bert))
    bert.save_pretrained(tmp_path)
    with pytest.raises(InputError, match=f"{tmp_path}: .*not tied"):
        checkpoint.load_masked_lm(tmp_path)


def test_a_checkpoint_without_masked_lm_head_is_refused(tmp_path):
    config = BertConfig(vocab_size=30, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    BertModel(config).save_pretrained(tmp_path)
    with pytest.raises(InputError, match=f"{tmp_path}: no masked-LM head"):
        checkpoint.load_masked_lm(tmp_path)


def test_a_table_of_another_vocabulary_is_refused(bert):
    with pytest.raises(InputError, match="covers 40 tokens"):
        group_vocabulary(bert, VocabularyPartition.identity(TOKENS), torch.zeros(39, 16))
