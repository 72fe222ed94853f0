"""Every form of `semantic-tokens export` reads a text as the grouped model does, with the plain tokenizer."""

import json
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from transformers import AutoModel

from semantic_tokens.models.export.compact import load_compact
from semantic_tokens.tool.export import export_folder
from semantic_tokens.tool.forms import FORMS
from semantic_tokens.tool.group import group_model
from support.command import fails, refused, run
from support.exported import TEXTS, whole_model

SENTENCE = "sentence-transformers"
MODELS = {"bert": True, "xlmr": False}  # architecture -> with a masked-LM head
every_model = pytest.mark.parametrize("name", MODELS)


@pytest.fixture(scope="module")
def grouped(tmp_path_factory):
    root = tmp_path_factory.mktemp("grouped")
    for name, head in MODELS.items():
        group_model(whole_model(name, root / name, head), root / f"small-{name}", ratio=0.5)
    return {name: root / f"small-{name}" for name in MODELS}


def reference(folder, texts):
    """(last hidden state, attention mask) of the grouped model in torch."""
    model, encode = load_compact(folder, AutoModel)
    batch = encode(texts, padding=True)
    with torch.no_grad():
        return model(**batch).last_hidden_state.numpy(), batch["attention_mask"].numpy()


def mean(states, mask):
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)


def snippet(folder):
    (found,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    return found


def run_snippet(folder, then):
    """The card's snippet, and a line more, in a process of its own."""
    command = [sys.executable, "-c", f"{snippet(folder)}\n{then}"]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=True)


@every_model
def test_the_onnx_graph_takes_the_tokenizers_ids(grouped, name, tmp_path):
    onnxruntime, tokenizers = pytest.importorskip("onnxruntime"), pytest.importorskip("tokenizers")
    pytest.importorskip("onnxscript")
    made = export_folder(grouped[name], "onnx", tmp_path / "onnx")
    session = onnxruntime.InferenceSession(tmp_path / "onnx/model.onnx")
    tokenizer = tokenizers.Tokenizer.from_file(str(tmp_path / "onnx/tokenizer.json"))
    given = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
    names = [put.name for put in session.get_inputs()]
    assert names == list(given)[: 3 if name == "bert" else 2]
    tokenizer.enable_padding(pad_id=AutoModel.from_pretrained(grouped[name]).config.pad_token_id)
    for texts in (TEXTS, TEXTS[:1], ["maji"] * 5):  # batches and lengths unlike those of the export
        encoded = tokenizer.encode_batch(texts)
        inputs = {name: np.array([getattr(row, given[name]) for row in encoded], np.int64) for name in names}
        (found,) = session.run(["last_hidden_state"], inputs)
        expected, mask = reference(grouped[name], texts)
        assert np.array_equal(mask, inputs["attention_mask"])
        np.testing.assert_allclose(found[mask == 1], expected[mask == 1], atol=1e-4, rtol=0)
    assert made.size < 1_000_000
    code = f"{snippet(tmp_path / 'onnx')}\nprint(states.shape)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "onnx", text=True, capture_output=True, check=True
    )
    assert done.stdout.startswith("(2, ")


@every_model
@pytest.mark.parametrize("form", [SENTENCE, f"{SENTENCE}-compact"])
def test_sentence_transformers_loads_the_folder(grouped, name, form, tmp_path):
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is in the extra bench")
    export_folder(grouped[name], form, tmp_path / "model")
    options = {"trust_remote_code": True} if form.endswith("compact") else {}
    model = library.SentenceTransformer(str(tmp_path / "model"), device="cpu", **options)
    expected = mean(*reference(grouped[name], TEXTS))
    np.testing.assert_allclose(model.encode(TEXTS), expected, atol=1e-4, rtol=0)
    rows = model[0].auto_model.get_input_embeddings().num_embeddings
    assert rows == json.loads((grouped[name] / "semantic_tokens.json").read_text())["groups" if options else "tokens"]
    assert f'SentenceTransformer("."{", trust_remote_code=True" if options else ""})' in snippet(tmp_path / "model")
    np.testing.assert_allclose(pickle.loads(pickle.dumps(model)).encode(TEXTS), expected, atol=1e-4, rtol=0)
    model.save(str(tmp_path / "again"))
    again = library.SentenceTransformer(str(tmp_path / "again"), device="cpu", **options)
    np.testing.assert_allclose(again.encode(TEXTS), expected, atol=1e-4, rtol=0)


def test_pooling_and_prompts_of_the_original_are_kept(tmp_path):
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is in the extra bench")
    whole_model("bert", tmp_path / "encoder", head=False)
    parts = library.sentence_transformer.modules
    modules = [parts.Transformer(str(tmp_path / "encoder")), parts.Pooling(16, pooling_mode="cls"), parts.Normalize()]
    original = library.SentenceTransformer(modules=modules, prompts={"query": "Water "}, device="cpu")
    original.save(str(tmp_path / "original"))
    group_model(tmp_path / "original", tmp_path / "small", ratio=1.0)
    for form in (SENTENCE, f"{SENTENCE}-compact"):
        export_folder(tmp_path / "small", form, tmp_path / form)
        model = library.SentenceTransformer(str(tmp_path / form), device="cpu", trust_remote_code=True)
        for prompt in (None, "query"):
            expected = original.encode(TEXTS, prompt_name=prompt)
            np.testing.assert_allclose(model.encode(TEXTS, prompt_name=prompt), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("form", ["compact", "expanded", "compact-wordpiece"])
def test_the_forms_of_transformers_give_the_same_states(grouped, form, tmp_path):
    export_folder(grouped["bert"], form, tmp_path / "model")
    run_snippet(tmp_path / "model", "import numpy; numpy.save('states.npy', states.detach().numpy())")
    expected, mask = reference(grouped["bert"], ["Water is wet.", "The dog runs."])
    found = np.load(tmp_path / "model/states.npy")
    np.testing.assert_allclose(found[mask == 1], expected[mask == 1], atol=1e-5, rtol=0)


def test_an_encoder_without_a_head_expands(grouped, tmp_path):
    export_folder(grouped["xlmr"], "expanded", tmp_path / "model")
    model, rows = AutoModel.from_pretrained(tmp_path / "model"), load_compact(grouped["xlmr"], AutoModel)[0]
    assert model.config.vocab_size > rows.config.vocab_size and model.config.pad_token_id == 1


def test_the_command_exports(grouped, tmp_path):
    done = run("export", grouped["bert"], "--form", "compact", "--out", tmp_path / "model")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'model'}: compact, ")
    assert (tmp_path / "model/partition.parquet").read_bytes() == (grouped["bert"] / "partition.parquet").read_bytes()


def test_a_form_that_the_model_cannot_have_names_one_that_it_can(grouped, tmp_path, capsys):
    said = fails(capsys, "export", grouped["xlmr"], "--form", "compact-wordpiece", "--out", tmp_path / "model")
    assert "two pieces cannot share one" in said and said.endswith("allowed here: expanded, compact")
    assert list(tmp_path.iterdir()) == []


def test_without_its_packages_onnx_says_what_to_install(grouped, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("semantic_tokens.models.export.onnx.find_spec", lambda name: None)
    said = fails(capsys, "export", grouped["bert"], "--form", "onnx", "--out", tmp_path / "model")
    assert said == "form onnx needs the packages onnx, onnxscript: pip install 'semantic-tokens[onnx]'"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_is_refused(grouped, tmp_path, capsys):
    assert "invalid choice: 'gguf'" in refused(capsys, "export", grouped["bert"], "--form", "gguf", "--out", tmp_path)
    said = fails(capsys, "export", tmp_path, "--form", "compact", "--out", tmp_path / "model")
    assert said.endswith("allowed: a folder that `semantic-tokens group` wrote")
    said = fails(capsys, "export", grouped["bert"], "--form", "compact", "--out", grouped["xlmr"])
    assert said.endswith("exists already; name another folder, or remove this one")
    assert set(FORMS) == {"onnx", SENTENCE, f"{SENTENCE}-compact", "compact", "expanded", "compact-wordpiece"}
