"""Tokenizers with the true number of pieces, as upstream publishes them: a vocab.txt, a SentencePiece model, or a
tokenizer.json with merges. The pieces are made up, except mBERT's if a real vocabulary is available."""

import json
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertTokenizer, XLMRobertaTokenizer

from rehearsal.words import pieces, sentence
from semantic_tokens.sources.languages import LANGUAGES

_SENTENCE_PIECE = "\u2581"
_BERT_MARKS = ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_LETTERS = [*(chr(c) for c in range(0x21, 0x7F)), *"。।۔።"]
# Where the words of a byte-level BPE begin: BLOOM's rule, and Qwen2's.
_BLOOM_WORDS = Regex(r" ?[^(\s|[.,!?…。，、।۔،])]+")
_QWEN_WORDS = Regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+")


def wordpiece(folder: Path, size: int, real: Path | None) -> None:
    """BERT's vocab.txt, tokenizer.json and tokenizer_config.json; `real` is a vocab.txt in place of made pieces.

    Raises ValueError where the real one has another number of pieces.
    """
    found = real.read_text(encoding="utf-8").splitlines() if real else _bert_pieces(size)
    if len(found) != size:
        raise ValueError(f"{real}: {len(found)} pieces, but must be {size}")
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in found), encoding="utf-8")
    tokenizer = BertTokenizer(vocab=str(folder / "vocab.txt"), do_lower_case=False, model_max_length=512)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    _config(folder, {"do_lower_case": False, "model_max_length": 512})


def _bert_pieces(size: int) -> list[str]:
    """[PAD], the reserved places, the marks, every character alone and as a continuation, words and continuations."""
    first = ["[PAD]", *(f"[unused{i}]" for i in range(1, 100)), *_BERT_MARKS]
    made = pieces(list(LANGUAGES), size // 2)
    signs = sorted({sign for word in made for sign in word} | set(_LETTERS))
    alone = [*first, *signs, *(f"##{sign}" for sign in signs)]
    later = (f"##{word}" for word in made)
    return list(dict.fromkeys([*alone, *made, *later]))[:size]


def xlm_roberta(folder: Path, size: int) -> None:
    """XLM-R's SentencePiece model (two of its tokens, <pad> and <mask>, are not in it), and its tokenizer.json."""
    _sentencepiece(folder / "sentencepiece.bpe.model", size - 2, ["<unk>", "<s>", "</s>"])
    tokenizer = XLMRobertaTokenizer.from_pretrained(folder, model_max_length=512)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    _config(folder, {"model_max_length": 512})


def mt5(folder: Path, size: int) -> None:
    """mT5's SentencePiece model alone: upstream has no tokenizer.json. The sentinels are not in it."""
    _sentencepiece(folder / "spiece.model", size - 100, ["<pad>", "</s>", "<unk>"])
    marks = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    _config(folder, {**marks, "extra_ids": 100, "additional_special_tokens": None, "tokenizer_class": "T5Tokenizer"})


def _sentencepiece(path: Path, size: int, special: list[str]) -> None:
    """A Unigram model of `size` pieces: characters, words with a blank before them, less likely the later they come."""
    proto = _normalizing_model(special)
    kinds = {piece.piece: piece.type for piece in proto.pieces[: len(special)]}
    del proto.pieces[:]
    made = pieces(list(LANGUAGES), size)
    signs = sorted({sign for word in made for sign in word} | set(_LETTERS))
    ordinary = [_SENTENCE_PIECE, *(_SENTENCE_PIECE + word for word in made), *made]
    chosen = list(dict.fromkeys([*ordinary[: size - len(special) - len(signs)], *signs]))
    for i, piece in enumerate([*special, *_filled(chosen, ordinary, size - len(special))]):
        score = 0.0 if piece in kinds else -8.0 - i / size
        proto.pieces.add(piece=piece, score=score, type=kinds.get(piece, proto.SentencePiece.NORMAL))
    proto.trainer_spec.vocab_size = size
    path.write_bytes(proto.SerializeToString())


def _filled(chosen: list[str], more: list[str], size: int) -> list[str]:
    """The chosen, and as many others as `size` asks for."""
    return list(dict.fromkeys([*chosen, *more]))[:size]


def _normalizing_model(special: list[str]) -> sentencepiece_model_pb2.ModelProto:
    """A model of a few pieces with SentencePiece's own rules of normalisation; special tokens in the order given."""
    order = {"<unk>": "unk_id", "<s>": "bos_id", "</s>": "eos_id", "<pad>": "pad_id"}
    ids = {key: special.index(mark) if mark in special else -1 for mark, key in order.items()}
    with tempfile.TemporaryDirectory() as folder:
        stem = Path(folder) / "small"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([sentence("en", list(range(40)))]), model_prefix=str(stem), vocab_size=40,
            model_type="unigram", hard_vocab_limit=False, num_threads=1, minloglevel=2, **ids,
        )  # fmt: skip
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString(stem.with_suffix(".model").read_bytes())
    return proto


def bloom(folder: Path, size: int) -> None:
    """BLOOM's byte-level BPE with the special tokens first."""
    marks = ["<unk>", "<s>", "</s>", "<pad>"]
    tokenizer = _byte_level(size, marks, _BLOOM_WORDS)
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = dict(zip(("unk_token", "bos_token", "eos_token", "pad_token"), marks))
    _config(folder, {**names, "tokenizer_class": "BloomTokenizerFast", "padding_side": "left"})


def qwen2(folder: Path, size: int) -> None:
    """Qwen2's byte-level BPE with the special tokens last."""
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer = _byte_level(size - len(marks), [], _QWEN_WORDS)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    tokenizer.save(str(folder / "tokenizer.json"))
    added = {
        str(size - len(marks) + i): {"content": mark, "lstrip": False, "normalized": False, "rstrip": False,
                                     "single_word": False, "special": True}
        for i, mark in enumerate(marks)
    }  # fmt: skip
    names = {"eos_token": marks[0], "pad_token": marks[0], "bos_token": None, "unk_token": None}
    _config(folder, {**names, "added_tokens_decoder": added, "tokenizer_class": "Qwen2Tokenizer"})


def _byte_level(size: int, first: list[str], words: Regex) -> Tokenizer:
    """`size` tokens: `first`, the 256 bytes, and beginnings of made words, each merged of a shorter one and a byte."""
    signs = pre_tokenizers.ByteLevel.alphabet()
    encode = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=False)
    vocabulary = {token: i for i, token in enumerate([*first, *sorted(signs)])}
    merges: list[tuple[str, str]] = []
    for word in pieces(list(LANGUAGES), size):
        [(written, _)] = encode.pre_tokenize_str(word)
        for end in range(1, len(written)):
            if len(vocabulary) < size and written[: end + 1] not in vocabulary:
                merges.append((written[:end], written[end]))
                vocabulary[written[: end + 1]] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(words, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _config(folder: Path, settings: dict) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
