"""A person is told why a film is made again, how large the store is, and can make it smaller."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from pipeline import fingerprint as prints
from pipeline.fingerprint import fingerprint, ingredients
from pipeline.keeping import DAY, prune, summary, why
from pipeline.profile import Profile
from pipeline.shots import Shot
from pipeline.store import About, Store
from scenes.catalogue import find

SHOT = Shot(find("cancellation"), Profile(160, 90, 15))


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "cache")
    with store.opened():
        yield store


def keep(store, key, *contents, scene="tiny", days=0.0, about=None):
    """Have the store keep a shot of these files, last used so many days ago."""
    made = {str(number): content for number, content in enumerate(contents)}
    store.put(key, made, about or About(scene, {}, {}))
    used = time.time() - days * DAY
    os.utime(store.root / "shots" / key, (used, used))


def film(store, made_of):
    about = About(SHOT.entry.id, SHOT.profile.as_dict(), made_of)
    keep(store, fingerprint(made_of), b"film", about=about)


def test_a_shot_that_was_never_filmed_is_said_to_be_that(store):
    assert why(SHOT, store) == ["cancellation at 90p15 has not been filmed"]


def test_a_film_of_another_profile_or_scene_is_no_film_of_this(store):
    made_of = ingredients(SHOT)
    for about in (
        About(SHOT.entry.id, replace(SHOT.profile, fps=30).as_dict(), made_of),
        About("inversion", SHOT.profile.as_dict(), made_of),
    ):
        keep(store, "0" * 64, b"film", about=about)
        assert why(SHOT, store) == ["cancellation at 90p15 has not been filmed"]


def test_a_film_of_what_is_there_now_is_up_to_date(store):
    film(store, ingredients(SHOT))
    assert why(SHOT, store) == ["cancellation at 90p15 is up to date"]


def test_what_has_changed_since_is_named_file_by_file_word_by_word_and_version_by_version(
    store, monkeypatch
):
    made_of = ingredients(SHOT)
    old = {**made_of, "scenes/equation.py": "0" * 64, "manim (library)": "0.21.0"}
    film(store, {**old, "scenes/gone.py": "1" * 64})
    tables = prints._all_narration("en")
    own = {**tables["scenes"]["cancellation"], "title": "Another"}
    changed = {**tables, "scenes": {**tables["scenes"], "cancellation": own}}
    monkeypatch.setattr(prints, "_all_narration", lambda language: changed)
    assert why(SHOT, store) == [
        "cancellation at 90p15 is not up to date; since it was filmed,",
        f"  manim (library) has changed: 0.21.0 → {made_of['manim (library)']}",
        "  narration scenes.cancellation.title has changed",
        "  scenes/equation.py has changed",
        "  scenes/gone.py is gone",
    ]


def test_the_film_it_is_compared_with_is_the_one_last_used(store):
    made_of = ingredients(SHOT)
    film(store, {**made_of, "scenes/old.py": "0" * 64})
    film(store, {**made_of, "scenes/new.py": "0" * 64})
    (older,) = (k.key for k in store.kept() if "scenes/old.py" in k.about.made_of)
    os.utime(store.root / "shots" / older, (0, 0))
    assert why(SHOT, store)[1:] == ["  scenes/new.py is gone"]


def test_the_summary_counts_what_shots_share_once(store):
    keep(store, "a" * 64, b"x" * 5000, scene="one", days=3)
    alone = summary(store)
    keep(store, "b" * 64, b"x" * 5000, b"y" * 100, scene="one")
    assert alone.startswith(f"1 film of 1 scene in {store.root}, 5.1 kB")
    assert summary(store).startswith(f"2 films of 1 scene in {store.root}, 5.5 kB")
    assert summary(store).endswith("the one longest unused for 3 days")


def test_the_summary_of_an_empty_store(tmp_path):
    assert summary(Store(tmp_path)) == f"No films in {tmp_path}"


def keys(store):
    return {kept.key[0] for kept in store.kept()}


def objects(store):
    return [path.read_bytes()[:1] for path in store.root.glob("objects/*/*") if path.is_file()]


def test_films_that_nobody_used_for_long_go_with_their_files(store):
    keep(store, "a" * 64, b"a" * 500, b"both", days=9)
    keep(store, "b" * 64, b"b" * 500, b"both", days=1)
    assert prune(store, days=5).startswith("Dropped 1 film, ")
    assert keys(store) == {"b"}
    assert sorted(objects(store)) == [b"b", b"b", b"{"]
    assert store.get("b" * 64) is not None


def test_of_films_that_take_too_much_those_longest_unused_go(store):
    for key, days in (("a", 1), ("b", 3), ("c", 2)):
        keep(store, key * 64, key.encode() * 1000, days=days)
    prune(store, size=2500)
    assert keys(store) == {"a", "c"}
    prune(store, size=0)
    assert keys(store) == set()
    assert objects(store) == []


def test_asking_for_a_film_is_using_it(store):
    keep(store, "a" * 64, b"a" * 1000, days=9)
    keep(store, "b" * 64, b"b" * 1000, days=1)
    store.get("a" * 64)
    prune(store, size=1500)
    assert keys(store) == {"a"}


def test_what_a_kill_left_between_two_files_goes_too(store):
    keep(store, "a" * 64, b"a")
    (store.root / "shots" / ".half.part").write_bytes(b"half")
    stray = store.root / "objects" / "ab" / "stray"
    stray.parent.mkdir()
    stray.write_bytes(b"stray")
    prune(store, days=1)
    assert keys(store) == {"a"}
    assert not stray.exists()
    assert not (store.root / "shots" / ".half.part").exists()
