"""The parsing child: runs one allow-listed function at a time, and dies of its limits.

Started by parsing.pool as `python -P -m groundswell_collector.parsing.child PARENT MEMORY CPU ANSWER`.
It reads frames from stdin and answers on stdout; it has no environment, no network and no files
to write. A limit kills the process, and the pool tells from the signal which limit it was.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from groundswell_collector.parsing.frames import HEADER

_PR_SET_PDEATHSIG = 1
_FILES = 64  # open files at once
# What a parser has no business doing; audit events of CPython.
_FORBIDDEN = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.bind",
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.kill",
)


def main(arguments: list[str]) -> None:
    """Serves jobs until stdin ends."""
    parent, memory, cpu, answer = (int(argument) for argument in arguments)
    die_with(parent)
    requests, answers = os.fdopen(0, "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a parser that prints must not speak into the protocol
    limit(memory)
    sys.addaudithook(_forbid)
    _send(answers, b"")  # ready: the time that the interpreter took to start is nobody's job
    while header := requests.read(HEADER.size):
        json_length, body_length = HEADER.unpack(header)
        request = json.loads(requests.read(json_length))
        reply = answer_of(request, requests.read(body_length), cpu=cpu, maximum=answer)
        _send(answers, reply)


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent dies; elsewhere the end of stdin does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)  # it died before we asked


def limit(memory: int) -> None:
    """Sets what the kernel enforces: bytes of address space, files, no core, nothing written."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _FILES,
    }
    for name, wanted in limits.items():
        _, hard = resource.getrlimit(name)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(name, (value, value))


def answer_of(request: dict[str, Any], body: bytes, *, cpu: int, maximum: int) -> bytes:
    """Returns the JSON answer to one request, made in at most so many milliseconds of CPU.

    What the function raises becomes an error in the answer.
    """
    try:
        function = load(request["function"])
        signal.setitimer(signal.ITIMER_PROF, cpu / 1000)  # its signal ends the process
        text = encode(function(body, request["options"]))
    except MemoryError:
        os._exit(os.EX_OSERR)  # the heap is exhausted: nothing else is safe to do
    except Exception as error:  # noqa: BLE001 - a parser may raise anything; the parent names it
        return _failure(type(error).__name__, str(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if len(text) > maximum:
        return _failure("AnswerTooLarge", f"{len(text)} bytes")
    return text


def encode(value: Any) -> bytes:
    """Returns a value as JSON that every reader takes: no NaN, no lone surrogates."""
    text = json.dumps({"value": value}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def load(function: str) -> Callable[[bytes, dict[str, Any]], Any]:
    """Returns the function of "package.module:name"."""
    module, _, name = function.partition(":")
    found: Callable[[bytes, dict[str, Any]], Any] = getattr(importlib.import_module(module), name)
    return found


def _failure(kind: str, message: str) -> bytes:
    return json.dumps({"error": kind, "message": message[:1000]}).encode("utf-8", "replace")


def _send(answers: BinaryIO, reply: bytes) -> None:
    answers.write(HEADER.pack(len(reply), 0))
    answers.write(reply)
    answers.flush()


def _forbid(event: str, _: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a parsing child must not use {event}")


if __name__ == "__main__":
    main(sys.argv[1:])
