"""Printers: one file a target, each an interpreter of the same notation tree."""

from dpo_math.printers.tex import tex
from dpo_math.printers.typst import Rows, typst

__all__ = ["Rows", "tex", "typst"]
