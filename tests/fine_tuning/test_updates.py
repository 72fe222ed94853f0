"""One update: in micro-batches, with recomputation and in bfloat16 it is the update of the whole batch."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from semantic_tokens.backbones.architectures import ARCHITECTURES
from semantic_tokens.fine_tuning import training
from semantic_tokens.fine_tuning.network import forward, model_inputs
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.training import new_model
from semantic_tokens.fine_tuning.updates import gradient_cache, mean_loss
from semantic_tokens.models import checkpoint
from support.toy_examples import TOYS
from support.toy_tasks import run, saved_backbone, settings

ALL = pytest.mark.parametrize("task", TOYS, ids=lambda task: task.__name__.rsplit(".")[-1])


class Caught(Exception):
    pass


def first_update(task, monkeypatch, plan=None, dropout=False):
    """Loss and gradient of the first batch of the toy of `task`, by its own `update`."""

    def catch(model, epoch_batches, update, *_, **__):
        with torch.no_grad():
            for matrix in (p for p in model.train().parameters() if p.ndim >= 2):
                matrix.mul_(4)  # as drawn, all texts look alike, and what is left of the gradient is mostly rounding
        for module in model.modules():
            if isinstance(module, nn.Dropout) and not dropout:
                module.p = 0.0
        torch.manual_seed(4)
        loss = update(epoch_batches(np.random.default_rng([0, 0]))[0])
        raise Caught(loss, {name: p.grad for name, p in model.named_parameters() if p.grad is not None})

    make, train = TOYS[task]
    tables = make()
    monkeypatch.setattr(training, "fine_tune", catch)
    given = {} if plan is None else {"plan": plan}
    with pytest.raises(Caught) as caught:
        run(task, tables, train(tables), settings(max_length=24), dropout=0.1, score=given)
    return caught.value.args


def assert_same_update(one, other, loss, gradient):
    assert float(one[0]) == pytest.approx(float(other[0]), abs=loss)
    assert one[1].keys() == other[1].keys()
    vectors = [torch.cat([grad.flatten() for grad in grads.values()]).double() for _, grads in (one, other)]
    assert vectors[0].norm() > 0
    assert float((vectors[0] - vectors[1]).norm() / vectors[1].norm()) <= gradient


@ALL
@pytest.mark.parametrize("size", [1, 3, 5])
def test_micro_batches_have_the_loss_and_gradient_of_the_whole_batch(task, size, monkeypatch):
    whole = first_update(task, monkeypatch)
    parts = first_update(task, monkeypatch, UpdatePlan(micro_batch=size))
    assert_same_update(parts, whole, 1e-6, 1e-5)


@ALL
def test_a_batch_of_one_part_and_the_default_are_the_same_bits(task, monkeypatch):
    whole = first_update(task, monkeypatch, dropout=True)
    for plan in (UpdatePlan(), UpdatePlan(micro_batch=16), UpdatePlan(recompute=True)):
        assert_same_update(first_update(task, monkeypatch, plan, dropout=True), whole, 0, 0)


@ALL
def test_bfloat16_is_near(task, monkeypatch):
    whole = first_update(task, monkeypatch)
    rounded = first_update(task, monkeypatch, UpdatePlan(precision="bf16"))
    assert all(grad.dtype == torch.float32 for grad in rounded[1].values())
    assert float(rounded[0]) != float(whole[0])
    assert_same_update(rounded, whole, 0.03, 0.1)


@ALL
def test_everything_at_once(task, monkeypatch):
    plan = UpdatePlan(micro_batch=3, precision="bf16", recompute=True)
    assert_same_update(
        first_update(task, monkeypatch, plan), first_update(task, monkeypatch, replace(plan, recompute=False)), 0, 0
    )
    assert_same_update(first_update(task, monkeypatch, plan), first_update(task, monkeypatch), 0.03, 0.1)


def test_sentences_without_a_labelled_word_weigh_nothing():
    weight = torch.ones(1, requires_grad=True)
    values = np.array([0.0, 0.0, 3.0, 5.0])  # of which the first two are no terms

    def terms(items):
        return int((values[items] > 0).sum())

    def loss_of(items):
        return (weight * torch.from_numpy(values[items])).sum() / max(1, terms(items))

    loss = mean_loss(loss_of, UpdatePlan(micro_batch=2), terms)(np.arange(4))
    assert (float(loss), weight.grad.tolist()) == (4.0, [4.0])
    assert float(mean_loss(loss_of, UpdatePlan(), terms)(np.arange(2))) == 0


def test_the_passes_of_a_gradient_cache_draw_the_same_dropout():
    torch.manual_seed(0)
    layer, drop, seen = nn.Linear(8, 8), nn.Dropout(0.5), []
    inputs = torch.randn(6, 4, 8)

    def encode(part):
        seen.append(drop(layer(part)))
        return seen[-1]

    def loss_of(vectors):
        states = torch.cat(vectors)
        return (states @ states.T).logsumexp(1).mean()

    encoders = [partial(encode, part) for part in inputs]
    loss = gradient_cache(encoders, loss_of, torch.device("cpu"))
    first, second = seen[:6], seen[6:]
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    masks = [vectors == 0 for vectors in first]
    assert not any(torch.equal(a, b) for a, b in pairwise(masks)), "each part has dropout of its own"
    after, gradient = torch.rand(3), layer.weight.grad.clone()

    torch.manual_seed(0)
    nn.Linear(8, 8), torch.randn(6, 4, 8)
    layer.zero_grad()
    whole = loss_of([encode(part) for part in inputs])
    whole.backward()
    assert torch.equal(loss, whole.detach()), "one pass, everything kept"
    torch.testing.assert_close(gradient, layer.weight.grad, rtol=1e-5, atol=1e-7)
    assert torch.equal(after, torch.rand(3)), "what is drawn next does not depend on the second pass"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_recomputed_activations_give_the_same_gradient(architecture, tmp_path):
    load = partial(checkpoint.load_for_task, saved_backbone(architecture, tmp_path))
    rows = Ragged.from_lists([[5, 6, 7, 8], [9, 10, 11]])
    gradients = []
    for recompute in (False, True):
        model = new_model(load, "sequence-classification", 3, 4, 0, "cpu", UpdatePlan(recompute=recompute))
        calls = []
        hook = partial(lambda calls, *_: calls.append(1), calls)
        for module in model.modules():
            if isinstance(module, nn.Linear):
                module.register_forward_hook(hook)
        torch.manual_seed(1)
        forward(model.train(), model_inputs(model, rows, 0), "float32").logits.square().sum().backward()
        gradients.append([p.grad for p in model.parameters() if p.grad is not None])
        gradients[-1].append(len(calls))
    kept, again = (own.pop() for own in gradients)
    assert again > kept, "layers ran twice"
    assert all(torch.equal(a, b) for a, b in zip(*gradients, strict=True))
