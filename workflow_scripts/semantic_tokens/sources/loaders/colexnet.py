"""ColexNet and ColexNet+ (Liu et al. 2023): graphs of concepts that share a word, found in a parallel Bible corpus.

Two things come as pickles, which are read without running anything in them (`plain_pickle`):

- `eva/colexification_patterns/*.pickle`, in the repository: {concept: [concepts that share a word with it]}. Concepts
  are glosses of CLICS (LEG) or English lemmas ($priest$). LEG and FOOT share a word in many languages, but nothing here
  says which word, and neither translates the other: these files give no word pairs, and every concept of theirs is
  counted as skipped.
- ColexNet+, a graph, as `*.pickle` in the folder itself: {node: {neighbour: {"weight": "3/40"}}}, every edge listed at
  both its ends. A node is a concept, which is an English lemma ($bird$), or an ngram of another language with its
  ISO 639-3 code (deu:$vogel$); "$" stands for a space or the edge of a word. An edge says that the ngram renders the
  lemma in that share of the verses: a pair of words. Two ngrams of one concept are not paired with each other, since
  an English lemma may have several meanings.

The authors' own file of ColexNet+ is a pickled networkx graph, which is refused. `networkx.to_dict_of_dicts(graph)`,
pickled anew by someone who trusts the file, has the shape above.
"""

import re
from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.plain_pickle import read_plain_pickle
from semantic_tokens.sources.files import Row, Skipped, Skips, SourceFile, counted
from semantic_tokens.sources.languages import LANGUAGES, from_iso3
from semantic_tokens.sources.loaders.muse import oriented

_NGRAM = re.compile(r"([a-z]{3}):(.+)")
_SHAPES = "{concept: [concepts]} or {node: {neighbour: {'weight': '3/40'}}}"


def find(folder: Path) -> list[SourceFile]:
    """The pickles of both kinds, by path. A graph counts as a file of all languages: only reading it would tell."""
    concepts = [(path, "en") for path in sorted(folder.glob("eva/colexification_patterns/*.pickle"))]
    graphs = [(path, "+".join(LANGUAGES)) for path in sorted(folder.glob("*.pickle"))]
    return [
        SourceFile("colexnet", path, "word_pairs", lang, "", parse_colexnet, may_be_empty=True)
        for path, lang in concepts + graphs
    ]


def word_pairs(folder: Path, languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The distinct pairs of an English word and one of another language, both wanted, in the order of the graph.

    The alphabetically first language comes first.
    """
    seen = set()
    for row in map(oriented, chain.from_iterable(counted(file, skips) for file in find(folder))):
        pair = tuple(row.values())
        if {row["lang_a"], row["lang_b"]} <= set(languages) and pair not in seen:
            seen.add(pair)
            yield row


def parse_colexnet(path: Path, skipped: Skipped) -> Iterator[Row]:
    """A row an edge between an English word and a word of another language.

    Skips count entries of the outer dict where other files have lines. Raises InputError naming the file for a pickle
    that `read_plain_pickle` refuses and for another shape.
    """
    loaded = read_plain_pickle(path)
    if not isinstance(loaded, dict):
        raise InputError(f"{path}: contains a {type(loaded).__name__}, but must contain {_SHAPES}")
    for number, (node, neighbours) in enumerate(loaded.items(), start=1):
        if not isinstance(node, str) or not isinstance(neighbours, list | dict):
            raise InputError(f"{path}, entry {number}: {node!r} is not {_SHAPES}")
        if isinstance(neighbours, list):
            skipped.row(number, "a concept and its neighbours: no word pair")
        elif not _NGRAM.fullmatch(node):  # an ngram's edges are listed at the concepts too
            yield from _edges(f"{path}, entry {number}", number, node, neighbours, skipped)


def _edges(where: str, number: int, concept: str, neighbours: dict[Any, Any], skipped: Skipped) -> Iterator[Row]:
    """The rows of one concept."""
    for ngram, edge in neighbours.items():
        weight = _weight(edge, f"{where}, edge {concept!r} to {ngram!r}")
        named = _NGRAM.fullmatch(str(ngram))
        lang = from_iso3(named[1]) if named else "en"
        word_a, word_b = _word(concept), _word(named[2] if named else "")
        if lang is None:
            skipped.row(number, "an edge to an unknown language")
        elif lang == "en":
            skipped.row(number, "an edge within English")
        elif not (word_a and word_b and weight):
            skipped.row(number, "an edge of a word fragment, or of weight 0")
        else:
            yield {"word_a": word_a, "lang_a": "en", "word_b": word_b, "lang_b": lang, "source": "colexnet"}


def _word(ngram: str) -> str:
    """The word or words, empty if the ngram is only a part of one."""
    whole = len(ngram) > 1 and ngram[0] == ngram[-1] == "$"
    return ngram.replace("$", " ").strip() if whole else ""


def _weight(edge: Any, where: str) -> Fraction:
    try:
        return Fraction(edge["weight"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise InputError(f"{where}: {edge!r} has no weight like '3/40'") from None
