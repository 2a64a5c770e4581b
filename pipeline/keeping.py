"""What the store has: why a film is or is not up to date, how large it all is, and less of it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pipeline.fingerprint import changes, fingerprint, ingredients
from pipeline.shots import Shot
from pipeline.sizes import count, told_size
from pipeline.store import Kept, Store

DAY = 24 * 60 * 60


def why(shot: Shot, store: Store) -> list[str]:
    """Whether the film of a shot is up to date, and if it is not, a line for each reason."""
    made_of = ingredients(shot)
    if fingerprint(made_of) in store:
        return [f"{shot} is up to date"]
    profile = shot.profile.as_dict()
    films = [kept for kept in store.kept() if kept.about.scene == shot.entry.id]
    before = [kept for kept in films if kept.about.profile == profile]
    if not before:
        return [f"{shot} has not been filmed"]
    last = max(before, key=lambda kept: kept.used)
    reasons = changes(last.about.made_of, made_of)
    return [f"{shot} is not up to date; since it was filmed,", *(f"  {one}" for one in reasons)]


def summary(store: Store) -> str:
    """How many films there are, and how large they are."""
    kept = list(store.kept())
    if not kept:
        return f"No films in {store.root}"
    films, scenes = count(len(kept), "film"), {shot.about.scene for shot in kept}
    idle = int((time.time() - min(shot.used for shot in kept)) / DAY)
    size = told_size(_size(kept))
    return (
        f"{films} of {count(len(scenes), 'scene')} in {store.root}, {size}; "
        f"the one longest unused for {count(idle, 'day')}"
    )


def prune(store: Store, *, days: float | None = None, size: int | None = None) -> str:
    """Drop films not used for more than ``days``, then those longest unused until the rest takes no
    more than ``size`` bytes, and what belongs to no film. The store must be open."""
    kept = sorted(store.kept(), key=lambda shot: shot.used)
    before = _size(kept)
    going = [shot for shot in kept if days is not None and time.time() - shot.used > days * DAY]
    staying = kept[len(going) :]
    while size is not None and _size(staying) > size:
        going.append(staying.pop(0))
    for shot in going:
        store.drop(shot.key)
    store.sweep()
    return f"Dropped {count(len(going), 'film')}, {told_size(before - _size(staying))}"


def _size(shots: Sequence[Kept]) -> int:
    """The bytes of shots' files; one that several have is there once."""
    return sum({name: size for shot in shots for name, size in shot.files.items()}.values())
