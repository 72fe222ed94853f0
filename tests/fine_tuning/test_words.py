"""Words of a sentence are read as in running text, whatever the tokenizer does with blanks."""

import pyarrow as pa
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from semantic_tokens.fine_tuning.words import encoded_words, reads_words_alone

SENTENCES = [["one", "two"], ["two", "one-two", "é", "one"], ["one"]]


def byte_level(prefix: bool, trim: bool = True) -> Tokenizer:
    """Bytes, and the pieces "one", "two", " one" and " two" of them."""
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("o", "n"), ("on", "e"), ("t", "w"), ("tw", "o"), ("Ġ", "one"), ("Ġ", "two")]
    pieces = [*signs, *(a + b for a, b in merges)]
    tokenizer = Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix, trim_offsets=trim)
    return tokenizer


def read(tokenizer, sentences=SENTENCES):
    found = encoded_words(tokenizer, pa.chunked_array([pa.array(sentences)]))
    return [([tokenizer.id_to_token(i) for i in one.ids], one.words) for one in found]


@pytest.mark.parametrize("trim", [True, False])
def test_byte_level_words_keep_their_blank(trim):
    tokenizer = byte_level(prefix=False, trim=trim)
    assert not reads_words_alone(tokenizer)
    assert read(tokenizer) == [
        (["one", "Ġtwo"], [0, 1]),
        (["two", "Ġone", "-", "two", "Ġ", "Ã", "©", "Ġone"], [0, 1, 1, 1, None, 2, 2, 3]),
        (["one"], [0]),
    ]


def test_a_tokenizer_that_reads_words_as_text_is_left_as_it_is(word_tokenizer):
    assert reads_words_alone(word_tokenizer)
    [(tokens, words)] = read(word_tokenizer, [["w1", "w2 w3", "w4"]])
    assert tokens == ["w1", "w2", "w3", "w4"] and words == [0, 1, 1, 2]
