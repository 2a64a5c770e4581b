"""Imported by the server that workers are forked from, so that it takes its socket with it.

The server ends when the command does, however that does. Python leaves the socket's directory to
the command, which cannot remove it when it is killed.
"""

from __future__ import annotations

import atexit
import shutil
from multiprocessing import forkserver
from pathlib import Path


def sweep() -> None:
    """Remove the directory of the server's socket. What is forked from the server never does."""
    address = getattr(forkserver._forkserver, "_forkserver_address", None)
    if isinstance(address, str) and Path(address).parent.name.startswith("pymp-"):
        shutil.rmtree(Path(address).parent, ignore_errors=True)


atexit.register(sweep)
