"""Where things are. ``LESSON_FILMS_CACHE`` in the environment moves the store of finished shots."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
CACHE = Path(os.environ.get("LESSON_FILMS_CACHE", ROOT / ".cache"))
DIST = ROOT / "dist"
MEDIA = Path("media")
