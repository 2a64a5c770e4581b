"""Libraries that Manim imports and a film hardly calls, imported when they are called.

Of scipy Manim calls one function, for turning things; of networkx it draws graphs; bs4 reads code
in colours, isosurfaces draws implicit functions. Without the first two Manim is imported in half
the time (0.5 s for 0.9), the others are some 40 ms. Whoever else imports them gets them.
"""

from __future__ import annotations

import importlib
import sys
from functools import reduce
from typing import Any

PUT_OFF = ("scipy.spatial.transform", "networkx", "bs4", "isosurfaces")


class Late:
    """Something of a module that is imported when this is called, or an object compared with it."""

    def __init__(self, module: str, *path: str) -> None:
        self._module, self._path = module, path

    def __getattr__(self, name: str) -> Late:
        if name.startswith("__"):
            raise AttributeError(name)
        return Late(self._module, *self._path, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._itself()(*args, **kwargs)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._itself())

    def _itself(self) -> Any:
        return reduce(getattr, self._path, importlib.import_module(self._module))


def import_manim() -> None:
    """Import Manim, and what it hardly calls not yet."""
    if "manim" in sys.modules:
        return
    stand_ins = {name: Late(name) for name in PUT_OFF if name not in sys.modules}
    sys.modules.update(stand_ins)  # type: ignore[arg-type]
    try:
        importlib.import_module("manim")
    finally:
        for name in stand_ins:
            del sys.modules[name]
