"""What is in the groups of some words, as the paper shows it in Figures 8 and 13."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.surface import readable, surfaces


@dataclass(frozen=True)
class Member:
    """A subword in the group of a keyword.

    rank    from 1 on, by cosine to the mean direction of the group; ties go to the lower id
    token   as the vocabulary has it, with the mark of its tokenizer; a byte-level one as text
    """

    condition: Condition
    keyword: str
    rank: int
    token_id: int
    token: str
    cosine: float


def members_of_keywords(
    condition: Condition, partition: VocabularyPartition, keywords: Sequence[str]
) -> Iterator[Member]:
    """The members of each keyword's group, the keyword among them. A keyword that is not one token has none."""
    found = tokens_of_words(partition.tokens, keywords)
    texts = readable(partition.tokens)
    for keyword in keywords:
        token_id = found.get(keyword)
        if token_id is None or partition.group_of[token_id] < 0:
            continue
        for rank, member in enumerate(partition.ranked(int(partition.group_of[token_id])).tolist(), 1):
            cosine = round(float(partition.cosine_to_centroid[member]), 4)
            yield Member(condition, keyword, rank, member, texts[member], cosine)


def tokens_of_words(tokens: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """Word -> its token: the one that begins a word, else the one inside (`!` follows a word without a blank)."""
    wanted, found = set(words), dict[str, int]()
    for token_id, (text, begins) in enumerate(zip(*surfaces(tokens), strict=True)):
        if text in wanted and (begins or text not in found):
            found[text] = token_id
    return found
