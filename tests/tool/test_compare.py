"""`semantic-tokens compare` measures how far two models read texts alike."""

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from semantic_tokens.models.export.compact import load_compact
from semantic_tokens.tool.compare import compare_models
from semantic_tokens.tool.group import group_model
from support.command import fails, run
from support.exported import TEXTS, whole_model

MORE = [*TEXTS, "wet water", "nyumba", "The dog is green.", "mti kijani"]
PAIRS = [("Water is wet.", "maji"), ("The dog runs.", "mbwa anakimbia"), ("green", "kijani")]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The full model, and grouped ones by K-Means, First-k and not at all."""
    root = tmp_path_factory.mktemp("compare")
    whole_model("bert", root / "full")
    for name, ratio, method in (
        ("half", 0.5, "kmeans-cosine"),
        ("first", 0.5, "first"),
        ("same", 1.0, "kmeans-cosine"),
    ):
        group_model(root / "full", root / name, ratio=ratio, method=method)
    return root


def by_name(measures):
    return {measure.measure: measure for measure in measures}


def test_a_model_agrees_with_itself(models):
    found = by_name(compare_models(models / "same", models / "full", texts=MORE, translations=PAIRS))
    assert list(found) == ["token states", "texts", "same neighbour", "translations"]
    for name in ("token states", "texts"):
        assert found[name].grouped == pytest.approx(1, abs=1e-5)
        assert found[name].chance < 0.99
    assert found["same neighbour"].grouped == 1
    assert found["translations"].grouped == found["translations"].full


def test_the_measures_are_those_of_a_count_by_hand(models):
    found = by_name(compare_models(models / "half", models / "full", texts=MORE, translations=PAIRS))
    small, encode = load_compact(models / "half", AutoModel)
    tokenizer, full = AutoTokenizer.from_pretrained(models / "full"), AutoModel.from_pretrained(models / "full")
    cosine = torch.nn.CosineSimilarity(dim=-1)
    tokens, ours, theirs = [], [], []
    with torch.no_grad():
        for text in [*MORE, *(text for pair in PAIRS for text in pair)]:  # one at a time: no padding
            a = small(**encode([text])).last_hidden_state[0]
            b = full(**tokenizer([text], return_tensors="pt")).last_hidden_state[0]
            tokens.append(cosine(a, b))
            ours.append(a.mean(0)), theirs.append(b.mean(0))
    n = len(MORE)
    ours, theirs = torch.stack(ours), torch.stack(theirs)
    table = cosine(ours[:n, None], theirs[None, :n]).numpy()
    assert found["token states"].n == sum(map(len, tokens[:n]))
    assert found["token states"].grouped == pytest.approx(float(torch.cat(tokens[:n]).mean()), abs=1e-5)
    assert found["texts"].grouped == pytest.approx(np.diagonal(table).mean(), abs=1e-5)
    assert found["texts"].chance == pytest.approx(table[~np.eye(n, dtype=bool)].mean(), abs=1e-5)
    assert found["texts"].grouped < 0.999, "models that agree prove nothing"
    for vectors, share in ((ours[n:], found["translations"].grouped), (theirs[n:], found["translations"].full)):
        cosines = cosine(vectors[0::2, None], vectors[None, 1::2]).numpy()
        right = np.arange(len(PAIRS))
        hits = (cosines.argmax(0) == right).sum() + (cosines.argmax(1) == right).sum()
        assert share == pytest.approx(hits / (2 * len(PAIRS)))
    assert found["translations"].chance == pytest.approx(1 / 3)


def test_a_cut_tokenizer_is_compared_by_whole_texts(models):
    found = by_name(compare_models(models / "first", models / "full", texts=MORE))
    assert list(found) == ["texts", "same neighbour"]
    assert 0 < found["texts"].grouped < 1


def test_the_command_prints_a_table(models, tmp_path):
    (tmp_path / "pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS))
    done = run("compare", models / "half", "--against", models / "full", "--translations", tmp_path / "pairs.tsv")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["n", "grouped", "full", "chance"]
    assert [line[:16].strip() for line in lines[1:]] == ["token states", "texts", "same neighbour", "translations"]


def test_input_that_makes_no_sense_is_one_line(models, tmp_path, capsys):
    command = ("compare", models / "half", "--against", models / "full")
    assert fails(capsys, *command) == "compare needs texts: give --texts or --translations, or both"
    for content, option, said in (
        ("one\n", "--texts", "1 lines with text; allowed: 2 to 10,000"),
        ("a\tb\nc\n", "--translations", "line 2: 'c'; allowed: a text, a tab, and its translation"),
        ("a\tb\tc\n", "--translations", r"line 1: 'a\tb\tc'; allowed"),
        (b"\xff\xfe", "--texts", "not UTF-8 (byte 0)"),
    ):
        file = tmp_path / "file"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        found = fails(capsys, *command, option, file)
        assert found.startswith(f"{file}: ") and said in found
    assert fails(capsys, *command, "--texts", tmp_path / "none") == f"{tmp_path / 'none'}: No such file or directory"
