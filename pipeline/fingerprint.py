"""What a shot is made of, as digests: when none of them changed, nor has the film.

Sources are found by following imports without running anything, so a change in one scene touches
that scene alone, and a change in what it is built on touches all that import it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

from pipeline.errors import BadInput
from pipeline.places import ASSETS, ROOT
from pipeline.shots import Shot
from scenes.narration import FOLDER

FILMING = "pipeline.shots"
LIBRARIES = ("manim", "typst", "av", "numpy", "pycairo", "pillow", "svgelements", "sympy", "mpmath")
SHARED_ASSETS = ("data", "fonts", "sounds")
DIGEST = re.compile("[0-9a-f]{64}")


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@cache
def sources(module: str, root: Path = ROOT) -> tuple[Path, ...]:
    """The files under ``root`` that importing ``module`` reads, directly or through another.

    Raises :class:`BadInput` where the module cannot be read as Python.
    """
    imports = _imports(root)
    try:
        imports.import_hook(module)
    except SyntaxError as error:
        where = f"{module.replace('.', '/')}.py:{error.lineno}"
        raise BadInput(f"{where}: {type(error).__name__}: {error.msg}") from error
    return tuple(sorted(imports.reached(module)))


class _Imports(ModuleFinder):
    """Which modules below a root import which, each read once however many ask."""

    def __init__(self, root: Path) -> None:
        super().__init__(path=[str(root)])
        self._importing = [""]
        self._imported = defaultdict[str, set[str]](set)

    def scan_code(self, co: Any, m: Any) -> None:
        self._importing.append(m.__name__)
        super().scan_code(co, m)
        self._importing.pop()

    def import_module(self, partname: str, fqname: str, parent: Any) -> Any:
        found = super().import_module(partname, fqname, parent)
        if found:
            self._imported[self._importing[-1]].add(fqname)
        return found

    def ensure_fromlist(self, m: Any, fromlist: Any, recursive: int = 0) -> None:
        super().ensure_fromlist(m, fromlist, recursive)
        names = {f"{m.__name__}.{name}" for name in fromlist}
        self._imported[self._importing[-1]] |= names & self.modules.keys()

    def reached(self, module: str) -> Iterator[Path]:
        """The files of a module, of the packages it is in, and of all that these import."""
        parts = module.split(".")
        waiting = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        seen = set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self._imported[name]
        files = (getattr(self.modules.get(name), "__file__", None) for name in seen)
        return (Path(file) for file in files if file)


_imports = cache(_Imports)


def ingredients(shot: Shot, root: Path = ROOT) -> dict[str, str]:
    """All that the film of a shot is made of: for a file or a text its digest, else its value."""
    files = {*sources(shot.entry.module, root), *sources(FILMING), *_shared_assets()}
    made_of = {str(path.relative_to(root)): digest(path.read_bytes()) for path in files}
    made_of |= {f"narration {name}": _of(said) for name, said in _narration(shot).items()}
    made_of |= {f"profile {name}": str(value) for name, value in shot.profile.as_dict().items()}
    made_of["scene"] = f"{shot.entry.module}.{shot.entry.cls}"
    return made_of | _versions()


def fingerprint(made_of: Mapping[str, str]) -> str:
    """One digest for all the ingredients."""
    return _of(dict(made_of))


AS_DRAWN = ("pipeline/", "profile ")
"""How the ingredients are called that a film follows from besides what is drawn; with the scene,
the libraries, Python and the machine."""


def draws_alike(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether films with these ingredients are of one scene in one profile, and what both show
    comes out the same in both."""
    return _as_drawn(before) == _as_drawn(now)


def _as_drawn(made_of: Mapping[str, str]) -> dict[str, str]:
    kept = {"scene", *_versions()}
    return {
        name: value for name, value in made_of.items() if name in kept or name.startswith(AS_DRAWN)
    }


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What tells some ingredients from others, a line each, in the order of their names."""
    told = []
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old is None or new is None:
            told.append(f"{name} is {'new' if old is None else 'gone'}")
        elif old != new:
            values = "" if DIGEST.fullmatch(new) else f": {old} → {new}"
            told.append(f"{name} has changed{values}")
    return told


def recipe(module: str, *others: Path) -> str:
    """One digest for the sources of a module, and these files, and the libraries."""
    files = {*sources(module), *others}
    made_of = {str(path.relative_to(ROOT)): digest(path.read_bytes()) for path in files}
    return _of({**made_of, **_versions()})


def _of(value: Any) -> str:
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def _shared_assets() -> list[Path]:
    found = (path for name in SHARED_ASSETS for path in (ASSETS / name).rglob("*"))
    return [path for path in found if path.is_file()]


def _narration(shot: Shot) -> dict[str, Any]:
    """By its dotted name each text that a scene may use: all but what belongs to other scenes."""
    tables = _all_narration(shot.profile.language)
    own = {"scenes": {shot.entry.id: tables["scenes"].get(shot.entry.id, {})}}
    return dict(_leaves({**tables, **own}))


def _leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


def spoken_characters(shot: Shot) -> list[int]:
    """How long the narration of each beat of a scene is, in characters."""
    scene = _all_narration(shot.profile.language)["scenes"].get(shot.entry.id, {})
    return [len(text) for text in scene.get("beats", {}).values()]


@cache
def _all_narration(language: str) -> dict[str, Any]:
    path = FOLDER / f"{language}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.relative_to(ROOT)}: {error}") from error


@cache
def _versions() -> dict[str, str]:
    import cairo

    found = {f"{name} (library)": version(name) for name in LIBRARIES}
    found["cairo (library)"] = cairo.cairo_version_string()
    found["python"] = platform.python_version()
    found["machine"] = f"{platform.system()} {platform.machine()}"
    return found
