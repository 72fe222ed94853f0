"""Python's garbage collector, paused where a whole vocabulary is read or written."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection inside; also a decorator.

    A parsed vocabulary has a small list or tuple for each token, and all of them stay. Every few thousand new ones the
    collector walks through those that are there, so its time grows faster than the vocabulary.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
