"""A web server on this machine that serves plain files and speaks the hub's routes, and misbehaves as told.

`server.files` maps a path to its bytes, `server.faults` to what goes wrong there, `server.requests` records what came.
"""

import hashlib
import json
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Fault:
    """What goes wrong at one path. Only the first `times` requests meet it; HEAD and GET are counted apart."""

    status: int = 0  # answer with this status instead of the file
    drop_after: int | None = None  # close the connection after so many bytes of the body
    wrong_bytes: bool = False  # the right number of other bytes
    no_ranges: bool = False  # ignore Range: always the whole file
    careless_ranges: bool = False  # honour Range, ignore If-Range
    no_length: bool = False  # no Content-Length, and the body ends where the connection does
    methods: tuple[str, ...] = ("GET",)
    headers: dict[str, str] = field(default_factory=dict)  # of the answer with `status`
    times: int = 10**9


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case


class MisbehavingServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, Fault] = {}
        self.requests: list[Request] = []
        self.met: Counter[tuple[str, str]] = Counter()
        self.hub: dict[str, str] = {}  # path of a hub file -> commit
        self.answers: dict[str, object] = {}  # path of the hub's API -> JSON
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.storage = f"http://localhost:{self.server_address[1]}"  # where the hub sends the client for large files

    def add_repository(self, repository: str, kind: str, files: dict[str, bytes], large: tuple[str, ...] = ()) -> None:
        """Serve a repository at COMMIT; `large` files are redirected to the storage host and known by SHA-256."""
        tree = []
        for path, content in files.items():
            at = self.resolve(repository, kind, path)
            self.files[at], self.hub[at] = content, COMMIT
            entry: dict[str, object] = {"type": "file", "path": path, "size": len(content), "oid": blob_id(content)}
            if path in large:
                digest = hashlib.sha256(content).hexdigest()
                self.files[f"/storage/{digest}"] = content
                entry["lfs"] = {"oid": digest, "size": len(content), "pointerSize": 130}
                self.hub[at] += f" {digest}"
            tree.append(entry)
        self.answers[f"/api/{kind}s/{repository}/tree/{COMMIT}"] = tree
        for route in ("", "/revision/main"):
            self.answers[f"/api/{kind}s/{repository}{route}"] = {"id": repository, "sha": COMMIT}

    @staticmethod
    def resolve(repository: str, kind: str, path: str) -> str:
        return f"/{'datasets/' if kind == 'dataset' else ''}{repository}/resolve/{COMMIT}/{path}"

    def seen(self, method: str, path: str) -> list[Request]:
        return [request for request in self.requests if (request.method, request.path) == (method, path)]


def blob_id(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


def etag(content: bytes) -> str:
    return f'"{hashlib.sha1(content).hexdigest()}"'


@contextmanager
def running_server():
    server = MisbehavingServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MisbehavingServer

    def log_message(self, *arguments: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.requests.append(
            Request(self.command, path, {name.lower(): value for name, value in self.headers.items()})
        )
        fault = self._fault(path)
        if fault.status:
            # A careless server repeats what it was sent, and the hub's client repeats what a server says.
            echo = f"not with {self.headers.get('Authorization')}"
            self._send(fault.status, {"X-Error-Message": echo} | fault.headers, echo.encode())
        elif path in self.server.answers:
            body = json.dumps(self.server.answers[path]).encode()
            self._send(200, {"Content-Type": "application/json"}, body)
        elif path not in self.server.files:
            code = "EntryNotFound" if f"/resolve/{COMMIT}/" in path else "RevisionNotFound"
            self._send(404, {"X-Error-Code": code} if "/resolve/" in path or "/api/" in path else {}, b"")
        else:
            self._send_file(path, self.server.files[path], fault)

    def _fault(self, path: str) -> Fault:
        fault = self.server.faults.get(path)
        if fault is None or self.command not in fault.methods:
            return Fault()
        self.server.met[self.command, path] += 1
        return fault if self.server.met[self.command, path] <= fault.times else Fault()

    def _send_file(self, path: str, content: bytes, fault: Fault) -> None:
        headers = {"ETag": etag(content), "Accept-Ranges": "bytes"}
        if path.endswith("/"):
            headers["Content-Type"] = "text/html"  # as pip asks of an index
        if path in self.server.hub:
            commit, _, digest = self.server.hub[path].partition(" ")
            headers |= {"X-Repo-Commit": commit, "ETag": f'"{blob_id(content)}"'}
            if digest:
                at = f"{self.server.storage}/storage/{digest}"
                linked = {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(content)), "Location": at}
                self._send(302, headers | linked, b"")
                return
        start, end = self._start(headers["ETag"], fault), self._end(len(content), fault)
        if start >= len(content) > 0:
            self._send(416, {"Content-Range": f"bytes */{len(content)}"}, b"")
            return
        if start or end < len(content):
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
        body = bytes(byte ^ 1 for byte in content) if fault.wrong_bytes else content
        self._send(206 if "Content-Range" in headers else 200, headers, body[start:end], fault)

    def _start(self, current: str, fault: Fault) -> int:
        wanted = self.headers.get("Range")
        same = fault.careless_ranges or self.headers.get("If-Range", current) == current
        return int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted and same and not fault.no_ranges else 0

    def _end(self, size: int, fault: Fault) -> int:
        """Where the part asked for ends; without an end in the request, where the file does."""
        last = "" if fault.no_ranges else self.headers.get("Range", "").partition("-")[2]
        return min(int(last) + 1, size) if last else size

    def _send(self, status: int, headers: dict[str, str], body: bytes, fault: Fault | None = None) -> None:
        fault = fault or Fault()
        self.send_response(status)
        if fault.no_length:
            self.close_connection = True
            headers = headers | {"Connection": "close"}
        else:
            headers = headers | {"Content-Length": str(len(body))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault.drop_after is not None:
            body = body[: fault.drop_after]
            self.close_connection = True
        self.wfile.write(body)
