"""Printers: one file a target, each an interpreter of the same notation tree."""

from dpo_math.printers.mathml import mathml
from dpo_math.printers.spoken import spoken
from dpo_math.printers.tex import tex
from dpo_math.printers.typst import Rows, typst

__all__ = ["Rows", "mathml", "spoken", "tex", "typst"]
