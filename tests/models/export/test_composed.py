"""Exports of a composed table: the compact form holds vectors and codes, the others the rows that they make."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

from semantic_tokens.conditions import Condition
from semantic_tokens.models import checkpoint
from semantic_tokens.models.composition import is_composed
from semantic_tokens.models.export import card
from semantic_tokens.models.export.compact import load_compact
from semantic_tokens.models.export.composed import table_bytes
from support.exported import DIM, TEXTS, export, reference, train

MADE = {
    "run": "mini", "data": "world",
    "backbone": {"kind": "scratch", "architecture": "bert", "pretraining": {"steps": 7}, "folder": None},
    "sources": [], "word_pairs": [], "semantic_embedding": "mean", "pretraining": None,
}  # fmt: skip
CASES = [(architecture, dim) for architecture in ("bert", "xlmr") for dim in (DIM, 6)]
every_case = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return {case: train(*case, "product", tmp_path_factory.mktemp("trained")) for case in CASES}


def close(found, expected):
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@every_case
def test_the_compact_form_reads_as_the_trained_model_and_stays_composed(trained, case, tmp_path):
    export(trained[case], "compact", tmp_path / "out")
    logits, hidden, mask = reference(trained[case], TEXTS)
    model, encode = load_compact(tmp_path / "out")
    with torch.no_grad():
        output = model(**encode(TEXTS, padding=True), output_hidden_states=True)
    close(output.logits[mask], logits[mask])
    close(output.hidden_states[-1][mask], hidden[mask])
    assert is_composed(model) and is_composed(checkpoint.load_masked_lm(trained[case].folder))
    classifier, _ = load_compact(tmp_path / "out", AutoModelForSequenceClassification)
    assert is_composed(classifier)


@every_case
def test_its_table_takes_the_bytes_of_vectors_and_codes(trained, case, tmp_path):
    partition = export(trained[case], "compact", tmp_path / "out")
    held = load_file(tmp_path / "out/model.safetensors")
    n_codes = sum(len(np.unique(code)) for code in partition.codes.T)
    width = case[1] // 2
    assert held["composition.vectors"].shape == (n_codes, width)
    assert held["composition.codes"].shape == (partition.n_groups, 2) and held["composition.codes"].dtype == torch.uint8
    assert table_bytes(tmp_path / "out") == 4 * n_codes * width + 2 * partition.n_groups
    assert not any(tensor.shape == (partition.n_groups, DIM) for tensor in held.values())
    n_others = sum(tensor.numel() for name, tensor in held.items() if not name.startswith("composition."))
    text = card.render("compact", condition(case[1]), partition, tmp_path / "out", MADE, [])
    total = n_others + n_codes * width + 2 * partition.n_groups
    assert f"- Parameters: {total:,}, codes included." in text
    assert "A row is a composition of 2 vectors" in text and "load_compact" in text and "group_of = torch" not in text


def condition(dim):
    return Condition.parse(f"tiny/d{dim}/none/product-quantisation-r50/none")


def test_plain_transformers_refuse_it(trained, tmp_path):
    export(trained["bert", DIM], "compact", tmp_path / "out")
    with pytest.raises(ValueError, match="semantic-tokens-composition"):
        AutoModel.from_pretrained(tmp_path / "out")


@every_case
def test_the_expanded_form_is_an_ordinary_model(trained, case, tmp_path):
    export(trained[case], "expanded", tmp_path / "out")
    _, hidden, mask = reference(trained[case], TEXTS)
    tokenizer, model = (
        AutoTokenizer.from_pretrained(tmp_path / "out"),
        AutoModelForMaskedLM.from_pretrained(tmp_path / "out"),
    )
    with torch.no_grad():
        output = model(**tokenizer(TEXTS, padding=True, return_tensors="pt"), output_hidden_states=True)
    close(output.hidden_states[-1][mask], hidden[mask])
    assert "composed_embedding_parts" not in json.loads((tmp_path / "out/config.json").read_text())
