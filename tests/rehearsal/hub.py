"""A server on this machine: it serves a folder of stand-ins at the addresses that the registry gives upstream's files.

Of the hub it speaks the routes that the client needs: the tree of a repository at a commit, and `resolve`, which sends
the client to another host for large files. Files are read from disk as they are sent.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfileobj
from urllib.parse import unquote, urlsplit

from semantic_tokens.sources.fetch.registry import Source

LARGE = 1 << 20  # bytes from which the hub keeps a file in its large file storage
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Served:
    """A file, its git blob id and SHA-256, and the commit that it is at (empty for a plain address)."""

    path: Path
    size: int
    blob: str
    sha256: str
    commit: str

    @property
    def is_large(self) -> bool:
        return bool(self.commit) and self.size >= LARGE


def served(path: Path, commit: str = "") -> Served:
    """The file with its checksums, which are kept beside it."""
    kept = path.with_name(f".{path.name}.sums")
    if not kept.exists() or kept.stat().st_mtime < path.stat().st_mtime:
        size = path.stat().st_size
        blob, sha = hashlib.sha1(b"blob %d\0" % size), hashlib.sha256()
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                blob.update(chunk)
                sha.update(chunk)
        kept.write_text(f"{size} {blob.hexdigest()} {sha.hexdigest()}")
    size, blob_id, digest = kept.read_text().split()
    return Served(path, int(size), blob_id, digest, commit)


def files_of(folder: Path) -> list[str]:
    """Upstream's paths of the files of one source."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path.relative_to(folder).as_posix() for path in found)


class Routes:
    """What is served of a folder `{source}/{upstream's path}`, by the path of the address.

    `make(name)` writes a source that is not there when a client first asks for its tree: checkpoints are gigabytes, and
    are not needed any more once they have been fetched.
    """

    def __init__(self, sources: Mapping[str, Source], folder: Path, make: Callable[[str], None] | None = None) -> None:
        self.folder, self.make = folder, make
        self.files: dict[str, Served] = {}
        self.trees: dict[str, list[dict[str, object]]] = {}
        self.storage: dict[str, Served] = {}
        self._absent: dict[str, Source] = {}
        self._one = threading.Lock()
        for source in sources.values():
            if (folder / source.name).is_dir():
                self._add(source)
            elif source.kind:
                self._absent[_tree(source)] = source

    def tree(self, path: str) -> list[dict[str, object]] | None:
        """The files of the repository that this path of the hub's API lists; None for another path."""
        with self._one:
            source = self._absent.pop(path, None) if self.make else None
            if source is not None and self.make is not None:
                self.make(source.name)
                self._add(source)
        return self.trees.get(path)

    def _add(self, source: Source) -> None:
        found = {
            path: served(self.folder / source.name / path, source.revision * bool(source.kind))
            for path in files_of(self.folder / source.name)
        }
        self.files |= {unquote(urlsplit(source.remote(path).url).path): file for path, file in found.items()}
        self.storage |= {f"/storage/{file.sha256}": file for file in found.values() if file.is_large}
        if source.kind:
            self.trees[_tree(source)] = [_entry(path, file) for path, file in found.items()]


def _tree(source: Source) -> str:
    return f"/api/{source.kind}s/{source.repository}/tree/{source.revision}"


def _entry(path: str, file: Served) -> dict[str, object]:
    entry: dict[str, object] = {"type": "file", "path": path, "size": file.size, "oid": file.blob}
    return entry | ({"lfs": {"oid": file.sha256, "size": file.size, "pointerSize": 130}} if file.is_large else {})


@contextmanager
def running(routes: "Routes", kept: Path) -> Iterator[str]:
    """The base URL of a server of these routes, on the loopback interface.

    The file `kept` holds the last port, which is used again while it is free: the address is a parameter of the
    downloads, and another one would repeat them."""
    server = _bound(routes, int(kept.read_text(encoding="utf-8")) if kept.exists() else 0)
    kept.write_text(str(server.server_address[1]), encoding="utf-8")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _bound(routes: "Routes", port: int) -> "_Server":
    try:
        return _Server(routes, port)
    except OSError:
        return _Server(routes, 0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, routes: "Routes", port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.routes = routes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *arguments: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        routes = self.server.routes
        if (tree := routes.tree(path)) is not None:
            body = json.dumps(tree).encode()
            self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
            if self.command == "GET":
                self.wfile.write(body)
        elif path in routes.storage:
            self._send(routes.storage[path])
        elif path not in routes.files:
            unknown = {"X-Error-Code": "EntryNotFound"} if "/resolve/" in path else {}
            self._head(404, {"Content-Length": "0"} | unknown)
        elif routes.files[path].is_large:
            self._redirect(routes.files[path])
        else:
            self._send(routes.files[path])

    def _redirect(self, file: Served) -> None:
        """The hub keeps large files on another host, and says what they are before it sends the client there."""
        location = f"http://localhost:{self.server.server_address[1]}/storage/{file.sha256}"
        linked = {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(file.size), "Location": location}
        self._head(302, {"X-Repo-Commit": file.commit, "ETag": f'"{file.blob}"', "Content-Length": "0", **linked})

    def _send(self, file: Served) -> None:
        start = self._start(file)
        headers = {"ETag": f'"{file.blob}"', "Accept-Ranges": "bytes", "Content-Length": str(file.size - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{file.size - 1}/{file.size}"
        self._head(206 if start else 200, headers | ({"X-Repo-Commit": file.commit} if file.commit else {}))
        if self.command == "GET":
            with file.path.open("rb") as handle:
                handle.seek(start)
                copyfileobj(handle, self.wfile, _CHUNK)

    def _start(self, file: Served) -> int:
        """Where an interrupted download resumes: `Range: bytes=N-`, if it is of this very file."""
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").split("-")[0] or 0) if wanted.startswith("bytes=") else 0
        return start if start < file.size and self.headers.get("If-Range", f'"{file.blob}"') == f'"{file.blob}"' else 0

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
