"""The store gives back what was put into it, or says that it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import BadInput
from pipeline.fingerprint import digest
from pipeline.places import ROOT
from pipeline.store import BUSY, OTHER_VERSION, About, Damaged, Store

KEY = "0" * 64
ABOUT = About("tiny", {"fps": 15}, {"scenes/tiny.py": "1" * 64})


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "cache")
    with store.opened():
        yield store


def put(store: Store, **contents: bytes) -> dict[str, Path]:
    work = store.scratch()
    for name, data in contents.items():
        (work / name).write_bytes(data)
    return store.put(KEY, {name: work / name for name in contents}, ABOUT)


def test_what_was_put_in_comes_out(store):
    put(store, film=b"moving", still=b"still")
    found = store.get(KEY)
    assert {name: path.read_bytes() for name, path in found.items()} == {
        "film": b"moving",
        "still": b"still",
    }


def test_what_was_never_put_in_is_not_there(store):
    assert store.get(KEY) is None


def test_the_same_bytes_are_kept_once(store):
    kept = put(store, film=b"same", still=b"same")
    assert kept["film"] == kept["still"]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


HARMS = [
    (victim, harm)
    for victim in ("film", "list", "name")
    for harm in (flip, truncate, Path.unlink)
    if (victim, harm) != ("name", Path.unlink)  # without its name, a shot was never put in
]


@pytest.mark.parametrize(("victim", "harm"), HARMS)
def test_damage_is_noticed_once_and_then_the_shot_is_gone(store, victim, harm):
    kept = put(store, film=b"moving", still=b"still")
    name = store.root / "shots" / KEY
    address = name.read_text()
    listed = store.root / "objects" / address[:2] / address[2:]
    harm({"film": kept["film"], "list": listed, "name": name}[victim])
    with pytest.raises(Damaged):
        store.get(KEY)
    assert store.get(KEY) is None


def test_a_damaged_name_cannot_make_the_store_touch_files_elsewhere(store, tmp_path):
    put(store, film=b"moving")
    bystander = tmp_path / "bystander"
    bystander.write_text("untouched")
    (store.root / "shots" / KEY).write_text("../../../bystander")
    with pytest.raises(Damaged, match="no digest"):
        store.get(KEY)
    assert bystander.read_text() == "untouched"


def test_what_a_killed_command_was_working_on_is_cleared_away(tmp_path):
    store = Store(tmp_path)
    with store.opened():
        left = store.scratch() / "half"
        left.write_bytes(b"half a film")
        saved = left.parent.rename(tmp_path / "saved")
    (tmp_path / "work").mkdir()
    saved.rename(tmp_path / "work" / "left")
    with store.opened():
        assert not (tmp_path / "work").exists()


def test_a_store_that_another_version_wrote_is_begun_anew_and_that_is_said(tmp_path):
    store, told = Store(tmp_path), []
    with store.opened(told.append):
        put(store, film=b"moving")
    (tmp_path / "version").write_text("1")
    (tmp_path / "tests").mkdir()
    with store.opened(told.append):
        assert store.get(KEY) is None
        put(store, film=b"moving")
    with store.opened(told.append):
        assert store.get(KEY)
    assert told == [OTHER_VERSION.format(tmp_path)]
    assert (tmp_path / "tests").exists()  # what is none of the store's


def test_a_store_from_before_there_were_versions_is_another_versions(tmp_path):
    (tmp_path / "shots").mkdir()
    told = []
    with Store(tmp_path).opened(told.append):
        pass
    assert len(told) == 1


def test_a_record_of_an_unknown_form_is_damage_and_listed_as_no_film(store):
    put(store, film=b"moving")
    for record in (b"[]", b"{}", b'{"files": 1}', b'{"files": {"film": 2}}', b"no JSON"):
        store.put("1" * 64, {"record": record}, ABOUT)
        name = store.root / "shots" / ("1" * 64)
        name.write_text(digest(record))
        assert [kept.key for kept in store.kept()] == [KEY]
        with pytest.raises(Damaged):
            store.get("1" * 64)


def test_what_a_shot_was_made_of_is_kept_beside_it(store):
    put(store, film=b"moving", still=b"still")
    (kept,) = store.kept()
    assert (kept.key, kept.about) == (KEY, ABOUT)
    assert sorted(kept.files.values())[:2] == [5, 6]


def test_what_is_given_as_bytes_is_kept_as_what_is_given_as_a_file(store):
    moved = put(store, film=b"moving")["film"]
    written = store.put("1" * 64, {"film": b"moving"}, ABOUT)["film"]
    assert moved == written


def test_a_place_where_nothing_can_be_written_is_one_line_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput) as caught, Store(tmp_path / "file" / "cache").opened():
        pass
    told = f"the store {tmp_path}/file/cache cannot be written: Not a directory; set LESSON_FILMS_"
    assert str(caught.value).startswith(told)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_may_only_be_read_is_one_line_with_what_to_do(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(BadInput, match="Permission denied"), Store(tmp_path).opened():
        pass


def test_a_second_command_waits_for_the_first_and_says_so(tmp_path):
    script = (
        "import sys; from pathlib import Path; from pipeline.store import Store\n"
        "with Store(Path(sys.argv[1])).opened(lambda text: print(text, flush=True)):\n"
        "    print('in', flush=True)"
    )
    with Store(tmp_path).opened():
        second = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout.readline() == f"{BUSY}\n"
        assert second.poll() is None
    assert second.communicate(timeout=30)[0] == "in\n"
