"""A cluster of separate processes films the same bytes as this one, and loses no shot."""

from __future__ import annotations

import os
import signal

import pytest
from distributed import Client, LocalCluster

from pipeline import cluster, stretches
from pipeline.engine import film_all
from pipeline.errors import BadInput
from pipeline.profile import Profile
from pipeline.shots import Shot
from pipeline.store import Store
from tests.pipeline.test_engine import Notes
from tests.pipeline.tiny import ENDLESS, LONG, RAISING, TINY

SMALL = Profile(160, 90, 15)
LENGTHY = Shot(LONG, Profile(320, 180, 60))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Two workers, on this machine's own network alone."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=tmp_path_factory.mktemp("dask"),
    ) as running:
        yield running


def film(store, shots, notes, **where):
    with store.opened():
        return film_all(shots, store, notes, **where)


def contents(takes):
    return [[path.read_bytes() for path in (take.video, *take.stills.values())] for take in takes]


def test_a_cluster_films_what_this_machine_films_and_tells_of_what_fails(
    running, tmp_path, monkeypatch
):
    shots, here, there = [Shot(RAISING, SMALL), Shot(TINY, SMALL), LENGTHY], Notes(), Notes()
    expected = contents(film(Store(tmp_path / "here"), shots, here))
    store, submitted = Store(tmp_path / "there"), []
    monkeypatch.setattr(stretches, "spoken_characters", lambda shot: [10] * 30)
    submit = cluster.Cluster.submit
    monkeypatch.setattr(
        cluster.Cluster,
        "submit",
        lambda self, part, _: submitted.append(part) or submit(self, part),
    )
    takes = film(store, shots, there, scheduler=running.scheduler_address)
    assert contents(takes) == expected
    assert all(take.video.is_relative_to(store.root) for take in takes)
    assert len(expected) == 2
    assert len(submitted) > len(shots), "nothing was filmed in stretches"
    assert there.failed == here.failed
    assert "in beat 'break'" in there.failed["raising"]
    assert 0 < there.frames[LENGTHY] <= takes[-1].film.frames


class KillingOne(Notes):
    """Kills the worker that films, when it first tells of its frames."""

    def __init__(self, client):
        super().__init__()
        self.client, self.killed = client, 0

    def advance(self, shot, frames):
        super().advance(shot, frames)
        if not self.killed:
            (busy,) = (address for address, tasks in self.client.processing().items() if tasks)
            self.killed = self.client.run(os.getpid, workers=[busy])[busy]
            os.kill(self.killed, signal.SIGKILL)


def test_a_shot_whose_worker_is_killed_is_begun_again_and_comes_out_the_same(running, tmp_path):
    expected = contents(film(Store(tmp_path / "here"), [LENGTHY], Notes()))
    address = running.scheduler_address
    with Client(address, set_as_default=False) as client:
        notes = KillingOne(client)
        takes = film(Store(tmp_path / "there"), [LENGTHY], notes, scheduler=address)
    assert contents(takes) == expected
    assert notes.killed


def test_a_worker_with_another_copy_of_the_project_is_refused_by_name(
    running, tmp_path, monkeypatch
):
    made_of = cluster.ingredients(Shot(TINY, SMALL))
    newer = {**made_of, "manim (library)": "0.0"}
    monkeypatch.setattr(cluster, "ingredients", lambda shot: newer)
    store, where = Store(tmp_path), {"scheduler": running.scheduler_address}
    with pytest.raises(BadInput, match=r"has another version .*: manim \(library\) has changed"):
        film(store, [Shot(TINY, SMALL)], Notes(), **where)
    assert not (tmp_path / "shots").exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_an_address_where_no_scheduler_answers_is_said_in_one_line(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECTING", 1)
    with pytest.raises(BadInput, match=f"no Dask scheduler answers at {address}") as caught:
        film(Store(tmp_path), [Shot(ENDLESS, SMALL)], Notes(), scheduler=address)
    assert "\n" not in str(caught.value)
