"""A tokenizer that does not suit its vocabulary or its model is refused when the backbone is fetched, in one line."""

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from semantic_tokens.backbones.tokenizer_checks import require_sound
from semantic_tokens.errors import InputError

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def wordpiece(words=("a", "Paris", "Rome", "the"), special=SPECIAL, lowercase=False, template=True):
    vocabulary = {token: i for i, token in enumerate([*special, *words])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.add_special_tokens(list(special))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if template:
        marks = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
        tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]", marks)
    return tokenizer


def refusal(tokenizer, model) -> str:
    with pytest.raises(InputError) as error:
        require_sound(tokenizer, model, "own")
    return str(error.value)


def test_what_suits_passes(bert):
    require_sound(wordpiece(), bert, "own")
    require_sound(wordpiece(words=("a", "paris"), lowercase=True), bert, "own")


def test_a_cased_vocabulary_that_is_read_in_lower_case(bert):
    tokenizer = wordpiece(lowercase=True)
    assert tokenizer.encode("Paris", add_special_tokens=False).tokens == ["[UNK]"]
    assert "reads texts in lower case, but 2 of its 4 pieces have capitals" in refusal(tokenizer, bert)


def test_no_special_token_around_a_text(bert):
    assert "needs a post_processor" in refusal(wordpiece(template=False), bert)


def test_no_token_that_pads_or_masks(bert):
    assert "no padding token; allowed: [PAD] or <pad>" in refusal(wordpiece(special=SPECIAL[1:]), bert)
    assert "no token to mask with; allowed: [MASK] or <mask>" in refusal(wordpiece(special=SPECIAL[:-1]), bert)


def test_another_padding_than_that_which_positions_are_counted_from(xlmr):
    message = refusal(wordpiece(), xlmr)
    assert "counts positions from padding token 1, but the tokenizer pads with 0" in message
