"""A file on the hub as a file to read in: only the parts asked for are sent."""

import io
from functools import partial
from typing import Any

import httpx2
from huggingface_hub import hf_hub_url
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # documented, if not declared

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.download import TIMEOUT
from semantic_tokens.sources.fetch.hub import access
from semantic_tokens.sources.fetch.registry import RemoteFile
from semantic_tokens.sources.fetch.retries import TransientError, persistently

_AGAIN = (408, 429)  # and all of 500 to 599


class RemoteRange(io.RawIOBase):
    """`remote` at its revision, whose size its listing gives; `received` counts the bytes that came.

    A mirror gets no token, as in `fetch_from_hub`. Reading raises InputError where the server refuses, cannot send a
    part of a file, or stays away.
    """

    def __init__(self, remote: RemoteFile, size: int, mirror: str | None, backoff: float = 1.0) -> None:
        given = access(mirror)
        self.what = f"{remote.kind} {remote.repository}, file {remote.path}, revision {remote.revision}"
        self.url: str = hf_hub_url(
            remote.repository,
            remote.path,
            repo_type=remote.kind,
            revision=remote.revision,
            endpoint=given["endpoint"],
        )
        self.headers: dict[str, str] = build_hf_headers(token=given["token"])
        self.size, self.backoff, self.at, self.received = size, backoff, 0, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        end = min(self.at + len(view), self.size)
        if end <= self.at:
            return 0
        content = persistently(partial(self._part, self.at, end), self.what, self.backoff)
        view[: len(content)] = content
        self.at += len(content)
        self.received += len(content)
        return len(content)

    def _part(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        headers = self.headers | {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
        try:
            with httpx2.stream("GET", self.url, headers=headers, follow_redirects=True, timeout=TIMEOUT) as response:
                if response.status_code in _AGAIN or response.status_code >= 500:
                    raise TransientError(f"HTTP status {response.status_code}")
                whole = (start, end) == (0, self.size)
                if response.status_code == 200 and not whole:
                    raise InputError(f"{self.what}: the server sends no parts of files, only whole ones")
                if response.status_code not in (200, 206):
                    raise InputError(
                        f"{self.what}: the server refused the request (HTTP status {response.status_code})"
                    )
                content = response.read()
        except httpx2.TransportError as error:
            raise TransientError(str(error) or type(error).__name__) from None
        if len(content) != end - start:
            raise TransientError(f"{len(content)} bytes came of {end - start}")
        return content
