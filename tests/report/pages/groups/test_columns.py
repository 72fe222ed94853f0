"""The scripts that `groups.html` loads hold what they were given, and are the same bytes each time."""

import numpy as np
import pytest

from semantic_tokens.report.pages.groups.columns import script
from semantic_tokens.report.pages.groups.tokens import CONTINUES, NUMBER, PUNCTUATION, SPECIAL, tokens_script
from support.toy_browser import LANGUAGES, TOKENS, read, text


def test_columns_come_back_as_they_were():
    rng = np.random.default_rng(0)
    given = {f"to {most}": rng.integers(0, most, 1000) for most in (2, 256, 257, 2**16, 2**24, 2**32)}
    given |= {"empty": np.empty(0, np.int64), "text": "▁İ\n妈妈\U0001f600"}
    name, header, found = read(script("a/b", {"x": 1}, given))
    assert (name, header) == ("a/b", {"x": 1}) and found.keys() == given.keys()
    for title, column in given.items():
        assert found[title] == column if title == "text" else np.array_equal(found[title], column), title


@pytest.mark.parametrize("value", [-1, 2**32])
def test_a_value_that_no_plane_holds_is_an_error(value):
    with pytest.raises(ValueError, match="allowed: 0 to"):
        script("a", {}, {"x": np.array([0, value])})


def test_a_script_is_ascii_and_the_same_bytes_each_time():
    written = tokens_script("tiny", TOKENS, (0,), text())
    assert written.isascii() and written == tokens_script("tiny", TOKENS, (0,), text())


def test_tokens_keep_their_text_kind_and_counts():
    _, header, found = read(tokens_script("tiny", TOKENS, (0,), text()))
    assert found["text"].split("\n") == [token.removeprefix("▁") for token in TOKENS]
    assert header["languages"] == list(LANGUAGES)
    kind = dict(zip(TOKENS, found["kind"]))
    assert kind["<s>"] == SPECIAL and kind["▁mother"] == 0 and kind["ing"] == CONTINUES
    assert kind["妈妈"] == 0, "nothing marks the beginning of a Chinese word"
    assert kind["▁60"] == NUMBER and kind["60"] == NUMBER | CONTINUES and kind["▁!"] == PUNCTUATION
    at = np.cumsum(found["spread"]) - found["spread"]
    chinese, arabic = TOKENS.index("七"), TOKENS.index("▁أم")
    counts = text().counts(len(TOKENS))
    for token in (chinese, arabic):
        own = slice(at[token], at[token] + found["spread"][token])
        by_language = dict(zip(found["language"][own].tolist(), found["count"][own].tolist()))
        assert by_language == {i: n for i, n in enumerate(counts[:, token].tolist()) if n}
    assert found["language"][at[arabic]] == 1, "the language with most occurrences first"
    assert found["spread"].sum() == (counts > 0).sum()


def test_a_line_feed_inside_a_token_parts_no_tokens():
    _, header, found = read(tokens_script("x", ("Ġa", "aĊb", "Ġb"), (), None))
    assert header["tokens"] == 3 and found["text"] == "a\na␊b\nb"
