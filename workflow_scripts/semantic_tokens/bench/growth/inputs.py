"""The files that a stage reads, over a vocabulary of any size and a table of any width: made once each, then found.

Words, texts and tables are generated (`vocabularies.py`), so they need no network. What stages must not depend on is
the same for every size: the corpus, the examples, the pairs that alignment trains on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from tokenizers import Tokenizer

from semantic_tokens import tables
from semantic_tokens.bench import vocabularies
from semantic_tokens.bench.vocabularies import LANGUAGES, words_of

SMALLEST = 4_500  # tokens
FREQUENT = 220  # words of each language that are one piece of every vocabulary
TEXTS, WORDS = 2_000, 80  # of the corpus, and in each
EXAMPLES = 4_000
RATIO = 0.4  # groups a token, of the partitions and of the grouped model
LAYERS = {768: 12}  # of the body; one where the table is narrow


@dataclass(frozen=True)
class Inputs:
    """Files over a vocabulary of `size` tokens and a table [size, dim], in a folder of their own.

    kind: `unigram`, with XLM-R's architecture, or `wordpiece`, with BERT's.
    """

    folder: Path
    size: int
    dim: int
    kind: str = "unigram"

    def tokenizer(self) -> Path:
        return self._made("tokenizer.json", lambda path: self._tokenizer().save(str(path)))

    def tokenizer_config(self) -> Path:
        return self._made("tokenizer_config.json", lambda path: path.write_text("{}", encoding="utf-8"))

    def model(self) -> Path:
        """The masked LM over all tokens; its config.json stands beside it."""
        return self._made("backbone/model.safetensors", lambda path: self._save_model(path.parent, self.size))

    def grouped_model(self) -> Path:
        """The masked LM over the groups of `partition`."""
        groups = self.n_groups
        return self._made("grouped/model.safetensors", lambda path: self._save_model(path.parent, groups))

    def embeddings(self) -> Path:
        def write(path: Path) -> None:
            from semantic_tokens.models.embeddings import write_embeddings

            generator = torch.Generator().manual_seed(0)
            write_embeddings(torch.randn(self.size, self.dim, generator=generator) / self.dim**0.5, self.tokens(), path)

        return self._made("embeddings.safetensors", write)

    def partition(self, seed: int = 0) -> Path:
        """Random groups, special tokens alone in the first ones."""

        def write(path: Path) -> None:
            from semantic_tokens.grouping.partition import VocabularyPartition

            special = self.special_ids()
            group_of = np.empty(self.size, np.int32)
            group_of[list(special)] = np.arange(len(special))
            others = np.setdiff1d(np.arange(self.size), special)
            dealt = np.random.default_rng(seed).permutation(np.arange(len(others)) % (self.n_groups - len(special)))
            group_of[others] = len(special) + dealt
            ones = np.ones(self.size, np.float32)
            VocabularyPartition(group_of, self.tokens(), ones, "kmeans-cosine", special).save(path)

        return self._made(f"partition-{seed}.parquet", write)

    @property
    def n_groups(self) -> int:
        return round(RATIO * self.size)

    def word_pairs(self) -> Path:
        """As many pairs whatever the size: the frequent words of each two languages."""
        languages, rows = list(LANGUAGES), []
        for i, one in enumerate(languages):
            for other in languages[i + 1 :]:
                words = (islice(words_of(language), FREQUENT) for language in (one, other))
                rows += [(a, one, b, other) for a, b in zip(*words, strict=True)]
        return self._pairs("word_pairs.parquet", rows)

    def dictionary(self) -> Path:
        """As a dictionary does, it has more pairs that are tokens the more tokens there are: half as many."""
        each = self.size // (2 * (len(LANGUAGES) - 1))
        others = [language for language in LANGUAGES if language != "en"]
        rows = [
            (a, "en", b, other)
            for other in others
            for a, b in zip(islice(words_of("en"), each), islice(words_of(other), each), strict=True)
        ]
        return self._pairs("dictionary.parquet", rows)

    def corpus(self) -> Path:
        def write(path: Path) -> None:
            rng, languages = np.random.default_rng(1), list(LANGUAGES)
            words = {language: list(islice(words_of(language), FREQUENT)) for language in languages}
            chosen = [languages[i % len(languages)] for i in range(TEXTS)]
            rows = ({"lang": lang, "text": " ".join(rng.choice(words[lang], WORDS))} for lang in chosen)
            tables.write_rows("corpus", rows, path)

        return self._made("corpus.parquet", write)

    def token_cache(self) -> tuple[Path, Path]:
        def write(path: Path) -> None:
            from semantic_tokens.pretraining.token_cache import write_cache

            tokenizer = Tokenizer.from_file(str(self.tokenizer()))
            write_cache(self.corpus(), tokenizer, list(LANGUAGES), 128, path, self.folder / "corpus-128.json")

        return self._made("corpus-128.npy", write), self.folder / "corpus-128.json"

    def examples(self) -> Path:
        def write(path: Path) -> None:
            rng, words = np.random.default_rng(2), list(islice(words_of("ru"), FREQUENT))
            splits = ("train", "dev", "test")
            rows = (
                {"lang": "ru", "split": splits[i % 3], "label": i % 3}
                | {name: " ".join(rng.choice(words, 15)) for name in ("premise", "hypothesis")}
                for i in range(EXAMPLES)
            )
            tables.write_rows("nli", rows, path)

        return self._made("nli.parquet", write)

    def token_pairs(self) -> tuple[Path, Path]:
        """The pairs of tokens of `dictionary`, and how much of it they cover (CSV)."""
        coverage = self.folder / "pairs.csv"

        def write(path: Path) -> None:
            from pyarrow import csv

            from semantic_tokens.alignment.pairs import token_pairs
            from semantic_tokens.analysis.dictionaries import dictionary_pairs

            pairs = token_pairs(self.dictionary(), Tokenizer.from_file(str(self.tokenizer())), ["muse"])
            csv.write_csv(pairs.languages, coverage)
            dictionary_pairs(pairs, 0.1, 0).save(path)

        return self._made("pairs.parquet", write), coverage

    def scores(self) -> Path:
        return self._made("scores.parquet", lambda path: pq.write_table(tables.SCHEMAS["scores"].empty_table(), path))

    def tokens(self) -> tuple[str, ...]:
        from semantic_tokens.grouping.vocabulary import read_vocabulary

        return read_vocabulary(self.tokenizer()).tokens

    def special_ids(self) -> tuple[int, ...]:
        return (0, 1, 2, 3, self.size - 1) if self.kind == "unigram" else (0, 100, 101, 102, 103)

    def _tokenizer(self) -> Tokenizer:
        return {"unigram": vocabularies.unigram, "wordpiece": vocabularies.wordpiece}[self.kind](self.size)

    def _pairs(self, name: str, rows: list[tuple[str, str, str, str]]) -> Path:
        names = ("word_a", "lang_a", "word_b", "lang_b")
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        table = pa.table(columns | {"source": ["muse"] * len(rows)})
        return self._made(name, lambda path: pq.write_table(table, path, row_group_size=50_000))

    def _save_model(self, folder: Path, tokens: int) -> None:
        from transformers import BertConfig, BertForMaskedLM, XLMRobertaConfig, XLMRobertaForMaskedLM

        from semantic_tokens.models import checkpoint

        sizes: dict[str, Any] = {
            "vocab_size": tokens, "hidden_size": self.dim, "num_hidden_layers": LAYERS.get(self.dim, 1),
            "num_attention_heads": max(1, self.dim // 64), "intermediate_size": 4 * self.dim,
        }  # fmt: skip
        torch.manual_seed(0)
        model: torch.nn.Module
        if self.kind == "unigram":
            special: dict[str, Any] = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
            model = XLMRobertaForMaskedLM(XLMRobertaConfig(**sizes, **special, max_position_embeddings=514))
        else:
            model = BertForMaskedLM(BertConfig(**sizes))
        checkpoint.save(model, folder)

    def _made(self, name: str, write: Callable[[Path], object]) -> Path:
        path = self.folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path)
        return path
