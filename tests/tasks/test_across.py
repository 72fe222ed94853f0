"""Tasks across languages: what is searched, what counts, chance, and the same items in every language."""

import math

import numpy as np
import pyarrow as pa
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.tasks import bitext, clir
from support.toy_examples import rows_of
from support.toy_tasks import encoded, run, settings, wordpiece

WORDS = {
    "en": ["cat", "dog", "sun", "rain"],
    "tr": ["kedi", "it", "gunes", "yagmur"],
    "sw": ["paka", "mbwa", "jua", "mvua"],
}


def clir_tables(n=4, split="test", languages=WORDS):
    rows = [
        (lang, split, f"q{i}", f"p{i // 2}", f"find {words[i]}", f"{words[i // 2 * 2]} and {words[i // 2 * 2 + 1]}")
        for lang, words in languages.items()
        for i in range(n)
    ]
    return {"clir": rows_of("clir", rows)}


def bitext_tables(n=4):
    rows = [(lang, "test", f"{i}", words[i]) for lang, words in WORDS.items() for i in range(n)]
    return {"bitext": rows_of("bitext", rows)}


def tokenizer_of(words=None):
    every = [word for own in WORDS.values() for word in own]
    return wordpiece([*every, "find", "and", *(words or ())])


def meaning(tokenizer):
    """Token -> group: translations share theirs."""
    group_of = np.arange(tokenizer.get_vocab_size(), dtype=np.int32)
    for words in zip(*WORDS.values()):
        group_of[[tokenizer.token_to_id(word) for word in words]] = tokenizer.token_to_id(words[0])
    return group_of


def collection(tables, tokenizer):
    features = encoded(clir, tables, tokenizer, settings())
    return clir.load_collection(features, np.arange(tokenizer.get_vocab_size(), dtype=np.int32))


def test_a_paragraph_is_there_once_a_language_and_its_own_is_relevant():
    tables = clir_tables()
    found = collection(tables, tokenizer_of())
    assert len(found.queries) == 12 and len(found.passages) == 6
    ids, langs = (found.passage_table[name].to_pylist() for name in ("id", "lang"))
    for query, own in zip(found.query_table.to_pylist(), found.positives.values, strict=True):
        assert (ids[own], langs[own]) == (query["passage_id"], query["lang"])


def evaluated(vector_of_query, vector_of_passage, tables=None):
    """Scores where vectors are looked up by (language, number)."""
    found = collection(tables or clir_tables(), tokenizer_of())

    def vectors(table, of):
        items = table.to_pylist()
        return lambda rows: np.array([of(items[row]["lang"], int(items[row]["id"][1:])) for row in rows], np.float32)

    asked = clir.chosen_questions(found, "test", None, 0)
    of_queries, of_passages = (
        vectors(found.query_table, vector_of_query),
        vectors(found.passage_table, vector_of_passage),
    )
    rows = clir.evaluate(found, asked, of_queries, of_passages, "test")
    return {(row.lang, row.metric): row for row in rows}


def test_meaning_finds_paragraphs_in_every_language():
    found = evaluated(lambda lang, i: np.eye(2)[i // 2], lambda lang, i: np.eye(2)[i])
    assert {row.value for row in found.values()} == {1.0}
    assert {key[1]: row.passages for key, row in found.items()} == {clir.ACROSS: 2, clir.WITHIN: 2, clir.POOL: 6}
    assert {row.n for row in found.values()} == {4}


def test_a_key_that_each_language_has_of_its_own_finds_nothing_elsewhere():
    """Within a language all is found; the others' paragraphs are ranked by a wrong key."""
    place = {lang: 2 * i for i, lang in enumerate(WORDS)}

    def key(lang, i):
        vector = np.full(6, -1.0)
        vector[place[lang] + i] = 1
        for other in WORDS:
            if other != lang:
                vector[place[other] + 1 - i] = 0.5
        return vector

    found = evaluated(lambda lang, i: np.eye(6)[place[lang] + i // 2], key)
    assert all(found[lang, clir.WITHIN].value == 1 for lang in WORDS)
    second = 1 / math.log2(3)
    assert all(found[lang, clir.ACROSS].value == pytest.approx(second) for lang in WORDS)
    assert all(0.5 < found[lang, clir.POOL].value < 1 for lang in WORDS)


def test_chance_is_a_random_order_of_what_is_searched():
    found = evaluated(lambda lang, i: np.ones(1), lambda lang, i: np.ones(1))
    two = (1 + 1 / math.log2(3)) / 2
    assert found["en", clir.ACROSS].chance == found["en", clir.WITHIN].chance == pytest.approx(two)
    discounts = [1 / math.log2(i + 2) for i in range(6)]
    assert found["en", clir.POOL].chance == pytest.approx(sum(discounts) * 3 / 6 / sum(discounts[:3]))


def test_the_same_questions_are_drawn_in_every_language():
    found = collection(clir_tables(), tokenizer_of())
    drawn = clir.chosen_questions(found, "test", 2, 1)
    ids = [{found.query_table["id"][int(row)].as_py() for row in rows} for rows in drawn.values()]
    assert ids[0] == ids[1] == ids[2] and len(ids[0]) == 2


def test_groups_that_join_translations_score_across_languages():
    tables, tokenizer = clir_tables(), tokenizer_of()
    chosen = settings(pooling="mean", similarity="cosine")
    grouped, plain = (
        run(clir, tables, tokenizer, chosen, "as-is", split="test", permutation=own)
        for own in (meaning(tokenizer), None)
    )
    across = [[row.value for row in rows if row.metric == clir.ACROSS] for rows in (grouped, plain)]
    within = [[row.value for row in rows if row.metric == clir.WITHIN] for rows in (grouped, plain)]
    assert across[0] == within[0] and min(within[1]) > 0.6
    assert [row.lang for row in grouped] == [lang for lang in sorted(WORDS) for _ in range(3)]


def test_training_reads_pairs_of_one_language_and_learns_them():
    tables = {"clir": pa.concat_tables([clir_tables()["clir"], clir_tables(split="train")["clir"]])}
    ids = [f"{split}{i % 4}" for i, split in enumerate(tables["clir"]["split"].to_pylist())]
    tables["clir"] = tables["clir"].set_column(2, "query_id", [ids])
    scores = run(clir, tables, tokenizer_of(), settings(epochs=12, batch_size=6), split="test")
    within = [row.value for row in scores if row.metric == clir.WITHIN]
    assert min(within) > 0.9


def test_one_language_alone_is_refused():
    with pytest.raises(InputError, match="clir: questions in en alone; it takes two languages"):
        run(clir, clir_tables(languages={"en": WORDS["en"]}), tokenizer_of(), settings(), "as-is", split="test")


def test_translations_are_the_nearest_where_groups_join_them():
    tables, tokenizer = bitext_tables(), tokenizer_of()
    chosen = settings(pooling="mean", similarity="cosine")
    rows = run(bitext, tables, tokenizer, chosen, "as-is", split="test", permutation=meaning(tokenizer))
    assert [(row.lang, row.value, row.chance, row.n, row.passages) for row in rows] == [
        (lang, 1.0, 0.25, 4, 4) for lang in sorted(WORDS)
    ]
    with pytest.raises(InputError, match="'bitext': has nothing to train on"):
        run(bitext, tables, tokenizer, chosen, "in-language", split="test")


def test_a_sentence_that_a_language_lacks_is_left_out_everywhere():
    table = bitext_tables()["bitext"]
    lacking = table.filter(pa.array([not (r["lang"] == "tr" and r["sentence_id"] == "2") for r in table.to_pylist()]))
    rows = bitext.aligned_rows(lacking, "test", None, 0)
    ids = [lacking["sentence_id"].take(own).to_pylist() for own in rows.values()]
    assert ids == [["0", "1", "3"]] * 3
    few = [lacking["sentence_id"].take(own).to_pylist() for own in bitext.aligned_rows(lacking, "test", 2, 0).values()]
    assert few[0] == few[1] == few[2] and len(few[0]) == 2


def test_no_sentence_that_all_languages_have():
    table = rows_of("bitext", [("en", "test", "0", "cat"), ("tr", "test", "1", "it")])
    with pytest.raises(InputError, match="bitext: no sentence of the split 'test' is there in all of en, tr"):
        bitext.aligned_rows(table, "test", None, 0)


def test_a_translation_of_the_paragraph_is_no_negative():
    found = collection(clir_tables(split="train"), tokenizer_of())
    place = {(row["lang"], row["id"]): i for i, row in enumerate(found.passage_table.to_pylist())}
    for query, row in enumerate(found.query_table.to_pylist()):
        assert sorted(found.relevant(query)) == sorted(place[lang, row["passage_id"]] for lang in WORDS)
