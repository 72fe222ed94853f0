"""A trained embedding table that needs no network: vectors of the words in the sources of an installed package.

K-Means costs as much as its rows are hard to tell apart, so noise would measure nothing. These are the singular vectors
of the words' positive mutual information (Levy and Goldberg, 2014): few frequent words, many rare ones, near neighbours
and far ones, as in a table that a language model learned. The package is pinned, so the table is the same everywhere.
"""

import re
from collections import Counter
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from sklearn.utils.extmath import randomized_svd

PACKAGE = "transformers"  # 50 MB of English and code
WINDOW = 4


def word_vectors(size: int, dim: int, folder: Path) -> np.ndarray:
    """float32 [size, dim], unit rows: the `size` most frequent words of PACKAGE. Made once, then read from `folder`."""
    path = folder / f"{PACKAGE}-{version(PACKAGE)}-{size}x{dim}.npy"
    if not path.exists():
        spec = find_spec(PACKAGE)
        assert spec is not None and spec.origin is not None
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part.npy")
        np.save(draft, trained(words(Path(spec.origin).parent), size, dim))
        draft.replace(path)
    return np.load(path)


def words(folder: Path) -> list[str]:
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    return [word for text in texts for word in re.findall(r"[^\W\d_]+|\d+", text)]


def trained(text: list[str], size: int, dim: int) -> np.ndarray:
    """float32 [size, dim], unit rows: U sqrt(S) of the words' positive mutual information within WINDOW words."""
    frequent = [word for word, _ in Counter(text).most_common(size)]
    number = {word: i for i, word in enumerate(frequent)}
    ids = np.array([number[word] for word in text if word in number])
    counts = sparse.csr_matrix((size, size))
    for distance in range(1, WINDOW + 1):
        pairs = (ids[:-distance], ids[distance:])
        counts = counts + sparse.coo_matrix((np.ones(len(pairs[0])), pairs), shape=(size, size)).tocsr()
    counts = (counts + counts.T).tocoo()
    total = np.bincount(counts.row, counts.data, minlength=size)
    information = np.log(counts.data * counts.data.sum() / (total[counts.row] * total[counts.col]))
    positive = sparse.csr_matrix((information.clip(min=0), (counts.row, counts.col)), shape=(size, size))
    left, singular, _ = randomized_svd(positive, dim, n_iter=2, random_state=0)
    vectors = left * np.sqrt(singular)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(min=1e-12)).astype(np.float32)
