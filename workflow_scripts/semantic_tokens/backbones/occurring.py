"""Cut a tokenizer to the pieces that occur in a corpus: a real vocabulary that a small backbone can train."""

from collections.abc import Iterable

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.reduced_tokenizer import reduced_tokenizer
from semantic_tokens.grouping.vocabulary import Vocabulary


def count_tokens(tokenizer: Tokenizer, batches: Iterable[list[str]]) -> np.ndarray:
    """int64 [V]: how often each piece occurs in the texts."""
    counts = np.zeros(tokenizer.get_vocab_size(), np.int64)
    for texts in tqdm(batches, desc="count pieces", unit="batch"):
        ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
        counts += np.bincount(np.concatenate([np.array(row, np.int64) for row in ids]), minlength=len(counts))
    return counts


def never_occurring(vocabulary: Vocabulary, counts: np.ndarray) -> str:
    """A line for the log: of the pieces, how many no text contains, so that their rows say nothing of any meaning."""
    never = [vocabulary.tokens[i] for i in vocabulary.clusterable_ids if counts[i] == 0]
    single = sum(len(token.removeprefix("##").removeprefix("▁")) <= 1 for token in never)
    share = f"{len(never)} of {len(vocabulary)} pieces ({len(never) / len(vocabulary):.1%})"
    return f"never occur in the corpus: {share}, {single} of them single characters"


def cut_to_occurring(tokenizer_json: str, vocabulary: Vocabulary, counts: np.ndarray, size: int) -> str:
    """The text of tokenizer.json with the special tokens and the pieces that occur, at most `size` in all.

    The most frequent are kept (ties go to the first), in the vocabulary's own order: First-k goes by it.
    """
    ordinary = vocabulary.clusterable_ids
    ordinary = ordinary[np.argsort(-counts[ordinary], kind="stable")]
    kept = ordinary[counts[ordinary] > 0][: size - len(vocabulary.special_ids)]
    ids = np.sort(np.concatenate([kept, np.array(vocabulary.special_ids, np.int64)]))
    group_of = np.full(len(vocabulary), -1, np.int32)
    group_of[ids] = np.arange(len(ids))
    cosine = np.where(group_of >= 0, 1, np.nan).astype(np.float32)
    partition = VocabularyPartition(group_of, vocabulary.tokens, cosine, "occurring", vocabulary.special_ids, {})
    return reduced_tokenizer(tokenizer_json, partition)
