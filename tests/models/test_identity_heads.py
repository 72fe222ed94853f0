"""A grouping that merges nothing leaves every task's model as transformers' own class loads it from the checkpoint."""

import numpy as np
import pytest
import torch
import transformers
from transformers import BertForPreTraining

from conftest import N_TOKENS
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint
from semantic_tokens.models.surgery import group_vocabulary
from semantic_tokens.tasks import ner, nli, qa, rerank, retrieval

FAMILIES = {"bert": "Bert", "xlm-roberta": "XLMRoberta"}
CLASSES = {
    "token-classification": "ForTokenClassification",
    "sequence-classification": "ForSequenceClassification",
    "question-answering": "ForQuestionAnswering",
    "encoder": "Model",
}
LENGTHS, SECOND_START = (9, 6, 3), np.array([5, 3, 2])


def publish(model, folder):
    """A checkpoint with all that upstream's has: BERT's comes with a pooler."""
    if model.config.model_type == "bert":
        whole = BertForPreTraining(model.config)
        whole.bert.load_state_dict(model.bert.state_dict(), strict=False)
        whole.cls.predictions.load_state_dict(model.cls.predictions.state_dict())
        model = whole
    model.save_pretrained(folder)


def as_transformers_takes_them(rows, pad, token_types):
    """The rows as tensors, padded by hand."""
    longest = max(map(len, rows))
    inputs = {
        "input_ids": torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows]),
        "attention_mask": torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows]),
    }
    if token_types:
        kinds = [[int(start <= i < len(row)) for i in range(longest)] for row, start in zip(rows, SECOND_START)]
        inputs["token_type_ids"] = torch.tensor(kinds)
    return inputs


@pytest.mark.parametrize("task", [ner, nli, qa, rerank, retrieval])
def test_the_identity_gives_the_logits_of_transformers_own_class(masked_lm, special_ids, tmp_path, task):
    head, n_labels = task.TASK.head, task.TASK.n_labels
    publish(masked_lm, tmp_path / "published")
    model = checkpoint.load(tmp_path / "published")
    tokens = tuple(f"t{i}" for i in range(N_TOKENS))
    table = model.get_input_embeddings().weight.detach().clone()
    same = group_vocabulary(model, VocabularyPartition.identity(tokens, special_ids), table)
    checkpoint.save(same, tmp_path / "condition")

    own = getattr(transformers, FAMILIES[masked_lm.config.model_type] + CLASSES[head])
    torch.manual_seed(5)
    plain = own.from_pretrained(tmp_path / "published", **({"num_labels": n_labels} if n_labels else {})).eval()
    torch.manual_seed(5)
    ours = checkpoint.load_for_task(tmp_path / "condition", head, n_labels).eval()

    rng = np.random.default_rng(0)
    rows = [rng.integers(5, N_TOKENS - 1, length).tolist() for length in LENGTHS]
    pad, pairs = int(masked_lm.config.pad_token_id), masked_lm.config.type_vocab_size > 1 and head != "encoder"
    with torch.no_grad():
        found = Network(ours).read(Ragged.from_lists(rows), pad, SECOND_START if pairs else None)
        expected = plain(**as_transformers_takes_them(rows, pad, pairs))
    names = {"question-answering": ["start_logits", "end_logits"], "encoder": ["last_hidden_state"]}
    for name in names.get(head, ["logits"]):
        assert expected[name].std() > 0
        assert torch.equal(found[name], expected[name]), name
