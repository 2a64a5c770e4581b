#!/usr/bin/env python3
"""How long an equation takes to set: from its tree to a mobject, and against Manim's own.

    python benchmarks/equation.py

Prints milliseconds of CPU time: the first of a process, the median of new lines once the compiler
is warm, and the median of lines set before, each with the marks of the line.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from manim import MathTypst, config

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dpo_math.derivation import LINES  # noqa: E402 (after the path is known)
from dpo_math.printers import typst  # noqa: E402
from scenes import typesetting  # noqa: E402
from scenes.equation import Equation  # noqa: E402
from scenes.theme import DARK  # noqa: E402

EM = DARK.type.stage
ROUNDS = 7


def milliseconds(build: Callable[[], object]) -> float:
    start = time.process_time()
    build()
    return 1000 * (time.process_time() - start)


def main() -> None:
    config.verbosity = "WARNING"
    trees = [line.tree for line in LINES]
    print(f"first of the process      {milliseconds(lambda: Equation(trees[0], DARK, EM)):8.1f} ms")
    warm: dict[str, list[float]] = {"new line, warm": [], "line set before": []}
    for _ in range(ROUNDS):
        typesetting._set.cache_clear()
        for tree in trees:
            warm["new line, warm"].append(milliseconds(lambda t=tree: Equation(t, DARK, EM)))
            warm["line set before"].append(milliseconds(lambda t=tree: Equation(t, DARK, EM)))
    marks = statistics.median(len(Equation(tree, DARK, EM).outlines) for tree in trees)
    for name, values in warm.items():
        median, worst = statistics.median(values), max(values)
        print(f"{name:25} {median:8.1f} ms   worst {worst:.1f} ms   (median {marks:.0f} marks)")
    stock = [milliseconds(lambda t=tree: MathTypst(typst(t))) for tree in trees[:12]]
    print(f"{'MathTypst, unlabelled':25} {statistics.median(stock):8.1f} ms")


if __name__ == "__main__":
    main()
