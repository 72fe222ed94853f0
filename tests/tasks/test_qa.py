"""Question answering: windows, spans, decoding and chance."""

import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from semantic_tokens.errors import InputError
from semantic_tokens.tables import SCHEMAS
from semantic_tokens.tasks import qa
from support.toy_examples import a_row, qa_tables, qa_tokenizer
from support.toy_tasks import a_permutation, assert_parts_do_not_matter, encoded, run, settings, unigram, wordpiece


def test_the_toy_is_learnt_alike_in_every_order_of_the_vocabulary():
    tables = qa_tables()
    tokenizer = qa_tokenizer(tables)
    # Windows shorter than the contexts: the answer may be in any of them.
    chosen = settings(max_length=18, stride=2, epochs=8)
    assert encoded(qa, tables, tokenizer, chosen).metadata.num_rows == len(tables["qa"])
    scores = run(qa, tables, tokenizer, chosen, split="test")
    assert [(row.lang, row.metric) for row in scores] == [(lang, m) for lang in ("en", "sw") for m in qa.TASK.metrics]
    assert all(row.value > 0.9 for row in scores)
    grouped = run(qa, tables, tokenizer, chosen, split="test", permutation=a_permutation(tokenizer))
    assert [row.value for row in grouped] == pytest.approx([row.value for row in scores], abs=0.05)


def test_answers_are_found_in_any_window():
    tables = qa_tables(40, length=16)
    chosen = settings(max_length=18, stride=2, epochs=10)
    tokenizer = qa_tokenizer(tables)
    features = encoded(qa, tables, tokenizer, chosen)
    assert features.metadata.num_rows >= 2 * len(tables["qa"])
    scores = run(qa, tables, tokenizer, chosen, split="train")
    assert all(row.value > 0.9 for row in scores)


def test_features_do_not_depend_on_the_parts_of_the_table():
    tables = qa_tables(10, length=16)
    assert_parts_do_not_matter(qa, tables, qa_tokenizer(tables), settings(max_length=18, stride=2))


def test_the_same_seed_gives_the_same_scores():
    tables = qa_tables(20)
    tokenizer = qa_tokenizer(tables)
    models = []
    for _ in range(2):
        run(qa, tables, tokenizer, settings(epochs=1), seen=models, dropout=0.1)
    first, second = (list(model.state_dict().values()) for model in models)
    assert all(torch.equal(a, b) for a, b in zip(first, second))


@pytest.mark.parametrize("train", [wordpiece, unigram])
@hypothesis_settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_windows_cover_the_context_and_hold_the_answer_at_its_place(train, data):
    tokenizer = train(["the cat sat on the mat 北京 дом"] * 20)
    words = data.draw(st.lists(st.sampled_from(["cat", "mat", "дом", "北京", "the", "xx"]), min_size=1, max_size=25))
    context = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join([*words[:first], ""]))
    stride = data.draw(st.integers(0, 5))
    table = pa.Table.from_pylist([a_row("en", "train", 1, "the cat", context, words[first], start)], SCHEMAS["qa"])
    features = encoded(qa, {"qa": table}, tokenizer, settings(max_length=24, stride=stride)).read().to_pylist()
    whole = tokenizer.encode(context, add_special_tokens=False)
    covered = []
    for i, row in enumerate(features):
        assert (row["example"], row["window"]) == (0, i)
        assert len(row["input_ids"]) <= 24
        offsets = list(zip(row["starts"], row["ends"]))
        at = whole.offsets.index(offsets[0]) if len(set(whole.offsets)) == len(whole.offsets) else None
        ids = row["input_ids"][row["second_start"] : row["second_start"] + len(offsets)]
        if at is not None:
            assert ids == whole.ids[at : at + len(ids)]
        covered += offsets[stride if i else 0 :]
        if row["answer_start"]:
            low, high = (row[name] - row["second_start"] for name in ("answer_start", "answer_end"))
            assert context[row["starts"][low] : row["ends"][high]].strip() == words[first]
        else:
            assert row["answer_end"] == 0
    assert covered == whole.offsets
    if len(tokenizer.encode(words[first]).ids) - 2 <= stride:
        assert any(row["answer_start"] for row in features)


def test_a_stride_that_leaves_no_room_is_refused():
    tables = qa_tables(2)
    with pytest.raises(InputError, match="stride: 13; allowed: 0 to 12 at max_length 32"):
        encoded(qa, tables, qa_tokenizer(tables), settings(stride=13))


def test_a_long_question_gets_half_of_the_window():
    table = pa.Table.from_pylist([a_row("en", "train", 1, "cat " * 40, "dog " * 40, "dog")], SCHEMAS["qa"])
    features = encoded(qa, {"qa": table}, wordpiece(["cat dog"] * 5), settings(max_length=32)).read()
    assert features["second_start"][0].as_py() == 1 + 16 + 1


@hypothesis_settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 40), st.integers(1, 5))
def test_best_span_is_the_best_of_all_allowed_ones(seed, length, before):
    generator = torch.Generator().manual_seed(seed)
    start, end = torch.randn(2, 1, length, generator=generator)
    context_start, n = min(before, length - 1), max(1, length - before - 1)
    n = min(n, length - context_start)
    allowed = [
        (float(start[0, i] + end[0, j]), i - context_start, j - context_start)
        for i in range(context_start, context_start + n)
        for j in range(i, min(context_start + n, i + qa.MAX_ANSWER_LENGTH))
    ]
    found = qa.best_spans(start, end, torch.tensor([context_start]), torch.tensor([n]))[0].tolist()
    assert found == pytest.approx(max(allowed))


def test_chance_is_the_best_fixed_words():
    rows = [a_row("en", "train", i, "q", f"a number {i} here", str(i)) for i in range(6)]
    rows.append(a_row("en", "train", 6, "q", "6 is a number", "6"))
    rows += [a_row("en", "test", 10, "q", "x y 77 z", "77"), a_row("en", "test", 11, "q", "x y 77 z", "x y")]
    rows += [a_row("zh", "test", 12, "q", "在北京市", "北京")]
    tables = {"qa": pa.Table.from_pylist(rows, SCHEMAS["qa"])}
    assert qa.best_fixed_span(tables["qa"].slice(0, 7)) == (2, 1)
    scores = run(qa, tables, qa_tokenizer(tables), settings(epochs=1), split="test")
    # The third word (third character) of every context.
    chance = {(row.lang, row.metric): row.chance for row in scores}
    assert chance == pytest.approx(
        {("en", "f1"): 0.5, ("en", "exact_match"): 0.5, ("en", "f1_unicode"): 0.5}
        | {("zh", "f1"): 0.0, ("zh", "exact_match"): 0.0, ("zh", "f1_unicode"): 2 / 3}
    )
    assert [row.n for row in scores] == [2, 2, 2, 1, 1, 1]


def test_fixed_answer_of_a_short_context_is_empty():
    assert qa.fixed_answer("one two", "en", (2, 1)) == ""
    assert qa.fixed_answer("one two three", "en", (1, 2)) == "two three"
