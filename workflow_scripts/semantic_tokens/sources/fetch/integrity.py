"""Whether a file is what it should be: size, checksum, and no end missing."""

import gzip
import hashlib
import zlib
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.sources.fetch.registry import RemoteFile

_CHUNK = 1 << 20


def defect(path: Path, remote: RemoteFile) -> str:
    """What is wrong with a file that should be `remote`, empty if nothing is.

    Without a checksum, .gz files are read to their end and .parquet files must have their footer.
    """
    size = path.stat().st_size
    if remote.size is not None and size != remote.size:
        return f"has {size} bytes, but should have {remote.size}"
    if not remote.checksum:
        return _truncation(path, PurePosixPath(remote.path).suffix)
    algorithm, _, expected = remote.checksum.partition(":")
    found = _digest(path, algorithm, size)
    return "" if found == expected else f"has the {algorithm} checksum {found}, but should have {expected}"


def _digest(path: Path, algorithm: str, size: int) -> str:
    """Hexadecimal digest. Git hashes a blob with SHA-1 after a header that gives its size."""
    digest = hashlib.sha1(b"blob %d\0" % size) if algorithm == "git" else hashlib.new(algorithm)
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _truncation(path: Path, suffix: str) -> str:
    try:
        if suffix == ".gz":
            with gzip.open(path) as handle:
                while handle.read(_CHUNK):
                    pass
        elif suffix == ".parquet":
            pq.read_metadata(path)
    except (EOFError, zlib.error, gzip.BadGzipFile, pa.ArrowInvalid) as error:
        return f"is cut off or damaged ({error})"
    return ""
