"""A line on stderr for work that takes a while; nothing for what is quick or not watched."""

from __future__ import annotations

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import Self

PATIENCE = 2.0
"""Seconds before anything is shown."""


class Progress:
    """Shows what is being done, on a terminal, once `PATIENCE` is over; leaves no trace."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lock = Lock()
        self._shown = False
        self._timer = Timer(PATIENCE, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def say(self, text: str) -> None:
        """Name the step that begins."""
        with self._lock:
            self._text = text
            if self._shown:
                self._write(f"{text} …")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._shown:
                self._write("")
            self._shown = False

    def _begin(self) -> None:
        with self._lock:
            self._shown = True
            self._write(f"{self._text} …")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
