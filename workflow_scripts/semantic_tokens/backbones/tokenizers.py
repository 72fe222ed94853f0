"""Train the tokenizer of a tiny backbone: WordPiece as BERT has it, Unigram as XLM-R has it.

Both come out as ordinary tokenizer folders that `AutoTokenizer` loads, and both are the same for the same corpus.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import BertTokenizer, XLMRobertaTokenizer

_BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_RARE_CHARACTER = 2


def train_wordpiece(texts: Iterable[str], size: int, folder: Path, max_length: int) -> None:
    """A cased WordPiece vocabulary of `size` pieces, in order of emergence, in `folder`."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    texts = list(texts)
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=_BERT_SPECIAL + _alphabet(tokenizer, texts), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary = tokenizer.get_vocab()
    path = folder / "vocab.txt"
    path.write_text("".join(f"{piece}\n" for piece in sorted(vocabulary, key=vocabulary.__getitem__)), encoding="utf-8")
    BertTokenizer(vocab=str(path), do_lower_case=False, model_max_length=max_length).save_pretrained(folder)


def _alphabet(tokenizer: Tokenizer, texts: list[str]) -> list[str]:
    """Every character, then every character as a continuation.

    The trainer numbers continuation characters in the order of a hash map, which differs from run to run and decides
    ties later; handing it the alphabet as reserved tokens makes training reproducible.
    """
    words: Counter[str] = Counter()
    for text in texts:
        normal = tokenizer.normalizer.normalize_str(text)
        words.update(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal))
    first: Counter[str] = Counter()
    later: Counter[str] = Counter()
    for word, count in words.items():
        first[word[0]] += count
        for character in set(word[1:]):
            later[character] += count
    alone = sorted(c for c, count in (first + later).items() if count >= _RARE_CHARACTER)
    return alone + [f"##{c}" for c in sorted(c for c, count in later.items() if count >= _RARE_CHARACTER)]


def train_unigram(texts: Iterable[str], size: int, folder: Path, max_length: int) -> None:
    """A SentencePiece Unigram vocabulary, with XLM-R's special tokens, `size` entries in all, in `folder`."""
    # XLM-R adds <pad> and <mask> to what SentencePiece knows (<unk>, <s>, </s> are in its count).
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_prefix=str(folder / "sentencepiece.bpe"), vocab_size=size - 2,
        model_type="unigram", character_coverage=1.0, num_threads=1, shuffle_input_sentence=False,
        unk_id=0, bos_id=1, eos_id=2, pad_id=-1, minloglevel=1,
    )  # fmt: skip
    (folder / "sentencepiece.bpe.vocab").unlink()
    XLMRobertaTokenizer.from_pretrained(folder, model_max_length=max_length).save_pretrained(folder)
