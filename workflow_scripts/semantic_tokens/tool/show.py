"""`semantic-tokens show`: the tokens that share a group with those of a word."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.surface import readable
from semantic_tokens.tool.opened import open_folder


@dataclass(frozen=True)
class Group:
    """A token of a word, its group, and the group's members by cosine to the group's direction, the nearest first.

    members  (token, cosine); the token itself is among them
    """

    word: str
    token: str
    group: int
    members: tuple[tuple[str, float], ...]


def groups_of_words(folder: str | Path, words: list[str]) -> Iterator[Group]:
    """The groups of the tokens that each word is made of, in their order, without the special tokens around a text.

    Raises InputError for a word of which the tokenizer makes nothing.
    """
    opened = open_folder(folder)
    partition, tokens = opened.partition, readable(opened.partition.tokens)
    for word in words:
        ids = opened.tokenizer.encode(word, add_special_tokens=False).ids
        if not ids:
            raise InputError(f"{word!r}: this model's tokenizer makes no token of it")
        for token_id in ids:
            group = int(partition.group_of[token_id])
            members = [(tokens[i], float(partition.cosine_to_centroid[i])) for i in partition.ranked(group).tolist()]
            yield Group(word, tokens[token_id], group, tuple(members))


def as_text(group: Group, most: int) -> str:
    """A paragraph for a terminal: at most so many members."""
    others = len(group.members) - 1
    shared = "alone" if not others else f"with {others:,} other{'s' if others > 1 else ''}"
    lines = [f"{group.word}: {group.token} is in group {group.group:,}, {shared}"]
    lines += [f"  {cosine:.3f}  {token}" for token, cosine in group.members[:most]]
    if len(group.members) > most:
        lines.append(f"  ... and {len(group.members) - most:,} more (--most)")
    return "\n".join(lines)
