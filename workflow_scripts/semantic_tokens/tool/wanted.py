"""How many groups: from a share of the vocabulary, or from the size that the folder may have."""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from semantic_tokens.errors import InputError

UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@dataclass(frozen=True)
class Bounds:
    """What a vocabulary allows: its number of tokens, and the least and the largest number of groups."""

    tokens: int
    least: int
    most: int


def parse_size(text: str) -> int:
    """Bytes of a text such as `100MB` or `1.5 GiB`. Raises InputError for another text."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text, re.IGNORECASE)
    units = {unit.lower(): factor for unit, factor in UNITS.items()}
    if found is None or found[2].lower() not in units:
        raise InputError(f"size {text!r}; allowed: a number with a unit, such as 100MB ({', '.join(UNITS)})")
    return int(Fraction(found[1]) * units[found[2].lower()])


def as_text(size: int) -> str:
    """Bytes in the unit that suits them, rounded up, so that what is possible is possible as printed."""
    return f"{ceil(size / 10**5) / 10:.1f} MB" if size > 10**6 else f"{ceil(size / 10**3)} kB"


def from_ratio(ratio: float, bounds: Bounds) -> int:
    """The share of the tokens to the nearest integer, special tokens included: as r of a condition. Raises InputError
    that says which ratios are possible."""
    if not 0 < ratio <= 1:
        raise InputError(f"ratio {ratio:g}; allowed: above 0, at most 1")
    groups = int(Fraction(str(ratio)) * bounds.tokens + Fraction(1, 2))
    if not bounds.least <= groups <= bounds.most:
        low, high = (f"{ceil(10**6 * n / bounds.tokens) / 10**6:g}" for n in (bounds.least, bounds.most))
        raise InputError(
            f"ratio {ratio:g} of {bounds.tokens:,} tokens is {groups:,} groups; special and unused tokens need groups "
            f"of their own, so possible are {bounds.least:,} to {bounds.most:,}: ratios from {low} to {high}"
        )
    return groups


def from_size(size: int, fixed: int, row: int, bounds: Bounds) -> int:
    """As many groups as fit: `fixed` bytes are there whatever the number of groups, and each takes `row` bytes more.

    Raises InputError that says which sizes are possible.
    """
    least, most = fixed + bounds.least * row, fixed + bounds.most * row
    if size < least:
        raise InputError(
            f"at most {as_text(size)}: all but the rows of the groups takes {as_text(fixed)}; possible from "
            f"{as_text(least)} on"
        )
    if size >= most:
        raise InputError(
            f"at most {as_text(size)}: the whole vocabulary fits into {as_text(most)}, so there is nothing to group"
        )
    return (size - fixed) // row
