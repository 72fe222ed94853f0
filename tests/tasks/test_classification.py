"""Named entities and inference on toys: they learn, are deterministic, and score against known chance."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning import tagging
from semantic_tokens.fine_tuning.metrics import entity_f1
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.scores import score_table
from semantic_tokens.fine_tuning.training import fine_tune, new_model
from semantic_tokens.fine_tuning.updates import mean_loss
from semantic_tokens.tables import NER_TAGS, SCHEMAS
from semantic_tokens.tasks import ner, nli
from support.toy_examples import ner_tables, ner_tokenizer, nli_tables, nli_tokenizer, torch_bytes
from support.toy_tasks import a_permutation, assert_parts_do_not_matter, encoded, loader, run, settings, wordpiece


@pytest.mark.parametrize(
    ("task", "make", "train"), [(nli, nli_tables, nli_tokenizer), (ner, ner_tables, ner_tokenizer)]
)
def test_a_separable_toy_is_learnt_alike_in_every_order_of_the_vocabulary(task, make, train):
    tables = make()
    tokenizer = train(tables)
    scores = run(task, tables, tokenizer, settings())
    assert [row.metric for row in scores] == [task.TASK.metric] * 2
    assert all(row.value > 0.9 and row.value > row.chance + 0.3 for row in scores)
    grouped = run(task, tables, tokenizer, settings(), permutation=a_permutation(tokenizer))
    assert [row.value for row in grouped] == pytest.approx([row.value for row in scores], abs=0.02)


@pytest.mark.parametrize(
    ("task", "make", "train"), [(nli, nli_tables, nli_tokenizer), (ner, ner_tables, ner_tokenizer)]
)
def test_the_same_seed_gives_the_same_weights_and_another_does_not(task, make, train):
    tables, models = make(), []
    tokenizer = train(tables)
    for seed in (0, 0, 1):
        run(task, tables, tokenizer, settings(epochs=1), seed=seed, seen=models, dropout=0.1)
    weights = [torch_bytes(model) for model in models]
    assert weights[0] == weights[1] != weights[2]


def test_nli_chance_is_the_majority_class_of_the_rows_that_were_trained_on():
    def label_of(i):
        return 0 if i % 2 else 1 + (i % 4) // 2  # half entailment, the rest shared

    tables = nli_tables(40, label_of=label_of)
    labels = np.array(tables["nli"]["label"].to_pylist())
    test = np.array(tables["nli"]["split"].to_pylist()) == "test"
    english = np.array(tables["nli"]["lang"].to_pylist()) == "en"
    scores = run(nli, tables, nli_tokenizer(tables), settings(epochs=1), split="test")
    assert [row.lang for row in scores] == ["en", "ru"]
    assert [row.chance for row in scores] == [np.mean(labels[test & m] == 0) for m in (english, ~english)]
    assert [row.n for row in scores] == [20, 20]
    # Russian training rows do not count where English alone is trained on.
    labels[~test & english] = 2
    changed = tables["nli"].set_column(4, "label", pa.array(labels, pa.int8()))
    zero_shot = run(nli, {"nli": changed}, nli_tokenizer(tables), settings(epochs=1), "zero-shot", split="test")
    assert [row.chance for row in zero_shot] == [np.mean(labels[test & m] == 2) for m in (english, ~english)]


def test_zero_shot_trains_on_english_alone():
    tables = nli_tables(30)
    models = []
    english = pa.compute.equal(tables["nli"]["lang"], "en")
    only_english = {"nli": tables["nli"].filter(english)}
    tokenizer = nli_tokenizer(tables)
    for chosen in (tables, only_english):
        run(nli, chosen, tokenizer, settings(epochs=1), "zero-shot", split="test", seen=models)
    assert torch_bytes(models[0]) == torch_bytes(models[1])


def test_missing_rows_are_refused():
    tables = nli_tables(6, languages=("ru",))
    tokenizer = nli_tokenizer(tables)
    with pytest.raises(InputError, match="'zero-shot': no rows of split 'train' in the language en"):
        run(nli, tables, tokenizer, settings(), "zero-shot")
    with pytest.raises(InputError, match="evaluation split 'dev': no rows"):
        run(nli, tables, tokenizer, settings(), split="dev")
    with pytest.raises(InputError, match="'sideways': allowed: in-language, zero-shot, ms-marco"):
        run(nli, tables, tokenizer, settings(), "sideways")


def test_features_do_not_depend_on_the_parts_of_the_table():
    for task, tables, train in ((nli, nli_tables(), nli_tokenizer), (ner, ner_tables(), ner_tokenizer)):
        assert_parts_do_not_matter(task, tables, train(tables), settings(max_length=8))


def test_nli_features_are_cut_to_the_longest_length():
    tables = nli_tables(6)
    features = encoded(nli, tables, nli_tokenizer(tables), settings(max_length=8))
    assert max(map(len, features.read()["input_ids"].to_pylist())) == 8
    none = encoded(nli, {"nli": tables["nli"].slice(0, 0)}, nli_tokenizer(tables), settings())
    assert none.metadata.num_rows == 0


def test_ner_labels_stand_at_first_subwords_and_cut_words_have_none():
    table = pa.table(
        {"lang": ["en"], "split": ["train"], "tokens": [["Zyx", "don't", "cat"]], "tags": [["B-PER", "O", "B-LOC"]]},
        SCHEMAS["ner"],
    )
    tokenizer = wordpiece(["don't cat Zyx"], words=False)
    features = encoded(ner, {"ner": table}, tokenizer, settings(max_length=32)).read()
    words = [tokenizer.encode(w, add_special_tokens=False).ids for w in ("Zyx", "don't", "cat")]
    starts = np.cumsum([1] + [len(w) for w in words[:-1]]).tolist()
    assert features["first_subword"].to_pylist() == [starts]
    labels = tagging.token_labels(
        *(Ragged.from_arrow(features[c]) for c in ("input_ids", "first_subword", "labels")),
    )
    expected = [tagging.IGNORED] * len(features["input_ids"][0])
    for start, tag in zip(starts, ("B-PER", "O", "B-LOC")):
        expected[start] = NER_TAGS.index(tag)
    assert labels[0].tolist() == expected
    short = encoded(ner, {"ner": table}, tokenizer, settings(max_length=starts[2] + 1)).read()
    assert short["first_subword"].to_pylist() == [[*starts[:2], -1]]
    assert short["labels"].to_pylist() == features["labels"].to_pylist()


def test_ner_entities_beyond_the_cut_are_missed():
    tables = ner_tables()
    tokenizer = ner_tokenizer(tables)
    whole = run(ner, tables, tokenizer, settings(), split="test")
    cut = run(ner, tables, tokenizer, settings(max_length=8), split="test")  # [CLS] six words [SEP]: the place is cut
    assert all(row.value > 0.95 for row in whole)
    assert all(row.value == pytest.approx(2 / 3, abs=0.05) for row in cut)  # half of the entities found, none wrong


def test_ner_chance_is_the_best_constant_tag():
    tables = ner_tables()
    scores = run(ner, tables, ner_tokenizer(tables), settings(epochs=1), split="test")
    # Every word B-LOC: seven entities a sentence predicted, two there, one right; B-PER and I-PER get none right.
    assert [row.chance for row in scores] == pytest.approx([2 * 1 / (7 + 2)] * 2)


@hypothesis_settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(NER_TAGS), min_size=1, max_size=5), min_size=1, max_size=4))
def test_best_constant_tag_beats_the_others(sentences):
    def f1(tag):
        return entity_f1(sentences, tagging.constant_tags(sentences, tag))

    assert f1(tagging.best_constant_tag(NER_TAGS, sentences, entity_f1)) == max(map(f1, NER_TAGS))


def test_fine_tuning_follows_warm_up_and_decay():
    import torch

    model = new_model(loader(20), "encoder", 0, 8, 0, "cpu")
    parameter, steps = model.get_input_embeddings().weight, []

    def loss_of(batch):
        steps.append(parameter.detach().clone())
        return parameter[1:].sum()  # Adam moves by the learning rate when the gradient is constant

    chosen = settings(epochs=2, learning_rate=1e-2, warmup_ratio=0.2)
    update = mean_loss(loss_of, UpdatePlan())
    _, losses = fine_tune(model, lambda rng: [np.arange(2)] * 5, update, chosen, 0, "toy")
    assert len(losses) == 2
    moved = [float((a - b)[1:].abs().mean()) for a, b in zip([*steps, parameter.detach()][1:], steps)]
    expected = [1e-2 * rate for rate in (0.5, 1.0, *((10 - step) / 8 for step in range(2, 10)))]
    assert moved == pytest.approx(expected, rel=0.02)
    with pytest.raises(InputError, match=r"toy, by update 1: the loss is nan at a learning rate of 0\.01"):
        update = mean_loss(lambda batch: parameter.sum() * torch.nan, UpdatePlan())
        fine_tune(model, lambda rng: [np.arange(2)], update, chosen, 0, "toy")


def test_score_table_has_the_columns_of_the_canonical_table():
    from semantic_tokens.conditions import Condition, Grouping

    tables = nli_tables(12)
    rows = run(nli, tables, nli_tokenizer(tables), settings(epochs=1), seed=3, split="test")
    table = score_table(Condition("tiny", 32, "none", Grouping("full"), "mlm"), "in-language", 3, {"nli": rows})
    assert table.schema.names == [name for name in SCHEMAS["scores"].names if name not in ("run", "study")]
    first = table.to_pylist()[0]
    assert (first["task"], first["ratio"], first["seed"], first["lang"], first["n"]) == ("nli", 1.0, 3, "en", 6)
