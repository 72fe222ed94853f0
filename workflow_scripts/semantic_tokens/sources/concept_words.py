"""From words of concepts to word pairs: words of two languages that share a concept translate each other.

Concepticon's concepts and PanLex's meanings are joined the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from semantic_tokens.sources.files import Row

_BATCH = 1 << 16
_SCHEMA = pa.schema([("lang", pa.string()), ("word", pa.string()), ("concept", pa.int64())])


@dataclass(frozen=True, eq=False)
class ConceptWords:
    """The words of one language: `words` sorted and distinct; `links` with columns word (index into them), concept."""

    words: pa.Array
    links: pa.Table


def by_language(rows: Iterator[Row], languages: Collection[str]) -> dict[str, ConceptWords]:
    """Rows {lang, word, concept} of the languages, gathered by language as Arrow columns, which are small."""
    chunks: dict[str, list[pa.Table]] = defaultdict(list)
    while batch := list(islice(rows, _BATCH)):
        table = pa.Table.from_pylist(batch, _SCHEMA)
        for lang in pc.unique(table["lang"]).to_pylist():
            if lang in languages:
                chunks[lang].append(table.filter(pc.field("lang") == lang).select(["word", "concept"]))
    return {lang: _concept_words(pa.concat_tables(chunks.pop(lang))) for lang in list(chunks)}


def translations(words: Mapping[str, ConceptWords], source: str) -> Iterator[Row]:
    """Rows of `word_pairs`: the words of two languages that share a concept, each pair once, sorted.

    Two languages are joined at a time, so that memory grows with the largest pair of them only.
    """
    for lang_a, lang_b in combinations(sorted(words), 2):
        a, b = words[lang_a], words[lang_b]
        joined = a.links.join(b.links, "concept", join_type="inner", right_suffix="_b")
        ids = np.unique(joined["word"].to_numpy().astype(np.int64) * len(b.words) + joined["word_b"].to_numpy())
        for start in range(0, len(ids), _BATCH):
            of_a, of_b = np.divmod(ids[start : start + _BATCH], len(b.words))
            for word_a, word_b in zip(a.words.take(of_a).to_pylist(), b.words.take(of_b).to_pylist()):
                yield {"word_a": word_a, "lang_a": lang_a, "word_b": word_b, "lang_b": lang_b, "source": source}


def _concept_words(table: pa.Table) -> ConceptWords:
    words = pc.unique(table["word"])
    words = words.take(pc.sort_indices(words))
    links = pa.table({"word": pc.index_in(table["word"], words), "concept": table["concept"]})
    return ConceptWords(words, links.group_by(["word", "concept"]).aggregate([]))
