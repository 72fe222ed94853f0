"""Who has which name: the names of each split's people, places and organisations, drawn from one seed.

Given names are common to all splits. Every other name is of one split, even where it is a family and a place name, so
that no name of the test was seen in training.
"""

import random
from collections import Counter
from collections.abc import Mapping

from semantic_tokens.errors import InputError
from semantic_tokens.world.lexicon import NAME_KINDS, Lexicon

SPLITS = ("train", "dev", "test")
_SHARE = {"dev": 0.1, "test": 0.2}  # of the names of a kind; the rest is training's
Pools = Mapping[str, tuple[str, ...]]  # kind -> names


def name_pools(lexicon: Lexicon, lang: str, split: str, seed: int) -> dict[str, tuple[str, ...]]:
    """The names of a split's own entities, by kind; the size of a pool is the same for every seed."""
    of_kind = {kind: by[lang] for kind, by in lexicon.names.items()}
    bearers = Counter(name for names in of_kind.values() for name in names)
    pools = {"given": of_kind["given"]}
    for kind in NAME_KINDS[1:]:
        unshared = [name for name in of_kind[kind] if bearers[name] == 1]
        owner = _dealt(unshared, len(of_kind[kind]), lang, kind, seed)
        pools[kind] = tuple(name for name in of_kind[kind] if owner.get(name, "train") == split)
    return pools


def offered_by_all(pools: Mapping[str, Pools]) -> dict[str, int]:
    """How many names of each kind every language can offer; `pools`: language -> its pools."""
    return {kind: min(len(pool[kind]) for pool in pools.values()) for kind in NAME_KINDS}


def _dealt(unshared: list[str], total: int, lang: str, kind: str, seed: int) -> dict[str, str]:
    """name -> `dev` or `test`: their shares of a kind's `total` names, at least one each; all others are training's."""
    dev, test = (max(1, round(total * share)) for share in _SHARE.values())
    if len(unshared) < dev + test:
        text = f"{len(unshared)} of the {total} {kind} names for language {lang!r} are of no other kind"
        raise InputError(f"names.tsv: {text}; {dev + test} are needed")
    drawn = random.Random(f"{seed}/names/{lang}/{kind}").sample(unshared, dev + test)
    return {name: "dev" if index < dev else "test" for index, name in enumerate(drawn)}
