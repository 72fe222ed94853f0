"""The tokenizers of a tiny decoder, byte-level BPE as BLOOM has it, and of a tiny encoder-decoder, Unigram with
sentinels as mT5 has it: ordinary tokenizer folders, the same for the same corpus."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Tokenizer

from semantic_tokens.backbones.tokenizers import train_sentencepiece

SENTINELS = 100  # as T5 has: <extra_id_0> ... <extra_id_99>
_BLOOM_SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]
# BLOOM's words: a blank and what follows up to a blank or a punctuation mark. GPT-2's would split off the vowel signs
# of Hindi.
_WORDS = Regex(r" ?[^(\s|[.,!?…。，、।۔،])]+")


def train_byte_bpe(texts: Callable[[], Iterable[str]], size: int, folder: Path, max_length: int) -> None:
    """A byte-level BPE vocabulary of `size` tokens, the 256 bytes and BLOOM's special tokens among them, in `folder`.

    BLOOM itself puts no special tokens around a text. Here a text is framed, `<s> A </s>` and `<s> A </s> B </s>`, so
    that the model learns where a text begins and ends.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_WORDS, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=_BLOOM_SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=ids
    )
    names = dict(zip(("unk_token", "bos_token", "eos_token", "pad_token"), _BLOOM_SPECIAL))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=max_length, **names).save_pretrained(folder)


def train_unigram_with_sentinels(texts: Callable[[], Iterable[str]], size: int, folder: Path, max_length: int) -> None:
    """A SentencePiece Unigram vocabulary with T5's special tokens and sentinels, `size` entries in all, in `folder`."""
    train_sentencepiece(texts(), folder / "spiece", size - SENTINELS, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    tokenizer = T5Tokenizer.from_pretrained(folder, extra_ids=SENTINELS, model_max_length=max_length)
    tokenizer.save_pretrained(folder)
