"""Training the rows that the data holds gives the weights of training all, bit for bit."""

from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from transformers import BertConfig, BertModel

from semantic_tokens.backbones.architectures import ARCHITECTURES
from semantic_tokens.fine_tuning import ragged, touched_rows, training
from semantic_tokens.fine_tuning.network import forward, model_inputs
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.ragged import Ragged, held_ids
from semantic_tokens.fine_tuning.touched_rows import TouchedRows, clip_gradients, shrunk
from semantic_tokens.fine_tuning.training import fine_tune, new_model
from semantic_tokens.fine_tuning.updates import mean_loss
from semantic_tokens.models import checkpoint
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.truncation import truncate
from support.toy_examples import TOYS, torch_bytes
from support.toy_tasks import run, saved_backbone, settings

VOCABULARY = 1003
HELD = np.array([3, 4, 5, 90, 411, 412, 700, 1001])


def trained(load, ids, clipped, **changed):
    """Weights after 30 updates on rows of `HELD` whose losses are large, so that gradients are clipped, or small."""
    model = new_model(load, "sequence-classification", 3, 16, 0, "cpu")
    table = word_embeddings(model)
    before, padding, norms = table.weight.detach().clone(), table.padding_idx, []
    rng = np.random.default_rng(3)
    rows = Ragged.from_lists([rng.choice(HELD, n) for n in rng.integers(2, 9, 40)])

    def loss_of(batch):
        logits = forward(model, model_inputs(model, rows.take(batch), 1), "float32").logits
        return F.cross_entropy(logits, torch.from_numpy(batch % 3)) * (30 if clipped else 1e-3)

    def update(batch):
        loss = mean_loss(loss_of, UpdatePlan())(batch)
        norms.append(float(torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None])))
        return loss

    chosen = settings(epochs=3, learning_rate=3e-3, **changed)
    fine_tune(model, lambda rng: np.split(rng.permutation(40), 10), update, chosen, 1, "toy", ids)
    assert all((norm > 1) == clipped for norm in norms)
    assert table is word_embeddings(model) and (table.padding_idx, len(table.weight)) == (padding, VOCABULARY)
    return model, before


def assert_same_bits(models):
    whole, part = (model.state_dict() for model in models)
    assert whole.keys() == part.keys()
    assert [name for name in whole if not torch.equal(whole[name], part[name])] == []


@pytest.mark.parametrize("clipped", [True, False])
@pytest.mark.parametrize("rate", [1.0, 3.0])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_weights_are_those_of_the_whole_table(architecture, rate, clipped, tmp_path):
    load = partial(checkpoint.load_for_task, saved_backbone(architecture, tmp_path, VOCABULARY))
    (whole, before), (part, _) = (trained(load, ids, clipped, embedding_rate=rate) for ids in (None, HELD))
    assert_same_bits((whole, part))
    moved = (word_embeddings(part).weight != before).any(1)
    assert moved[HELD].all() and moved.float().mean() > 0.9, "rows that are not held decay"


@pytest.mark.parametrize("dim", [24, 7])
def test_truncated_tables_of_any_width(dim, tmp_path):
    folder = saved_backbone("xlm-roberta", tmp_path, VOCABULARY)

    def load(head, n_labels):
        return truncate(checkpoint.load_for_task(folder, head, n_labels), dim)

    # The last row is held, then it is not: the end of the table may be rounded otherwise than its middle.
    for held in (HELD, np.append(HELD, VOCABULARY - 1)):
        models = [trained(load, ids, clipped=True)[0] for ids in (None, held)]
        assert word_embeddings(models[1]).weight.shape == (VOCABULARY, dim)
        assert_same_bits(models)


@pytest.mark.parametrize("dim", [24, 7])
def test_the_optimizer_may_share_the_table_among_threads(dim):
    """Each thread ends its part of the table where it likes."""
    generator, held, tables = torch.Generator().manual_seed(0), np.arange(3, 40_011, 5), []
    values, grads = torch.randn(40_011, dim, generator=generator), torch.randn(len(held), dim, generator=generator)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for ids in (np.arange(40_011), held):
            model = BertModel(
                BertConfig(vocab_size=40_011, hidden_size=dim, num_hidden_layers=0, num_attention_heads=1)
            )
            model.get_input_embeddings().weight.data = values.clone()
            touched = TouchedRows.of(model, ids)
            small = word_embeddings(model).weight
            optimizer = torch.optim.AdamW([small], 1e-2, weight_decay=0.01, fused=True)
            for _ in range(3):
                small.grad = torch.zeros_like(small)
                small.grad[np.searchsorted(touched.rows, held)] = grads
                optimizer.step()
            touched.put_back([1e-4] * 3)
            tables.append(word_embeddings(model).weight)
    finally:
        torch.set_num_threads(before)
    assert torch.equal(*tables) and not torch.equal(tables[0], values)


def test_the_optimizer_sees_the_held_rows_alone_and_a_stray_id_is_an_error(tmp_path):
    load = partial(checkpoint.load_for_task, saved_backbone("bert", tmp_path, VOCABULARY))
    model = new_model(load, "encoder", 0, 16, 0, "cpu")
    rows = Ragged.from_lists([[3, 90, 1001]])
    whole = model(**model_inputs(model, rows, 1)).last_hidden_state
    touched = TouchedRows.of(model, HELD)
    assert torch.equal(model(**model_inputs(model, rows, 1)).last_hidden_state, whole)
    assert len(HELD) <= len(word_embeddings(model).weight) < len(HELD) + 20
    with pytest.raises(IndexError):
        model(**model_inputs(model, Ragged.from_lists([[500]]), 1))
    touched.put_back([])
    assert torch.equal(model(**model_inputs(model, rows, 1)).last_hidden_state, whole)
    model(**model_inputs(model, Ragged.from_lists([[500]]), 1))


def test_a_table_that_another_layer_shares_is_refused(bert):
    with pytest.raises(TypeError, match="BertForMaskedLM: another layer shares"):
        TouchedRows.of(bert, HELD[:3])


def test_the_norm_does_not_depend_on_rows_without_gradient():
    generator = torch.Generator().manual_seed(0)
    other = nn.Parameter(torch.zeros(5))
    rows = torch.randn(600, 24, generator=generator)
    clipped = []
    for n in (600, 20_011):
        table = nn.Parameter(torch.zeros(n, 24))
        table.grad = torch.zeros(n, 24)
        table.grad[np.linspace(0, n - 1, 600).astype(int)] = rows
        other.grad = torch.ones(5)
        clip_gradients([other, table], table)
        clipped.append((other.grad.clone(), table.grad[table.grad.any(1)]))
    assert torch.equal(clipped[0][0], clipped[1][0]) and torch.equal(clipped[0][1], clipped[1][1])
    norm = torch.cat([grad.flatten() for grad in clipped[0]]).norm()
    assert float(norm) == pytest.approx(1, rel=1e-5)


def test_decay_alone_is_rounded_as_the_optimizer_does_it():
    values = torch.randn(999, generator=torch.Generator().manual_seed(0)) * torch.logspace(-30, 3, 999)
    rates = [*np.linspace(0, 2e-5, 40), *np.linspace(1e-1, 0, 25)]
    parameter = nn.Parameter(values.clone())
    optimizer = torch.optim.AdamW([parameter], betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = torch.zeros_like(values)
        optimizer.step()
    assert torch.equal(shrunk(values.clone(), [rate * 0.01 for rate in rates]), parameter.detach())
    assert not torch.equal(parameter.detach(), values)


@pytest.mark.parametrize("task", TOYS, ids=lambda task: task.TASK.name)
def test_tasks_name_the_ids_that_they_train_on(task, monkeypatch):
    """Scores and weights as with the whole table; and in training on English only some rows take no part."""
    make, train = TOYS[task]
    tables, models, cut = make(), [], []
    tokenizer = train(tables)
    own = TouchedRows.of

    def counted(model, ids):
        cut.append(len(ids) < len(word_embeddings(model).weight))
        return own(model, ids)

    def score():
        chosen = settings(epochs=2, max_length=24)
        return run(task, tables, tokenizer, chosen, "zero-shot", seen=models, dropout=0.1)

    monkeypatch.setattr(touched_rows.TouchedRows, "of", counted)
    part = score()
    monkeypatch.setattr(training, "fine_tune", lambda *given: fine_tune(*given[:6], None, *given[7:]))
    assert score() == part
    assert torch_bytes(models[0]) == torch_bytes(models[1])
    assert cut == [True]


def test_ids_of_rows(monkeypatch):
    monkeypatch.setattr(ragged, "TEXTS_AT_A_TIME", 2)
    texts = Ragged.from_lists([[5, 9], [7], [], [5, 3], [11]])
    assert held_ids([(texts, np.array([3, 0, 3, 2])), (texts, np.array([1]))], [1]).tolist() == [1, 3, 5, 7, 9]
