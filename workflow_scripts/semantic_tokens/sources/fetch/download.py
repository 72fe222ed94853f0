"""Plain files over HTTP: resumed if the server can, tried again if that may help, checked before use."""

import sys
from functools import partial as bound
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from tqdm import tqdm

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.landing import land
from semantic_tokens.sources.fetch.registry import RemoteFile
from semantic_tokens.sources.fetch.retries import TransientError, persistently

TIMEOUT = 60.0  # seconds without a byte
_WORTH_ANOTHER_TRY = (408, 429)  # and all of 500 to 599


def fetch(
    remote: RemoteFile, folder: Path, mirror: str | None = None, offline: bool = False, backoff: float = 1.0
) -> Path:
    """The path of the file in `folder`, downloaded if it is not there.

    `mirror` is a base URL that takes the place of scheme and host; `backoff` is the first wait between two tries, in
    seconds. What was received of an interrupted download is kept as `<name>.partial` and continued, also by a later
    call, if the server still has the same version. Raises InputError naming the URL for whatever goes wrong.
    """
    url = mirrored(remote.url, mirror)

    def bring(target: Path) -> None:
        persistently(bound(_receive, remote, url, target), url, backoff)

    return land(remote, folder, offline, bring)


def mirrored(url: str, mirror: str | None) -> str:
    """`url` with `mirror`, if any, in the place of its scheme and host."""
    parts = urlsplit(url)
    return url if mirror is None else mirror.rstrip("/") + parts._replace(scheme="", netloc="").geturl()


def _receive(remote: RemoteFile, url: str, target: Path) -> None:
    """Bring `target` to its full length in one request."""
    version = target.with_name(f"{target.name}.version")  # what the server called the version of the bytes we have
    held = target.stat().st_size if target.exists() and version.exists() else 0
    headers = {**remote.headers, "Accept-Encoding": "identity"}
    if held:
        headers |= {"Range": f"bytes={held}-", "If-Range": version.read_text("utf-8")}
    try:
        with httpx2.stream("GET", url, headers=headers, follow_redirects=True, timeout=TIMEOUT) as response:
            if (
                held
                and response.status_code in (206, 416)
                and not _continues(response, held, version.read_text("utf-8"))
            ):
                version.unlink()  # so that the next try starts over
                raise TransientError("the server has another version now, or another part of it")
            if not (held and response.status_code == 416):
                _refuse(response, url, remote.revision)
                _write(response, target, version, held if response.status_code == 206 else 0)
    except (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
        raise TransientError(str(error) or type(error).__name__) from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise InputError(f"{url}: {error}") from None
    version.unlink(missing_ok=True)


def _continues(response: httpx2.Response, held: int, version: str) -> bool:
    """Whether the answer to a request for a range goes on after the `held` bytes, or says that there are no more."""
    part = response.headers.get("Content-Range", "")
    if response.status_code == 416:
        return part == f"bytes */{held}"
    return part.startswith(f"bytes {held}-") and _version(response) == version


def _refuse(response: httpx2.Response, url: str, revision: str) -> None:
    """Raise for an answer without the bytes that were asked for."""
    status = response.status_code
    if status in _WORTH_ANOTHER_TRY or status >= 500:
        raise TransientError(f"HTTP status {status}")
    if status in (404, 410):
        raise InputError(f"{url}: no such file at revision {revision} (HTTP status {status})")
    if status not in (200, 206):
        raise InputError(f"{url}: the server refused the request (HTTP status {status})")


def _write(response: httpx2.Response, target: Path, version: Path, held: int) -> None:
    """Append the body after `held` bytes; with 0, start anew and note the version for a later resumption."""
    if not held:
        target.unlink(missing_ok=True)
        version.unlink(missing_ok=True)
        name = _version(response)
        if name:
            version.write_text(name, encoding="utf-8")
    length = response.headers.get("Content-Length")
    with (
        target.open("ab") as out,
        tqdm(
            desc=target.name.removesuffix(".partial"),
            total=held + int(length) if length else None,
            initial=held,
            unit="B",
            unit_scale=True,
            mininterval=0.5 if sys.stderr.isatty() else 30.0,  # in a log file, a line now and then
        ) as bar,
    ):
        for chunk in response.iter_raw():
            out.write(chunk)
            bar.update(len(chunk))


def _version(response: httpx2.Response) -> str:
    """What `If-Range` may name: a strong ETag, else the date of the last change, else nothing."""
    etag = response.headers.get("ETag", "")
    return response.headers.get("Last-Modified", "") if not etag or etag.startswith("W/") else etag
