from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from conftest import N_TOKENS, random_partition
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import Vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.pretraining import processes, token_cache
from semantic_tokens.pretraining.masking import (
    IGNORED,
    MaskingVocabulary,
    draw_rows,
    language_probabilities,
    mask_rows,
    masking_vocabulary,
)
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.token_cache import read_cache, write_cache
from semantic_tokens.pretraining.training import dropout_seed, pretrain, training_state, training_step

TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{i}" for i in range(N_TOKENS - 5)))
VOCABULARY = Vocabulary(TOKENS, (0, 1, 2, 3, 4), (), "wordpiece")
SCHEDULE = PretrainingSettings(
    steps=12, batch_size=4, sequence_length=10, learning_rate=1e-2, warmup_ratio=0.1, mask_probability=0.3,
    checkpoint_every=5,
)  # fmt: skip
IDENTITY = np.arange(N_TOKENS)


@pytest.fixture
def cache(tmp_path, word_tokenizer):
    rng = np.random.default_rng(0)
    rows = [
        {"lang": lang, "text": " ".join(f"w{i}" for i in rng.integers(0, 35, 7))} for lang in ["en"] * 60 + ["sw"] * 20
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "corpus.parquet")
    paths = tmp_path / "corpus.npy", tmp_path / "corpus.json"
    write_cache(tmp_path / "corpus.parquet", word_tokenizer, ["en", "sw"], 10, *paths)
    return read_cache(*paths)


def test_cache_packs_every_language_without_padding(cache):
    assert [(part.lang, part.first, part.rows) for part in cache.languages] == [("en", 0, 60), ("sw", 60, 20)]
    assert cache.rows.shape == (80, 10)
    assert (cache.rows[:, 0] == 2).all() and (cache.rows[:, -1] == 3).all()
    assert (cache.rows != 0).all()
    assert cache.rows[0].tolist()[8] == 3, "articles are separated"


def test_a_language_without_text_is_an_error(tmp_path, cache, word_tokenizer):
    with pytest.raises(InputError, match="'tr' has less text than one row"):
        write_cache(tmp_path / "corpus.parquet", word_tokenizer, ["tr"], 10, tmp_path / "a.npy", tmp_path / "a.json")


def test_the_corpus_is_read_once_however_many_languages(tmp_path, word_tokenizer, monkeypatch):
    """Languages that come in alternation give the rows of each language alone, in the order asked for; files that
    waited are gone."""
    monkeypatch.setattr(token_cache, "_ROWS_WAITING", 3)
    rng = np.random.default_rng(1)
    languages = [f"l{i}" for i in range(30)]
    rows = [{"lang": lang, "text": " ".join(f"w{i}" for i in rng.integers(0, 35, 9))} for lang in languages * 40]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "corpus.parquet")
    opened = []
    monkeypatch.setattr(pq, "ParquetFile", lambda path, whole=pq.ParquetFile: opened.append(path) or whole(path))
    folder = tmp_path / "cache"
    folder.mkdir()
    wanted = [*languages[20:], *languages[:5]]
    paths = folder / "all.npy", folder / "all.json"
    write_cache(tmp_path / "corpus.parquet", word_tokenizer, wanted, 16, *paths)
    assert opened == [tmp_path / "corpus.parquet"]
    assert sorted(folder.iterdir()) == sorted(paths)
    whole = read_cache(*paths)
    assert whole.names == tuple(wanted)
    for part in whole.languages:
        own = [row["text"] for row in rows if row["lang"] == part.lang]
        ids = [i for text in own for i in [*word_tokenizer.encode(text, add_special_tokens=False).ids, 3]]
        body = np.array(ids[: len(ids) // 14 * 14]).reshape(-1, 14)
        assert np.array_equal(whole.rows[part.first : part.first + part.rows, 1:-1], body)
        assert part.rows == len(body) > 3


def test_languages_that_the_vocabulary_cannot_write_are_named(tmp_path, word_tokenizer):
    rows = [{"lang": lang, "text": f"w1 w2 w3 {word}"} for lang, word in (("en", "w4"), ("am", "ሰላም"))] * 9
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "corpus.parquet")
    paths = tmp_path / "corpus.npy", tmp_path / "corpus.json"
    unknown = write_cache(tmp_path / "corpus.parquet", word_tokenizer, ["en", "am"], 10, *paths)
    assert unknown == {"en": 0, "am": 1 / 5}, "one of four words, and the separator"
    assert token_cache.unwritten(unknown) == ["20% of the tokens of am are unknown: the vocabulary cannot write it"]


def test_token_languages(cache):
    languages = cache.token_languages(N_TOKENS)
    share = np.stack([np.bincount(part.ravel(), minlength=N_TOKENS) / part.size for part in np.split(cache.rows, [60])])
    assert (languages[share.sum(axis=0) > 0] == share.argmax(axis=0)[share.sum(axis=0) > 0]).all()
    assert languages[0] == -1, "[PAD] never occurs"


def test_masks_are_a_function_of_seed_and_step_and_never_touch_special_tokens(cache):
    group_of = random_partition(N_TOKENS, (0, 1, 2, 3, 4), 6)
    vocabulary = masking_vocabulary(VOCABULARY, group_of)
    assert (vocabulary.size, vocabulary.mask_id, vocabulary.special_ids) == (11, 4, (0, 1, 2, 3, 4))
    ids = group_of[np.tile(cache.rows, (40, 1))]
    inputs, labels = mask_rows(ids, vocabulary, 0.15, seed=1, step=2)
    again = mask_rows(ids, vocabulary, 0.15, seed=1, step=2)
    assert (inputs == again[0]).all() and (labels == again[1]).all()
    assert (mask_rows(ids, vocabulary, 0.15, 1, 3)[1] != labels).any()
    chosen = labels != IGNORED
    assert (inputs[~chosen] == ids[~chosen]).all() and (labels[chosen] == ids[chosen]).all()
    assert not np.isin(labels[chosen], vocabulary.special_ids).any()
    assert not np.isin(inputs[chosen], [0, 1, 2, 3]).any()
    assert chosen[ids > 4].mean() == pytest.approx(0.15, abs=0.01)
    assert (inputs[chosen] == 4).mean() == pytest.approx(0.8, abs=0.02)


def test_language_sampling_follows_the_exponent(cache):
    assert language_probabilities(cache, 1.0) == pytest.approx([0.75, 0.25])
    assert language_probabilities(cache, 0.0) == pytest.approx([0.5, 0.5])
    rows = draw_rows(cache, np.array([0.0, 1.0]), 50, 0, 0)
    assert {tuple(row) for row in rows} <= {tuple(row) for row in cache.rows[60:]}


def run(model, cache, path, schedule=SCHEDULE):
    return pretrain(model, cache, IDENTITY, masking_vocabulary(VOCABULARY, IDENTITY), schedule, 7, path, "cpu")


def fresh(bert, tmp_path):
    """A copy of the model whose dropout makes every random draw count."""
    checkpoint.save(bert, tmp_path / "start")
    return checkpoint.load_masked_lm(tmp_path / "start")


@pytest.mark.parametrize("micro_batch", [None, 3])
def test_a_killed_run_resumes_to_the_same_bits(bert, cache, tmp_path, monkeypatch, micro_batch):
    schedule = SCHEDULE.model_copy(update={"micro_batch": micro_batch})
    whole = fresh(bert, tmp_path)
    losses = run(whole, cache, tmp_path / "a.pt", schedule)
    killed = fresh(bert, tmp_path)
    calls = iter(range(100))

    def dying(*arguments):
        if next(calls) == 8:
            raise KeyboardInterrupt
        return mask_rows(*arguments)

    monkeypatch.setattr("semantic_tokens.pretraining.masking.mask_rows", dying)
    with pytest.raises(KeyboardInterrupt):
        run(killed, cache, tmp_path / "b.pt", schedule)
    monkeypatch.undo()
    resumed = fresh(bert, tmp_path)
    torch.rand(13)  # the global generator's state must not matter
    assert run(resumed, cache, tmp_path / "b.pt", schedule) == losses
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name


def test_a_checkpoint_of_another_run_is_not_taken_up(bert, cache, tmp_path):
    run(fresh(bert, tmp_path), cache, tmp_path / "a.pt")
    other = SCHEDULE.model_copy(update={"learning_rate": 5e-3})
    clean = run(fresh(bert, tmp_path), cache, tmp_path / "b.pt", other)
    assert run(fresh(bert, tmp_path), cache, tmp_path / "a.pt", other) == clean


@pytest.mark.parametrize("other", ["cache", "objective", "group_of", "seed", "code", "threads", "processes"])
def test_a_checkpoint_of_another_run_of_the_same_shapes_is_not_taken_up(
    bert, cache, tmp_path, caplog, monkeypatch, other
):
    """Of the same shapes: only what they hold is other."""
    rows, group_of, masking = cache.rows.copy(), IDENTITY.copy(), masking_vocabulary(VOCABULARY, IDENTITY)
    rows[70, 4], group_of[30] = 5 + (rows[70, 4] == 5), 31
    others = {
        "cache": replace(cache, rows=rows), "objective": replace(masking, mask_id=5), "group_of": group_of, "seed": 8,
        "code": "b",
    }  # fmt: skip
    given = {"cache": cache, "group_of": IDENTITY, "objective": masking, "seed": 7, "code": "a"}
    given |= {"settings": SCHEDULE, "checkpoint": tmp_path / "a.pt", "device": "cpu"}
    pretrain(fresh(bert, tmp_path), **given)
    with caplog.at_level("INFO"):
        pretrain(fresh(bert, tmp_path), **given)
        assert "resumed at step 10" in caplog.text and "another run" not in caplog.text
        if other == "threads":
            monkeypatch.setattr(torch, "get_num_threads", lambda: 99)
        if other == "processes":
            monkeypatch.setattr(processes, "rank_and_size", lambda: (1, 2))
            monkeypatch.setattr(processes, "micro_batches", lambda *_: [])
            monkeypatch.setattr(processes, "require_agreement", lambda step: None)
        pretrain(fresh(bert, tmp_path), **given | ({other: others[other]} if other in others else {}))
    assert "another run" in caplog.text


def test_training_stops_at_the_first_loss_that_is_not_finite_and_keeps_the_last_good_checkpoint(
    bert, cache, tmp_path, monkeypatch
):
    model, calls = fresh(bert, tmp_path), iter(range(100))

    def overflowing(*arguments):
        if next(calls) == 7:
            with torch.no_grad():
                model.get_input_embeddings().weight.fill_(torch.inf)
        return mask_rows(*arguments)

    monkeypatch.setattr("semantic_tokens.pretraining.masking.mask_rows", overflowing)
    with pytest.raises(InputError, match=r"pretraining, step 8: the loss is nan at a learning rate of 0\.00\d+; lower"):
        run(model, cache, tmp_path / "a.pt")
    kept = torch.load(tmp_path / "a.pt", weights_only=True)
    assert len(kept["losses"]) == 5 and all(torch.isfinite(weight).all() for weight in kept["model"].values())


def test_a_gradient_that_is_not_finite_moves_no_weight(bert):
    state = training_state(
        bert, SCHEDULE, 0, lambda model, *_, count: (model.get_input_embeddings().weight * 0).sqrt().sum()
    )
    before = bert.get_input_embeddings().weight.clone()
    with pytest.raises(InputError, match="step 1: the gradient's norm is nan"):
        training_step(state, np.zeros((2, 4), np.int64), np.zeros((2, 4), np.int64))
    assert torch.equal(bert.get_input_embeddings().weight, before)


def test_a_model_that_is_not_finite_is_not_trained_at_all(bert, cache, tmp_path):
    with torch.no_grad():
        bert.get_input_embeddings().weight[3, 1] = torch.inf
    with pytest.raises(InputError, match="the model to pretrain: 1 of the 640 numbers"):
        run(bert, cache, tmp_path / "a.pt")


def test_training_lowers_the_loss(bert, cache, tmp_path):
    longer = SCHEDULE.model_copy(update={"steps": 60, "batch_size": 16, "checkpoint_every": 100})
    losses = run(bert, cache, tmp_path / "a.pt", longer)
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 0.1


@pytest.mark.parametrize("micro_batch", [1, 2, 3])
def test_micro_batches_add_up_to_the_whole_batch(bert, cache, tmp_path, micro_batch):
    bert.config.hidden_dropout_prob = bert.config.attention_probs_dropout_prob = 0.0
    whole, parts = fresh(bert, tmp_path), fresh(bert, tmp_path)
    expected = run(whole, cache, tmp_path / "a.pt")
    found = run(parts, cache, tmp_path / "b.pt", SCHEDULE.model_copy(update={"micro_batch": micro_batch}))
    assert found == pytest.approx(expected, abs=1e-4)
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], tensor, atol=1e-3, rtol=0)


def test_no_more_rows_at_a_time_than_micro_batch(bert, cache, tmp_path, monkeypatch):
    seen = []

    def spy(model, inputs, labels, *, count):
        seen.append(len(inputs))
        return masked_lm_loss(model, inputs, labels, count=count)

    monkeypatch.setattr(MaskingVocabulary, "loss", lambda self, *given, **named: spy(*given, **named))
    run(bert, cache, tmp_path / "a.pt", SCHEDULE.model_copy(update={"steps": 1, "batch_size": 7, "micro_batch": 3}))
    assert seen == [2, 2, 3]


def test_dropout_differs_between_steps_and_micro_batches_and_follows_the_seed():
    seeds = [dropout_seed(*key) for key in [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1)]]
    assert len(set(seeds)) == 4
    assert seeds[0] == dropout_seed(1, 0, 0)


def test_a_batch_without_a_masked_token_changes_no_gradient(bert):
    state = training_state(bert, SCHEDULE.model_copy(update={"weight_decay": 0.0}), 0)
    before = [parameter.detach().clone() for parameter in bert.parameters()]
    ids = np.full((2, 5), 7)
    assert training_step(state, ids, np.full_like(ids, IGNORED)) == 0
    assert all(torch.equal(parameter, old) for parameter, old in zip(bert.parameters(), before))
