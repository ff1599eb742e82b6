"""A receiver of webhooks on loopback, with bad manners by path.

Owns: what it answers, what it has seen. Does not own: what is right.
"""

import json
import socket
import threading
import time
from dataclasses import dataclass, field

MOST_SECONDS = 30.0


@dataclass
class Seen:
    """One request: its path, its headers in lower case, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        """Return the id that the body says."""
        return json.loads(self.body)["id"]


@dataclass
class Receiver:
    """Answers each connection in a thread of its own; `plan` names the manners of a path."""

    plan: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._door.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._end, self.release = threading.Event(), threading.Event()
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._end.set()
        self._door.close()

    def paths(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [one.path for one in self.seen]

    def _open(self) -> None:
        while not self._end.is_set():
            try:
                line, _address = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            line.settimeout(MOST_SECONDS)
            try:
                request = self._read(line)
                self._answer(line, self.plan.get(request.path.partition("?")[0], "200"))
            except OSError:
                return

    def _read(self, line: socket.socket) -> Seen:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = line.recv(65536)
            if not piece:
                raise OSError("nothing was asked")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
        }
        while len(body) < int(headers["content-length"]):
            body += line.recv(65536)
        found = Seen(first.split(" ")[1], headers, body)
        self.seen.append(found)
        return found

    def _answer(self, line: socket.socket, manners: str) -> None:
        if manners.isdigit():
            line.sendall(f"HTTP/1.1 {manners} So\r\nContent-Length: 5\r\n\r\nhello".encode())
        else:
            getattr(self, f"_{manners}")(line)

    def _slow(self, line: socket.socket) -> None:
        self._end.wait(MOST_SECONDS)

    def _held(self, line: socket.socket) -> None:
        """Answer when the test lets it."""
        self.release.wait(MOST_SECONDS)
        line.sendall(b"HTTP/1.1 204 So\r\n\r\n")

    def _a_while(self, line: socket.socket) -> None:
        time.sleep(0.4)
        line.sendall(b"HTTP/1.1 204 So\r\n\r\n")

    def _drips(self, line: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" * 1000:
            line.sendall(bytes([byte]))
            time.sleep(0.05)

    def _drips_body(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _number in range(1000):
            line.sendall(b"x")
            time.sleep(0.05)

    def _redirects(self, line: socket.socket) -> None:
        where = f"{self.url}/elsewhere"
        line.sendall(f"HTTP/1.1 307 So\r\nLocation: {where}\r\n\r\n".encode())

    def _huge(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _number in range(2000):
            line.sendall(b"y" * 65536)

    def _huge_head(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(5000):
            line.sendall(b"X-%d: %s\r\n" % (number, b"z" * 1000))

    def _cut(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 20")

    def _cut_body(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")

    def _nothing(self, line: socket.socket) -> None:
        return

    def _garbled(self, line: socket.socket) -> None:
        line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    def _later(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 503 So\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n")

    def _compressed(self, line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00junk")
