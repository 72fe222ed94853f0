"""Vocabularies of XLM-R's and XLM-V's size: read right, in passes whose number does not depend on the size."""

import json

import pytest
from tokenizers import Tokenizer

from semantic_tokens.bench import vocabularies
from semantic_tokens.errors import InputError
from semantic_tokens.grouping import vocabulary as reading
from semantic_tokens.grouping.vocabulary import parse_vocabulary

PASSES = 3  # over all pieces: one for their ids, one for their scores; and one to spare


class Counted(list):
    """Pieces that cannot be gone through more than PASSES times: once for every token would take hours."""

    passes = 0

    def __iter__(self):
        self.passes += 1
        assert self.passes <= PASSES, "the vocabulary is gone through once for every token"
        return super().__iter__()


@pytest.mark.parametrize("size", [1_000, vocabularies.XLM_R, vocabularies.XLM_V])
def test_a_unigram_vocabulary_is_gone_through_twice_at_most(monkeypatch, size):
    text = vocabularies.unigram(size).to_str()
    spec = json.loads(text)
    entries = spec["model"]["vocab"]
    spec["model"]["vocab"] = counted = Counted(entries)
    monkeypatch.setattr(reading.json, "loads", lambda _: spec)
    found = parse_vocabulary(text)
    assert 1 <= counted.passes <= PASSES
    assert len(found) == size and found.kind == "unigram"
    assert found.tokens == tuple(piece for piece, _ in list.__iter__(counted))
    assert found.scores == tuple(score for _, score in list.__iter__(counted))
    assert found.special_ids == (0, 1, 2, 3, size - 1) and found.unused_ids == ()


def test_a_wordpiece_vocabulary_of_mberts_size():
    found = parse_vocabulary(vocabularies.wordpiece(vocabularies.MBERT).to_str())
    assert len(found) == vocabularies.MBERT and found.kind == "wordpiece" and found.scores is None
    assert found.special_ids == (0, 100, 101, 102, 103) and found.unused_ids == tuple(range(1, 100))


@pytest.mark.parametrize("made", [vocabularies.unigram, vocabularies.wordpiece])
def test_generated_pieces_are_tokenised_into_as_real_ones_are(made):
    tokenizer: Tokenizer = made(16_000)
    assert tokenizer.get_vocab_size() == 16_000 and tokenizer.to_str() == made(16_000).to_str()
    words = [
        next(words for i, words in enumerate(vocabularies.words_of(lang)) if i == 90) for lang in ("en", "ru", "hi")
    ]
    assert [len(tokenizer.encode(word, add_special_tokens=False)) for word in words] == [1, 1, 1]
    long = "".join(words[:1]) * 4
    inside = tokenizer.encode(long, add_special_tokens=False).tokens
    assert 1 < len(inside) <= len(long) and not set(inside) & {"<unk>", "[UNK]"}


@pytest.mark.parametrize(
    ("vocabulary", "added"),
    [
        ({"a": 0, "b": 2}, []),
        ({"a": 0, "b": 0}, []),
        ({"a": -1, "b": 0}, []),
        ({"a": 0, "b": 1}, [("c", 1)]),
        ({"a": 0, "b": 1}, [("a", 2)]),
        ({"a": 0, "b": 1}, [("c", 3)]),
        ([["a", 0.0], ["a", -1.0]], []),
        ([["a", 0.0], ["b", -1.0]], [("c", 0)]),
        ([["a", 0.0], ["b", -1.0]], [("a", 2)]),
        ([["a", 0.0], ["b", -1.0]], [("c", 2), ("c", 3)]),
    ],
)
def test_ids_that_are_not_each_once_are_refused(vocabulary, added):
    with pytest.raises(InputError, match="each once"):
        parse_vocabulary(tokenizer_json(vocabulary, added))


@pytest.mark.parametrize("vocabulary", [{"c": 2, "a": 0, "b": 1}, [["a", 0.0], ["b", -1.0], ["c", -2.0]]])
def test_tokens_come_in_the_order_of_their_ids_whatever_that_of_the_file(vocabulary):
    found = parse_vocabulary(tokenizer_json(vocabulary, [("e", 4), ("b", 1), ("d", 3)]))
    assert found.tokens == ("a", "b", "c", "d", "e") and found.special_ids == (1, 3, 4)
    assert found.scores == (None if isinstance(vocabulary, dict) else (0.0, -1.0, -2.0, 0.0, 0.0))


def tokenizer_json(vocabulary, added):
    model = {"type": "WordPiece" if isinstance(vocabulary, dict) else "Unigram", "vocab": vocabulary}
    tokens = [{"id": id, "content": content, "special": True} for content, id in added]
    return json.dumps({"model": model | {"unk_token": "?", "unk_id": None}, "added_tokens": tokens})
