"""Every form of export reads a text as the trained model does: both tokenizers, with and without truncation, K-Means
and First-k."""

import copy
import json
import pickle

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

from semantic_tokens.backbones.tokenizers import from_vocabulary
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.models.export.compact import load_compact
from semantic_tokens.models.export.folder import over_emitted_tokens, write_tokenizer
from support.exported import DIM, FORMS, TEXTS, export, reference, train

CASES = [(a, d, g) for a in FORMS for d in (DIM, 6) for g in ("kmeans", "first")]
BERT = [case for case in CASES if case[0] == "bert"]
every_case = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return {case: train(*case, tmp_path_factory.mktemp("trained")) for case in CASES}


def plain(folder):
    """(logits, last hidden state, attention mask) with transformers alone."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForMaskedLM.from_pretrained(folder)
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        output = model(**batch, output_hidden_states=True)
    return output.logits, output.hidden_states[-1], batch["attention_mask"].bool()


def close(found, expected):
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@every_case
def test_expanded_reads_as_the_trained_model_and_shares_out_its_probabilities(trained, case, tmp_path):
    partition = export(trained[case], "expanded", tmp_path / "out")
    logits, hidden, mask = reference(trained[case], TEXTS)
    wide, wide_hidden, wide_mask = plain(tmp_path / "out")
    assert torch.equal(mask, wide_mask)
    close(wide_hidden[mask], hidden[mask])
    assert wide.shape[-1] == len(partition.tokens) == len(AutoTokenizer.from_pretrained(tmp_path / "out"))
    by_group = torch.stack([wide[..., members].logsumexp(-1) for members in partition.members()], dim=-1)
    close(by_group[mask], logits[mask])
    close(by_group.log_softmax(-1)[mask], logits.log_softmax(-1)[mask])
    for members in partition.members():
        close(wide[..., members], wide[..., members[:1]].expand(-1, -1, len(members)))
    if case[2] == "first":
        close(wide[mask], logits[mask])


@every_case
def test_expanded_config_and_tokenizer_agree_on_special_tokens(trained, case, tmp_path):
    export(trained[case], "expanded", tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    config = AutoModel.from_pretrained(tmp_path / "out").config
    for name in ("pad", "mask"):
        assert getattr(config, f"{name}_token_id") == getattr(tokenizer, f"{name}_token_id")
    if case[0] == "xlmr":
        assert (config.pad_token_id, config.bos_token_id, config.eos_token_id) == (1, 0, 2)


@every_case
def test_compact_gives_the_trained_models_logits(trained, case, tmp_path):
    partition = export(trained[case], "compact", tmp_path / "out")
    logits, hidden, mask = reference(trained[case], TEXTS)
    model, encode = load_compact(tmp_path / "out")
    assert model.get_input_embeddings().weight.shape == (partition.n_groups, case[1]), "truncated tables stay truncated"
    batch = encode(TEXTS, padding=True)
    assert torch.equal(batch["attention_mask"].bool(), mask)
    assert case[2] == "first" or len(batch["input_ids"].unique()) > 10, "a text of unknown words would prove nothing"
    with torch.no_grad():
        close(model(**batch).logits[mask], logits[mask])
        encoder, _ = load_compact(tmp_path / "out", AutoModel)
        close(encoder(**batch).last_hidden_state[mask], hidden[mask])


@pytest.mark.parametrize("case", BERT, ids=str)
def test_compact_wordpiece_encodes_groups_by_itself(trained, case, tmp_path):
    export(trained[case], "compact-wordpiece", tmp_path / "out")
    logits, _, mask = reference(trained[case], TEXTS)
    found, _, found_mask = plain(tmp_path / "out")
    assert torch.equal(found_mask, mask)
    close(found[mask], logits[mask])


@pytest.mark.parametrize("case", BERT[:1], ids=str)
def test_pairs_offsets_and_words_are_the_tokenizers(trained, case, tmp_path):
    expected = Tokenizer.from_file(str(trained[case].tokenizer)).encode(TEXTS[0], TEXTS[1])
    export(trained[case], "compact-wordpiece", tmp_path / "wordpiece")
    export(trained[case], "compact", tmp_path / "compact")
    _, encode = load_compact(tmp_path / "compact")
    for found in (
        AutoTokenizer.from_pretrained(tmp_path / "wordpiece")(TEXTS[0], TEXTS[1], return_offsets_mapping=True),
        encode([TEXTS[0]], [TEXTS[1]], return_offsets_mapping=True),
    ):
        ids, types, offsets = (
            torch.as_tensor(found[key]).squeeze(0) for key in ("input_ids", "token_type_ids", "offset_mapping")
        )
        assert ids.tolist() == trained[case].partition.group_of[expected.ids].tolist()
        assert types.tolist() == expected.type_ids and [tuple(pair) for pair in offsets.tolist()] == expected.offsets
        assert found.word_ids() == expected.word_ids


def test_compact_wordpiece_is_lost_by_what_writes_it_anew(trained, tmp_path):
    """The warning in its card: if one of these starts to work, the card must change."""
    export(trained["bert", DIM, "kmeans"], "compact-wordpiece", tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    tokenizer.save_pretrained(tmp_path / "again")
    saved = AutoTokenizer.from_pretrained(tmp_path / "again")
    for written in (saved, pickle.loads(pickle.dumps(tokenizer)), copy.deepcopy(tokenizer)):
        assert written(TEXTS)["input_ids"] != tokenizer(TEXTS)["input_ids"]


def test_a_unigram_tokenizer_cannot_share_ids(trained, tmp_path):
    with pytest.raises(InputError, match=r"tokenizer.json: a Unigram piece.*allowed here: expanded, compact"):
        export(trained["xlmr", DIM, "kmeans"], "compact-wordpiece", tmp_path / "out")


def test_another_conditions_tokenizer_is_refused(trained, tmp_path):
    whole, emitted = trained["bert", DIM, "kmeans"], over_emitted_tokens(trained["bert", DIM, "first"].partition)
    with pytest.raises(InputError, match=r"tokenizer.json: its 80 tokens are not the 40 of the partition"):
        write_tokenizer("compact", whole.tokenizer, whole.tokenizer_config, emitted, tmp_path)


@pytest.mark.parametrize("form", ["expanded", "compact-wordpiece"])
def test_load_compact_refuses_the_other_forms(trained, form, tmp_path):
    export(trained["bert", DIM, "kmeans"], form, tmp_path / "out")
    with pytest.raises(InputError, match="out: not a compact export"):
        load_compact(tmp_path / "out")


def test_emitted_tokens_are_all_or_the_kept(trained):
    whole = trained["bert", DIM, "kmeans"].partition
    assert over_emitted_tokens(whole) is whole
    cut = trained["xlmr", DIM, "first"]
    emitted, vocabulary = over_emitted_tokens(cut.partition), read_vocabulary(cut.tokenizer)
    assert (emitted.tokens, emitted.special_ids) == (vocabulary.tokens, vocabulary.special_ids)
    assert emitted.group_of.tolist() == list(range(cut.partition.n_groups))
    assert np.isfinite(emitted.cosine_to_centroid).all()


@pytest.mark.parametrize("case", [("bert", 6, "kmeans"), ("xlmr", DIM, "kmeans")], ids=str)
def test_the_expanded_form_fine_tunes_and_unties_the_members(trained, case, tmp_path):
    """The warnings in its card: one step with transformers alone moves a member that occurs and not its fellows, and
    fills the zeros of a truncated table."""
    partition = export(trained[case], "expanded", tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out", num_labels=2)
    before = model.get_input_embeddings().weight.detach().clone()
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    model(**batch, labels=torch.tensor([0, 1, 0])).loss.backward()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    after = model.get_input_embeddings().weight.detach()
    moved = (after != before).any(dim=1)
    occurring = set(batch["input_ids"].unique().tolist()) - {tokenizer.pad_token_id}
    assert torch.isfinite(after).all()
    assert set(moved.nonzero().flatten().tolist()) == occurring
    assert any(moved[members].any() and not moved[members].all() for members in partition.members())
    assert (before[:, case[1] :] == 0).all()
    assert case[1] == DIM or (after[moved][:, case[1] :] != 0).any()


@pytest.mark.parametrize("form", FORMS["bert"])
def test_exports_repeat_themselves_and_name_no_folder(trained, form, tmp_path):
    for name in ("one", "two"):
        export(trained["bert", 6, "kmeans"], form, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
        assert str(trained["bert", 6, "kmeans"].folder).encode() not in path.read_bytes()


def test_how_a_tokenizer_was_loaded_here_is_left_out(trained, tmp_path):
    condition = trained["xlmr", DIM, "kmeans"]
    assert "is_local" in json.loads(condition.tokenizer_config.read_text())
    export(condition, "compact", tmp_path / "out")
    assert "is_local" not in json.loads((tmp_path / "out/tokenizer_config.json").read_text())


def test_mberts_own_vocabulary_in_compact_wordpiece(real_data, tmp_path):
    """120 thousand pieces of many scripts in 6 thousand groups: every id is its group's."""
    source, out = tmp_path / "mbert", tmp_path / "compact"
    source.mkdir(), out.mkdir()
    from_vocabulary(real_data / "bert_multi_cased/vocab.txt", source, max_length=512)
    vocabulary = read_vocabulary(source / "tokenizer.json")
    group_of = np.empty(len(vocabulary), np.int32)
    group_of[list(vocabulary.special_ids)] = np.arange(5)
    group_of[list(vocabulary.unused_ids)] = 5
    group_of[vocabulary.clusterable_ids] = 6 + np.arange(len(vocabulary.clusterable_ids)) % 5971
    ones = np.ones(len(vocabulary), np.float32)
    partition = VocabularyPartition(group_of, vocabulary.tokens, ones, "random", vocabulary.special_ids)
    write_tokenizer("compact-wordpiece", source / "tokenizer.json", source / "tokenizer_config.json", partition, out)
    texts = ["Water is wet: naïve façade 3.14!", "Вода мокрая", "水是湿的", "الماء رطب", "पानी गीला है", "น้ำเปียก [MASK]"]
    ordinary, grouped = AutoTokenizer.from_pretrained(source), AutoTokenizer.from_pretrained(out)
    for text in texts:
        assert grouped(text)["input_ids"] == group_of[ordinary(text)["input_ids"]].tolist()
