"""The model card: its snippet loads the export without this package, its numbers are the export's."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from semantic_tokens.conditions import Condition
from semantic_tokens.models.export import card
from support.exported import DIM, FORMS, export, reference, train

CASES = [(architecture, form, "kmeans") for architecture in FORMS for form in FORMS[architecture]]
CASES += [("xlmr", "compact", "first")]
TEXTS = ["Water is wet.", "The dog runs."]  # those of the snippet
DRIVER = """
import os, sys
import numpy as np
for folder in sys.argv[1:]:
    os.chdir(folder)
    names = {}
    exec(open("snippet.py").read(), names)
    np.save("logits.npy", names["logits"].detach().numpy())
    np.save("mask.npy", names["batch"]["attention_mask"].numpy())
assert not any(name.startswith("semantic_tokens") for name in sys.modules)
"""
SCRATCH = {"kind": "scratch", "architecture": "bert", "pretraining": {"steps": 700}, "folder": None}
HUB = {"kind": "hub", "model": "mbert", "folder": False}
MADE = {
    "run": "mini", "data": "world", "backbone": SCRATCH, "sources": [], "word_pairs": [], "semantic_embedding": "mean",
    "pretraining": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """For each case the trained condition, the folder of its export and the card in it; d6 where K-Means grouped."""
    written = {}
    for architecture, form, method in CASES:
        root, dim = tmp_path_factory.mktemp("card"), 6 if method == "kmeans" else DIM
        trained = train(architecture, dim, method, root)
        partition = export(trained, form, root / "out")
        name = {"kmeans": "kmeans-cosine", "first": "first"}[method]
        condition = Condition.parse(f"tiny/d{dim}/none/{name}-r50/none")
        text = card.render(form, condition, partition, root / "out", MADE, [])
        (root / "out/README.md").write_text(text)
        written[architecture, form, method] = trained, root / "out", text
    return written


def snippet(text):
    (found,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return found


def test_snippets_run_without_this_package_and_give_the_trained_models_logits(cards):
    folders = {case: folder for case, (_, folder, _) in cards.items()}
    for case, folder in folders.items():
        code = snippet(cards[case][2])
        assert len([line for line in code.splitlines() if line]) <= 10
        (folder / "snippet.py").write_text(code)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", DRIVER, *map(str, folders.values())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for (_, form, _), (trained, folder, _) in cards.items():
        expected, _, mask = reference(trained, TEXTS)
        found = torch.from_numpy(np.load(folder / "logits.npy"))
        assert torch.equal(torch.from_numpy(np.load(folder / "mask.npy")).bool(), mask)
        if form == "expanded":
            found = torch.stack([found[..., members].logsumexp(-1) for members in trained.partition.members()], dim=-1)
        torch.testing.assert_close(found[mask], expected[mask], atol=1e-5, rtol=0)


def test_numbers_are_those_of_the_partition_and_the_weights(cards):
    trained, folder, text = cards["bert", "compact", "kmeans"]
    sizes = trained.partition.group_sizes()
    text = " ".join(text.split())
    assert f"80 tokens in 40 groups (ratio 50%). {(sizes == 1).sum()} groups hold one token (5 of them" in text
    assert f"the largest holds {sizes.max()}, the mean 2.0." in text
    assert "40 rows of 16. Of each the first 6 numbers are used" in text
    weights = sum(parameter.numel() for parameter in AutoModelForMaskedLM.from_pretrained(folder).parameters())
    assert f"Parameters: {weights:,}." in text
    assert "80 rows of 16" in cards["bert", "expanded", "kmeans"][2]


def test_each_form_names_its_limits(cards):
    limits = {case: text.split("## Limits")[1].split("## Terms")[0] for case, (_, _, text) in cards.items()}
    assert "unties the members" in limits["bert", "expanded", "kmeans"]
    assert "use group ids" in limits["xlmr", "compact", "kmeans"]
    wordpiece = limits["bert", "compact-wordpiece", "kmeans"]
    assert all(word in wordpiece for word in ("save_pretrained", "pickle", "deepcopy", "Decoding is arbitrary"))
    for case, text in limits.items():
        assert ("the zeros beyond dimension 6" in text) == (case[2] == "kmeans")
        assert ("unties" in text) == (case[1] == "expanded")


def test_first_k_is_not_said_to_merge(cards):
    text = cards["xlmr", "compact", "first"][2]
    assert "the first 27 tokens by score (ratio 50%)" in text and "None are merged" in text
    assert "one per token" in text and "members of a group" not in text


@pytest.fixture
def render(cards):
    trained, folder, _ = cards["bert", "expanded", "kmeans"]

    def write(condition="mbert/d16/clsa-all/kmeans-cosine-r50/mlm", scores=(), **changes):
        return card.render("expanded", Condition.parse(condition), trained.partition, folder, MADE | changes, scores)

    return write


def test_terms_are_the_registrys_where_it_knows_them(render):
    text = render(
        backbone=HUB, data="upstream", sources=["wikipedia", "muse", "dictionaries"],
        word_pairs=["muse", "dictionaries"],
        pretraining={"steps": 25000, "batch_size": 1024, "sequence_length": 128},
    )  # fmt: skip
    assert "base_model: google-bert/bert-base-multilingual-cased\n" in text
    assert "Backbone google-bert/bert-base-multilingual-cased: Apache-2.0" in text
    assert "Data, muse: CC BY-NC 4.0; no commercial use." in text
    assert "Data, wikipedia: CC BY-SA 3.0 and GFDL.\n" in text
    assert "Data, dictionaries: the user's own files" in text
    assert "InfoNCE on word pairs from muse, dictionaries." in text
    assert "25,000 steps of 1024\n   sequences of 128 tokens." in text
    assert "Devlin et al. 2019" in text and "synthetic world" not in text


def test_an_unknown_backbone_has_no_terms(render):
    own = {"kind": "hub", "model": None, "folder": True}
    text = render("own/d16/none/kmeans-cosine-r50/none", backbone=own, data="upstream")
    assert "Backbone: from the user's own folder; the project does not know its terms." in text
    assert "base_model" not in text


def test_scores_are_shown_beside_chance_and_random_groups(render):
    condition = "tiny/d16/none/kmeans-cosine-r50/none"
    assert "Not measured when this card was written." in render(condition)
    row = {"task": "nli", "metric": "accuracy", "transfer": "in-language", "score": 0.61234, "chance": 1 / 3}
    text = render(condition, [row | {"retained": 0.9311, "retained_by_random": None}])
    assert "| nli | accuracy | in-language | 0.612 | 0.333 | 93.1% | not measured |" in text
    assert "Not measured when" not in text


def test_the_embedded_world_is_named_as_such(render):
    assert "its numbers say nothing about natural text" in render("tiny/d16/none/kmeans-cosine-r50/none")
