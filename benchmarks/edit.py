#!/usr/bin/env python3
"""Films scenes, has each say a word more in its middle beat, and films it again.

    python benchmarks/edit.py [SCENE…] [-q h]

What a film is made of changes with one beat; the others show what they showed and are copied. All
are filmed by render.py, each in a copy of this tree with an empty store. Seconds are by the clock.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scenes.catalogue import SCENES, find  # noqa: E402 (after the path is known)

NARRATION = Path("assets", "narration", "en.toml")
LEFT_OUT = shutil.ignore_patterns(".*", "dist", "media", "node_modules", "goldens")


def render(tree: Path, scene: str, quality: str) -> float:
    """The seconds that filming a scene takes, with a store and media of the tree's own."""
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "LESSON_FILMS_CACHE": str(tree / "store"),
    }
    command = [sys.executable, "render.py", "render", scene, "-q", quality, "-v", "ERROR"]
    start = time.perf_counter()
    subprocess.run(command, cwd=tree, env=surroundings, check=True, capture_output=True)
    return time.perf_counter() - start


def edit(tree: Path, scene: str) -> None:
    """Have the middle beat of a scene say a word more."""
    path = tree / NARRATION
    text = path.read_text(encoding="utf-8")
    beats = list(tomllib.loads(text)["scenes"][scene]["beats"].values())
    said = beats[len(beats) // 2]
    path.write_text(text.replace(f'"{said}"', f'"{said} Indeed."', 1), encoding="utf-8")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help="default: all")
    parser.add_argument("-q", "--quality", default="h")
    given = parser.parse_args()
    names = [find(name).id for name in given.scenes] or [entry.id for entry in SCENES]
    print(f"{'at -q' + given.quality:22}{'from nothing':>14}{'after an edit':>16}")
    with TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        for name in names:
            whole = render(tree, name, given.quality)
            edit(tree, name)
            print(
                f"{name:22}{whole:12.1f} s{render(tree, name, given.quality):14.1f} s", flush=True
            )


if __name__ == "__main__":
    main()
