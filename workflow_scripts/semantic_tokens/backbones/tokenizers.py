"""The tokenizer of a tiny backbone: WordPiece as BERT has it or Unigram as XLM-R has it, trained or from a vocabulary.

All come out as ordinary tokenizer folders that `AutoTokenizer` loads, and the trained ones are the same for the same
corpus.
"""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import BertTokenizer, XLMRobertaTokenizer

from semantic_tokens import tables
from semantic_tokens.errors import InputError

CHARACTERS = 50_000_000  # that a trainer gets, which keeps it below 2 GiB
_BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_RARE_CHARACTER = 2


def sampled_texts(corpus: Path, characters: int = CHARACTERS) -> Iterator[str]:
    """Texts of the table `corpus` for a trainer, in order: all of them, or every n-th where that is needed to have no
    more than about `characters` characters.

    So all languages keep their shares, and a trainer's memory, which grows with the number of distinct words, stays
    bounded. Raises InputError for a table that is not one.
    """
    total = sum(pc.sum(pc.utf8_length(part["text"])).as_py() or 0 for part in tables.read_batches("corpus", corpus))
    texts = (text for part in tables.read_batches("corpus", corpus) for text in part["text"].to_pylist())
    return islice(texts, 0, None, max(1, -(-total // characters)))


def train_wordpiece(texts: Callable[[], Iterable[str]], size: int, folder: Path, max_length: int) -> None:
    """A cased WordPiece vocabulary of `size` pieces, in order of emergence, in `folder`; `texts()` is called twice."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=_BERT_SPECIAL + _alphabet(tokenizer, texts()), show_progress=False
    )
    tokenizer.train_from_iterator(texts(), trainer)
    vocabulary = tokenizer.get_vocab()
    path = folder / "vocab.txt"
    path.write_text("".join(f"{piece}\n" for piece in sorted(vocabulary, key=vocabulary.__getitem__)), encoding="utf-8")
    BertTokenizer(vocab=str(path), do_lower_case=False, model_max_length=max_length).save_pretrained(folder)


def from_vocabulary(path: Path, folder: Path, max_length: int) -> None:
    """The tokenizer of a bare `vocab.txt` (cased WordPiece) or `*.model` (XLM-R's SentencePiece), in `folder`.

    Raises InputError for a file that is neither, or that its tokenizer does not read.
    """
    if path.suffix not in (".txt", ".model"):
        raise InputError(f"{path}: a vocabulary must be a vocab.txt or a sentencepiece .model")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if path.suffix == ".txt":
        pieces = path.read_text(encoding="utf-8").split("\n")
        tokenizer = BertTokenizer(vocab=str(path), do_lower_case=False, model_max_length=max_length)
        if len(tokenizer) != len(pieces) - (
            pieces[-1] == ""
        ):  # a name that it does not know gives five tokens, silently
            raise InputError(f"{path}: {len(pieces)} lines, but {len(tokenizer)} tokens: a piece stands there twice")
    else:
        shutil.copy(path, folder / "sentencepiece.bpe.model")
        tokenizer = XLMRobertaTokenizer.from_pretrained(folder, model_max_length=max_length)
    tokenizer.save_pretrained(folder)


def _alphabet(tokenizer: Tokenizer, texts: Iterable[str]) -> list[str]:
    """Every character, then every character as a continuation.

    The trainer numbers continuation characters in the order of a hash map, which differs from run to run and decides
    ties later; handing it the alphabet as reserved tokens makes training reproducible.
    """
    first: Counter[str] = Counter()
    later: Counter[str] = Counter()
    for text in texts:
        normal = tokenizer.normalizer.normalize_str(text)
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal):
            first[word[0]] += 1
            later.update(set(word[1:]))
    alone = sorted(c for c, count in (first + later).items() if count >= _RARE_CHARACTER)
    return alone + [f"##{c}" for c in sorted(c for c, count in later.items() if count >= _RARE_CHARACTER)]


def train_unigram(texts: Callable[[], Iterable[str]], size: int, folder: Path, max_length: int) -> None:
    """A SentencePiece Unigram vocabulary, with XLM-R's special tokens, `size` entries in all, in `folder`."""
    # XLM-R adds <pad> and <mask> to what SentencePiece knows (<unk>, <s>, </s> are in its count).
    train_sentencepiece(texts(), folder / "sentencepiece.bpe", size - 2, unk_id=0, bos_id=1, eos_id=2, pad_id=-1)
    XLMRobertaTokenizer.from_pretrained(folder, model_max_length=max_length).save_pretrained(folder)


def train_sentencepiece(texts: Iterable[str], stem: Path, size: int, **special_ids: Any) -> None:
    """A Unigram model of `size` pieces in `stem`.model; `special_ids` as SentencePiece has them, -1 for none.

    Raises InputError where the texts do not yield so many pieces.
    """
    try:
        # By default it would silently leave out texts above 4,192 bytes, which is most articles.
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_prefix=str(stem), vocab_size=size, model_type="unigram",
            character_coverage=1.0, num_threads=1, shuffle_input_sentence=False, max_sentence_length=2**30,
            minloglevel=1, **special_ids,
        )  # fmt: skip
    except RuntimeError as error:
        if (most := re.search(r"too high .*<= (\d+)", str(error))) is None:
            raise
        text = f"{stem.parent}: a vocabulary of {size} pieces asked for, but the corpus yields at most {most[1]}"
        raise InputError(f"{text}; lower the backbone's `vocabulary`") from None
    stem.with_name(stem.name + ".vocab").unlink()
