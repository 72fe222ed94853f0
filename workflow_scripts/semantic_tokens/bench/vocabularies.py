"""Tokenizers of any size without a corpus: pieces and texts as real ones have them, in eleven scripts.

They stand in for the vocabularies of mBERT, XLM-R and XLM-V where what matters is how many pieces there are, how long
these are, in which scripts and where words begin. Nothing is drawn: a size gives the same bytes everywhere.
"""

from collections.abc import Iterator
from itertools import count, islice, product

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

XLM_V, XLM_R, MBERT = 901_629, 250_002, 119_547
WORD_START = "▁"
_BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_UNUSED = 99  # mBERT's
# Of each language its consonants and its vowels; a syllable is one of each. Of Chinese and Korean a sign is a syllable.
LANGUAGES: dict[str, tuple[str, str]] = {
    "en": ("bcdfghjklmnpqrstvwxz", "aeiouy"),
    "ru": ("бвгджзклмнпрстфхцчш", "аеиоуыэюя"),
    "ar": ("بتثجحخدذرزسشصضطظعغفقكلمنه", "اوي"),
    "hi": ("कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह", "ािीुूेैोौ"),
    "el": ("βγδζθκλμνξπρστφχψ", "αεηιουω"),
    "he": ("בגדזחטכלמנסעפצקרשת", "אהוי"),
    "th": ("กขคงจชซญดตถทนบปผพฟมยรลวสหอ", "าิีึืุู"),
    "ka": ("ბგდვზთკლმნპჟრსტფქღყშჩცძწჭხჯჰ", "აეიოუ"),
    "ta": ("கஙசஞடணதநனபமயரறலளழவ", "ாிீுூெேைொோ"),
    "zh": ("".join(map(chr, range(0x4E00, 0x6E00))), ""),
    "ko": ("".join(map(chr, range(0xAC00, 0xBC00))), ""),
}
_COMMON = "0123456789.,;:!?()-'\"/%&+=*"


def unigram(size: int) -> Tokenizer:
    """XLM-R's and XLM-V's shape: a Unigram model behind SentencePiece's metaspace, `size` tokens in all.

    Scores fall with the id, as SentencePiece sorts them; the special tokens have XLM-R's places.
    """
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    found = list(islice(pieces(), size - len(special)))
    scores = -(4 + np.log1p(np.arange(len(found))))
    scored = [(piece, float(score)) for piece, score in zip(found, scores)]
    vocabulary = [(token, 0.0) for token in special[:4]] + scored + [(special[4], 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    ends = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer


def wordpiece(size: int) -> Tokenizer:
    """mBERT's shape: cased WordPiece, `size` tokens in all, those that it reserves among them."""
    reserved = [_BERT_SPECIAL[0], *(f"[unused{i}]" for i in range(1, _UNUSED + 1)), *_BERT_SPECIAL[1:]]
    found = islice(pieces(), size - len(reserved))
    marked = (p.removeprefix(WORD_START) if p.startswith(WORD_START) else f"##{p}" for p in found)
    vocabulary = {token: i for i, token in enumerate([*reserved, *marked])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    ends = [(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    tokenizer.add_special_tokens(_BERT_SPECIAL)
    return tokenizer


def pieces() -> Iterator[str]:
    """Distinct pieces without end, short ones first, the languages in turn: each at the beginning of a word (`▁ba`),
    letters and every second other one inside a word too (`ba`). Signs and digits of no script come at the head."""
    yield from _COMMON
    for number, words in enumerate(zip(*map(words_of, LANGUAGES), strict=True)):
        for word in words:
            yield WORD_START + word
            if number % 2 == 0 or len(word) == 1:
                yield word


def words_of(language: str) -> Iterator[str]:
    """Distinct words without end: every letter, then all of one syllable, of two, of three."""
    consonants, vowels = LANGUAGES[language]
    if not vowels:
        syllables = list(consonants)
    else:
        yield from consonants + vowels
        syllables = [a + b for a, b in product(consonants, vowels)]
    for length in count(1):
        yield from map("".join, product(syllables, repeat=length))
