"""The words and sentences that models are probed on, and where parallel sentences come from."""

import numpy as np
import pandas as pd
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.siblings.probing import files, items, parallel
from semantic_tokens.siblings.probing.generated import parallel_sentences
from semantic_tokens.world.lexicon import LANGUAGES, read_lexicon

LANGS = ("en", "sw", "zh")


def dictionary(n=60):
    """English on either side; each word has one translation, but w0 has two and sw5 too."""
    rows = [(f"w{i}", "en", f"sw{i}", "sw") for i in range(n)] + [(f"zh{i}", "zh", f"w{i}", "en") for i in range(n)]
    rows += [
        ("w0", "en", "other", "sw"),
        ("alias", "en", "sw5", "sw"),
        ("same", "en", "same", "sw"),
        ("--", "en", "sw99", "sw"),
        ("x", "en", "y", "fr"),
    ]
    rows += [(f"sw{i}", "sw", f"zh{i}", "zh") for i in range(items.FEWEST - 1)]
    return pd.DataFrame(rows * 2, columns=["word_a", "lang_a", "word_b", "lang_b"]).assign(source="muse")


def chosen_texts(words, pairs):
    texts = words["text"].to_numpy()
    return {subject: set(zip(texts[p["a"]], texts[p["b"]])) for subject, p in pairs.groupby("subject")}


def test_translations_are_drawn_for_each_pair_of_languages(caplog):
    caplog.set_level("INFO")
    words, pairs = items.choose_words([dictionary()], LANGS, 25, seed=0)
    assert dict(pairs["subject"].value_counts()) == {"en-sw": 25, "en-zh": 25}, "sw-zh has too few"
    assert caplog.messages == ["sw-zh: left out, the dictionaries have fewer than 20 translations"]
    true = {("en-sw", f"w{i}", f"sw{i}") for i in range(60)} | {("en-zh", f"w{i}", f"zh{i}") for i in range(60)}
    true |= {("en-sw", "w0", "other"), ("en-sw", "alias", "sw5")}
    found = chosen_texts(words, pairs)
    assert {(subject, *pair) for subject, texts in found.items() for pair in texts} <= true
    assert not words.duplicated(["lang", "text"]).any()
    langs = words["lang"].to_numpy()
    for subject, part in pairs.groupby("subject"):
        assert set(langs[part["a"]]) == {subject[:2]} and set(langs[part["b"]]) == {subject[3:]}


def test_no_word_appears_twice_in_a_pair_of_languages():
    words, pairs = items.choose_words([dictionary()], LANGS, 1000, seed=0)
    for _, part in pairs.groupby("subject"):
        assert part["a"].is_unique and part["b"].is_unique and len(part) == 60
    texts = set(words["text"])
    assert "same" not in texts and "--" not in texts and "y" not in texts


def test_the_draw_depends_on_the_seed_and_not_on_the_order_or_the_parts():
    parts = dictionary().sample(frac=1, random_state=5)
    once, again, other = (
        items.choose_words(given, LANGS, 25, seed)
        for given, seed in (([dictionary()], 0), ([parts[:50], parts[50:]], 0), ([dictionary()], 1))
    )
    assert once[0].equals(again[0]) and once[1].equals(again[1])
    assert chosen_texts(*once) != chosen_texts(*other)


def test_pictured_words_are_known_in_the_most_languages():
    few = dictionary()
    few = few[~few["word_a"].isin([f"zh{i}" for i in range(40, 60)])]
    words, _ = items.choose_words([few], LANGS, 25, seed=0)
    pictured = words[words["meaning"] != ""]
    assert pictured["meaning"].nunique() == items.PICTURED and len(pictured) == 3 * items.PICTURED
    assert set(pictured["meaning"]) <= {f"w{i}" for i in range(40)}, "these alone have a Chinese translation"
    for _, row in pictured.iterrows():
        assert row["text"].lstrip("swzh") == row["meaning"].lstrip("w") or row["text"] == "other"


def test_too_small_a_dictionary_is_one_clear_error():
    with pytest.raises(InputError, match="no pair of the languages en, sw has 20 translations"):
        items.choose_words([dictionary(5)], ("en", "sw"), 25, seed=0)


def spoken(n=50, missing=()):
    rows = [(lang, str(i), f"{lang} says {i}") for lang in LANGS for i in range(n) if (lang, i) not in missing]
    return pd.DataFrame(rows, columns=["lang", "sentence_id", "text"])


def test_sentences_are_the_same_in_all_languages():
    sentences = items.choose_sentences(spoken(), LANGS, 30, seed=0)
    ids = sentences.groupby("lang")["sentence_id"].apply(list)
    assert ids["en"] == ids["sw"] == ids["zh"] and len(ids["en"]) == 30
    assert ids["en"] != sorted(ids["en"], key=int), "drawn, not the first"
    pairs = items.sentence_pairs(sentences)
    assert list(pairs) == ["en-sw", "en-zh", "sw-zh"]
    texts = sentences["text"].to_numpy()
    for a, b in pairs.values():
        assert [text.split()[-1] for text in texts[a]] == [text.split()[-1] for text in texts[b]]
    half = items.training_half(sentences, seed=0)
    assert all(np.array_equal(half[a], half[b]) for a, b in pairs.values()) and half.sum() == 15 * 3


def test_pairs_of_languages_with_too_few_sentences_are_told(caplog):
    caplog.set_level("INFO")
    sentences = items.choose_sentences(spoken(missing={("sw", i) for i in range(35)}), LANGS, 30, seed=0)
    assert list(items.sentence_pairs(sentences)) == ["en-zh"]
    too_few = "left out, 15 parallel sentences are fewer than 20"
    assert caplog.messages == [f"en-sw: {too_few}", f"sw-zh: {too_few}"]


def test_a_sentence_that_a_language_lacks_is_left_out_there():
    sentences = items.choose_sentences(spoken(missing={("sw", i) for i in range(25)}), LANGS, 30, seed=0)
    pairs = items.sentence_pairs(sentences)
    assert len(pairs["en-zh"][0]) >= 30 and len(pairs["en-sw"][0]) == 25
    with pytest.raises(InputError, match="no pair of the languages en, sw has 20 parallel sentences"):
        items.choose_sentences(spoken(missing={("sw", i) for i in range(35)}), ("en", "sw"), 30, seed=0)


def test_tagged_sentences_for_training_and_testing():
    rows = [
        (lang, split, [f"{lang}{i}"], ["O"]) for lang in LANGS for split in ("train", "dev", "test") for i in range(9)
    ]
    chosen = items.choose_ner(
        [pd.DataFrame(rows, columns=["lang", "split", "tokens", "tags"])], ("en", "sw"), 5, seed=0
    )
    assert dict(chosen.groupby(["lang", "split"]).size()) == {
        ("en", "test"): 5, ("en", "train"): 5, ("sw", "test"): 5, ("sw", "train"): 5,
    }  # fmt: skip


def test_the_embedded_world_says_the_same_in_all_languages(tmp_path):
    lexicon = read_lexicon()
    rows = list(parallel_sentences(lexicon, LANGUAGES, 40, seed=3))
    parallel.write(rows, tmp_path / "p.parquet")
    table = parallel.read(tmp_path / "p.parquet")
    assert len(table) == 40 * len(LANGUAGES) and table.groupby("lang")["text"].nunique().eq(40).all()
    assert rows == list(parallel_sentences(lexicon, LANGUAGES, 40, seed=3))
    forms = {lang: {form: c.name for c in lexicon.concepts.values() for form in c.forms[lang]} for lang in LANGUAGES}
    said = {
        lang: [
            {forms[lang][word] for word in text.rstrip(".").split() if word in forms[lang]}
            for text in table.loc[table["lang"] == lang, "text"]
        ]
        for lang in ("en", "ru", "tr")
    }
    assert said["en"] == said["ru"] == said["tr"], "the concepts of a sentence, whichever synonym is used"
    assert min(map(len, said["en"])) >= 3


def test_more_scenes_than_the_world_has_are_refused(monkeypatch):
    monkeypatch.setattr("semantic_tokens.siblings.probing.generated._TRIES", 1)
    with pytest.raises(InputError, match=r"probing.sentences = 200: the embedded world has \d+ scenes to tell"):
        list(parallel_sentences(read_lexicon(), ("en", "sw"), 200, seed=0))


def test_languages_without_a_file_are_named(tmp_path):
    for code in ("src.eng", "ref.swa"):
        (tmp_path / f"newstest2019-{code}.txt").write_text("one\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no parallel sentences in zh, yo; there are en, sw: list in probing"):
        list(files.read(tmp_path, ("en", "zh", "sw", "yo")))


def test_ntrex(tmp_path):
    for code, lines in {"src.eng": "one\ntwo\nthree\n", "ref.swa": "moja\n\ntatu\n", "ref.deu": "a\nb\nc\n"}.items():
        (tmp_path / f"newstest2019-{code}.txt").write_text(lines, encoding="utf-8")
    rows = list(files.read(tmp_path, ("en", "sw")))
    assert {(row["lang"], row["text"]) for row in rows if row["sentence_id"] == "ntrex-3"} == {
        ("en", "three"),
        ("sw", "tatu"),
    }
    assert len(rows) == 5, "a blank line is no sentence, and German is not asked for"
    (tmp_path / "newstest2019-ref.swa.txt").write_text("moja\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"newstest2019-src\.eng\.txt: 3 lines, but newstest2019-ref\.swa\.txt"):
        list(files.read(tmp_path, ("en", "sw")))


def test_tatoeba(tmp_path):
    for pair, sides in {"swh-eng": ("moja\nmbili", "one\ntwo"), "cmn-eng": ("三", "three")}.items():
        for code, text in zip(pair.split("-"), sides):
            (tmp_path / f"tatoeba.{pair}.{code}").write_text(text, encoding="utf-8")
    rows = pd.DataFrame(files.read(tmp_path, ("en", "sw", "zh")))
    together = rows.groupby("sentence_id")["text"].apply(list).to_dict()
    assert together == {
        "tatoeba-swh-eng-1": ["one", "moja"],
        "tatoeba-swh-eng-2": ["two", "mbili"],
        "tatoeba-cmn-eng-1": ["三", "three"],
    }


def test_a_folder_of_neither_layout(tmp_path):
    with pytest.raises(InputError, match="no parallel sentences; looked for newstest2019"):
        list(files.read(tmp_path, ("en",)))


def test_what_is_not_a_table_of_parallel_sentences(tmp_path):
    good = [{"lang": lang, "sentence_id": "1", "text": "x"} for lang in ("en", "sw")]
    for rows, message in (
        ([*good, good[0]], "row 3: sentence '1' of 'en' already appears"),
        ([*good, {"lang": "zh", "sentence_id": "1", "text": " "}], "row 3: the text is empty"),
        (good[:1], "need two languages; found: en"),
    ):
        with pytest.raises(InputError, match=message):
            parallel.write(rows, tmp_path / "p.parquet")
        assert not (tmp_path / "p.parquet").exists()


def test_real_ntrex(real_data):
    rows = pd.DataFrame(files.read(real_data / "ntrex", ("en", "de", "sw", "zh")))
    assert rows.groupby("lang").size().to_dict() == dict.fromkeys(("de", "en", "sw", "zh"), 1997)
    first = rows[rows["sentence_id"] == "ntrex-1"].set_index("lang")["text"]
    assert first["en"].startswith("Welsh AMs") and "Wales" in first["sw"]
    sentences = items.choose_sentences(rows, ("en", "de", "sw", "zh"), 100, seed=0)
    assert {len(a) for a, _ in items.sentence_pairs(sentences).values()} == {100}
