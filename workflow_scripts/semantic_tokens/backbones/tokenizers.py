"""The tokenizer of a tiny backbone: WordPiece as BERT has it or Unigram as XLM-R has it, trained or from a vocabulary.

All come out as ordinary tokenizer folders that `AutoTokenizer` loads, and the trained ones are the same for the same
corpus.
"""

import re
import shutil
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
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
_WORDS_AT_A_TIME = 10_000


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
    """A cased WordPiece vocabulary of `size` pieces, in order of emergence, in `folder`; calls `texts()` repeatedly.

    Every piece of several characters occurs in the texts. The trainer joins pairs of pieces, and of those on the way to
    a word most occur nowhere once the word is whole; they are left out, and later ones take their places.
    Raises InputError where the texts yield fewer pieces, or have more characters.
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = _words(tokenizer, texts())
    reserved = _BERT_SPECIAL + _alphabet(words)
    if size < len(reserved):
        text = f"the corpus has {len(reserved)} characters and special tokens; raise the backbone's `vocabulary`"
        raise InputError(f"{folder}: the config asks for a vocabulary of {size} pieces, but {text}")
    path = folder / "vocab.txt"
    pieces = _occurring_pieces(partial(_grow, tokenizer, texts, reserved), reserved, list(words), size, folder)
    path.write_text("".join(f"{piece}\n" for piece in pieces), encoding="utf-8")
    BertTokenizer(vocab=str(path), do_lower_case=False, model_max_length=max_length).save_pretrained(folder)


def _grow(tokenizer: Tokenizer, texts: Callable[[], Iterable[str]], reserved: list[str], size: int) -> list[str]:
    """The first `size` pieces to emerge, in that order, after those that are reserved; all, where there are fewer."""
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=reserved, show_progress=False)
    tokenizer.train_from_iterator(texts(), trainer)
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)


def _occurring_pieces(
    grow: Callable[[int], list[str]], reserved: list[str], words: list[str], size: int, folder: Path
) -> list[str]:
    """`size` pieces in order of emergence: those reserved, and of the first pieces those that occur in `words`, of as
    many as it takes; where a last one makes two occur, the first that do not occur fill the vocabulary."""

    def kept(first: int) -> set[str]:
        return {*reserved, *_emitted(grown[:first], words)}

    wanted = 2 * size
    while len(kept(len(grown := grow(wanted)))) < size:
        if len(grown) < wanted:
            raise _too_few(folder, size, len(kept(len(grown))))
        wanted *= 2
    first = bisect_right(range(size, len(grown) + 1), size, key=lambda n: len(kept(n))) + size - 1
    chosen = kept(first)
    chosen |= set([piece for piece in grown[:first] if piece not in chosen][: size - len(chosen)])
    return [piece for piece in grown if piece in chosen]


def _emitted(pieces: list[str], words: list[str]) -> set[str]:
    """The pieces of a vocabulary that words are cut into."""
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    parts = (words[start : start + _WORDS_AT_A_TIME] for start in range(0, len(words), _WORDS_AT_A_TIME))
    return {piece for part in parts for encoding in tokenizer.encode_batch(part) for piece in encoding.tokens}


def _words(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[str]:
    """The words that the texts are cut into before their pieces are looked for, and how often each occurs."""
    cut = (tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text)) for text in texts)
    return Counter(word for words in cut for word, _ in words)


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
            raise InputError(f"{path}: {len(pieces)} lines, but {len(tokenizer)} tokens: a piece appears twice")
    else:
        shutil.copy(path, folder / "sentencepiece.bpe.model")
        tokenizer = XLMRobertaTokenizer.from_pretrained(folder, model_max_length=max_length)
    tokenizer.save_pretrained(folder)


def _alphabet(words: Mapping[str, int]) -> list[str]:
    """Every character of the words that is not rare, then every one as a continuation.

    The trainer numbers continuation characters in the order of a hash map, which differs from run to run and decides
    ties later; handing it the alphabet as reserved tokens makes training reproducible.
    """
    first: Counter[str] = Counter()
    later: Counter[str] = Counter()
    for word, count in words.items():
        first[word[0]] += count
        for character in set(word[1:]):
            later[character] += count
    alone = sorted(c for c, count in (first + later).items() if count >= _RARE_CHARACTER)
    return alone + [f"##{c}" for c in sorted(c for c, count in later.items() if count >= _RARE_CHARACTER)]


def train_unigram(texts: Callable[[], Iterable[str]], size: int, folder: Path, max_length: int) -> None:
    """A SentencePiece Unigram vocabulary, with XLM-R's special tokens, `size` entries in all, in `folder`."""
    # XLM-R adds <pad> and <mask> to what SentencePiece knows (<unk>, <s>, </s> are in its count).
    train_sentencepiece(texts(), folder / "sentencepiece.bpe", size - 2, unk_id=0, bos_id=1, eos_id=2, pad_id=-1)
    XLMRobertaTokenizer.from_pretrained(folder, model_max_length=max_length).save_pretrained(folder)


def train_sentencepiece(texts: Iterable[str], stem: Path, size: int, **special_ids: Any) -> None:
    """A Unigram model of `size` pieces in `stem`.model; `special_ids` as SentencePiece has them, -1 for none.

    Raises InputError where the texts do not yield that many pieces.
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
        raise _too_few(stem.parent, size, int(most[1])) from None
    stem.with_name(stem.name + ".vocab").unlink()


def _too_few(folder: Path, size: int, most: int) -> InputError:
    text = f"{folder}: the config asks for a vocabulary of {size} pieces, but the corpus yields at most {most}"
    return InputError(f"{text}; lower the backbone's `vocabulary`")
