"""OPA itself, as a server of this machine, asked over one open connection."""

from __future__ import annotations

import atexit
import json
import shutil
import socket
import subprocess
import time
from http.client import HTTPConnection
from typing import TypedDict, cast

from bench.reference.generator import Facts
from bench.reference.oracle import Answer

from . import Engine
from .rego_common import Result, answer, module

_PATIENCE_S = 10.0


class _Whole(TypedDict):
    result: Result


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _connected(port: int) -> HTTPConnection:
    end = time.monotonic() + _PATIENCE_S
    while True:
        connection = HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
        except OSError:
            if time.monotonic() > end:
                raise FileNotFoundError("opa does not answer") from None
            time.sleep(0.05)
        else:
            return connection


def engine() -> Engine:
    """Raises FileNotFoundError without the program, or if it does not start."""
    program = shutil.which("opa")
    if program is None:
        raise FileNotFoundError("opa")
    port = _free_port()
    server = subprocess.Popen(
        [program, "run", "--server", "--log-level", "error", "--addr", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(server.terminate)
    connection = _connected(port)

    def ask(method: str, path: str, body: str, kind: str) -> bytes:
        connection.request(method, path, body.encode(), {"Content-Type": kind})
        return connection.getresponse().read()

    ask("PUT", "/v1/policies/p", module(), "text/plain")

    def decide(facts: Facts) -> object:
        return json.loads(
            ask("POST", "/v1/data/p/result", json.dumps({"input": facts}), "application/json")
        )

    def read(made: object) -> Answer:
        return answer(cast("_Whole", made)["result"])

    return Engine("OPA server", decide, read, 1_000, "over HTTP on this machine")
