"""A real vocabulary cut to the pieces that occur."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from semantic_tokens.backbones.occurring import count_tokens, cut_to_occurring, never_occurring
from semantic_tokens.backbones.tokenizers import from_vocabulary
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import read_vocabulary

PIECES = ["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "never", "dog", "##s", "Cat", "house"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    from_vocabulary(tmp_path / "vocab.txt", tmp_path / "out", 32)
    return tmp_path / "out"


def cut(folder, texts, size):
    path = folder / "tokenizer.json"
    counts = count_tokens(Tokenizer.from_file(str(path)), [texts])
    return Tokenizer.from_str(cut_to_occurring(path.read_text(), read_vocabulary(path), counts, size))


def test_a_bare_vocabulary_keeps_its_ids_and_its_case(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode("Cat dogs").tokens == ["[CLS]", "Cat", "dog", "##s", "[SEP]"]
    assert tokenizer.token_to_id("house") == PIECES.index("house")


def test_pieces_that_never_occur_are_gone_and_the_others_keep_their_order(folder):
    tokenizer = cut(folder, ["dogs house", "house Cat"], 100)
    kept = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    assert kept == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "dog", "##s", "Cat", "house"]
    assert tokenizer.encode("house dogs").tokens == ["[CLS]", "house", "dog", "##s", "[SEP]"]


def test_the_most_frequent_pieces_stay_where_not_all_fit(folder):
    tokenizer = cut(folder, ["house house dogs", "house Cat dogs"], 5 + 3)
    assert set(tokenizer.get_vocab()) == {*PIECES[:1], *PIECES[2:6], "house", "dog", "##s"}


def test_counts_add_up_over_batches(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    counts = count_tokens(tokenizer, [["dogs", "Cat"], ["dog"]])
    assert counts[[PIECES.index("dog"), PIECES.index("##s"), PIECES.index("Cat")]].tolist() == [2, 1, 1]
    assert counts.sum() == 4 and counts.dtype == np.int64


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("vocab.txt", "\n".join([*PIECES, "dog"]), "a piece appears twice"),
        ("vocab.csv", "", "must be a vocab.txt or a sentencepiece .model"),
        ("absent.txt", None, "no such file"),
    ],
)
def test_what_is_not_a_vocabulary_is_refused(tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        from_vocabulary(tmp_path / name, tmp_path, 32)


def test_rows_that_never_occur_are_counted(folder):
    vocabulary = read_vocabulary(folder / "tokenizer.json")
    counts = count_tokens(Tokenizer.from_file(str(folder / "tokenizer.json")), [["dogs house", "house"]])
    assert never_occurring(vocabulary, counts).startswith(
        "never occur in the corpus: 2 of 11 pieces (18.2%), 0 of them"
    )
