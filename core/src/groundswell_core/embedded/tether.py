"""Runs a command that dies with its parent: `python tether.py <parent pid> <command> …`.

Replaces itself by the command, so that the command line that others see is the command's own.
On Linux the kernel ends the command when the thread that started it ends, SIGKILL included.
Elsewhere the pid file of `child.py` lets the next start end what is left.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ties this process to its parent, then becomes the command."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        # The parent may have died before prctl: then nobody would ever send the signal.
        if os.getppid() != parent:
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  a command without a shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
