"""Inference: hardly any padding at the lengths of real texts, and in bfloat16 scores that agree."""

import numpy as np
import pytest

from semantic_tokens.bench.inputs import XNLI, lengths_of_texts
from semantic_tokens.fine_tuning import network
from semantic_tokens.fine_tuning.batching import batches_within
from semantic_tokens.fine_tuning.network import TOKENS_AT_A_TIME, forward
from semantic_tokens.fine_tuning.plan import UpdatePlan, precision_on
from semantic_tokens.tasks import ner, nli, qa, rerank, retrieval
from support.toy_examples import TOYS
from support.toy_tasks import run, settings


@pytest.mark.parametrize("device", TOKENS_AT_A_TIME)
def test_hardly_anything_is_padding(device):
    lengths = lengths_of_texts(XNLI, 75_150, 0)  # as many as XNLI's test set has pairs
    batches = batches_within(lengths, TOKENS_AT_A_TIME[device])
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    computed = sum(len(batch) * lengths[batch].max() for batch in batches)
    assert computed / lengths.sum() < (1.005 if device == "cpu" else 1.03)


@pytest.mark.parametrize(("task", "epochs"), [(ner, 10), (nli, 10), (qa, 10), (rerank, 8), (retrieval, 30)])
def test_scores_in_bfloat16_agree(task, epochs, monkeypatch):
    """Of the same weights: what differs is inference alone."""

    def forward_in_inference(model, inputs, precision):
        return forward(model, inputs, "float32" if model.training else precision)

    monkeypatch.setattr(network, "forward", forward_in_inference)
    make, train = TOYS[task]
    tables = make()
    tokenizer = train(tables)
    chosen = settings(epochs=epochs, batch_size=8)
    scores = []
    for precision in ("float32", "bf16"):
        scores.append(run(task, tables, tokenizer, chosen, score={"plan": UpdatePlan(precision=precision)}))
    exact, rounded = scores
    assert [row[:2] for row in rounded] == [row[:2] for row in exact]
    assert all(row.value > row.chance + 0.2 for row in exact)
    assert [row.value for row in rounded] == pytest.approx([row.value for row in exact], abs=0.05)


def test_auto_is_bfloat16_on_a_gpu_alone():
    assert [precision_on(device, "auto") for device in ("cpu", "cuda")] == ["float32", "bf16"]
    assert [precision_on("cpu", asked) for asked in ("float32", "bf16")] == ["float32", "bf16"]
