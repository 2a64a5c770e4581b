"""`render.py serve` gives the lesson out, and keeps it and the page that shows it up to date."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from click.testing import CliRunner

import render
from pipeline.engine import film_all
from pipeline.places import ROOT
from pipeline.profile import Profile
from pipeline.progress import reporting
from pipeline.serve.building import _shot
from pipeline.shots import Shot
from pipeline.store import Store
from tests.pipeline.tiny import OTHER, TINY

ROOMS = ("dpo_math", "scenes", "pipeline", "assets")
CATALOGUE = """
SCENES = (
    SceneEntry("tiny", "scenes.tiny", "Tiny", 1),
    SceneEntry("other", "scenes.other", "Other", None),
)
"""
SCRIPT = b"/.serve/reload.js"


class Bench:
    """A small project, and `render.py serve` at work in it."""

    def __init__(self, home: Path) -> None:
        self.tree, self.dist, self.log = home / "tree", home / "tree" / "dist", home / "log"
        unneeded = shutil.ignore_patterns("__pycache__", "goldens")
        for room in ROOMS:
            shutil.copytree(ROOT / room, self.tree / room, ignore=unneeded)
        shutil.copy(ROOT / "render.py", self.tree)
        for name in ("tiny", "other"):
            shutil.copy(ROOT / "tests/pipeline/tiny.py", self.tree / "scenes" / f"{name}.py")
        with (self.tree / "scenes/catalogue.py").open("a") as catalogue:
            catalogue.write(CATALOGUE)

    def start(self, *arguments):
        command = [sys.executable, "render.py", "serve", "--no-open", "--port", "0", *arguments]
        surroundings = os.environ | {"LESSON_FILMS_CACHE": str(self.tree / ".cache")}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.tree,
                env=surroundings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.said = [self.process.stdout.readline() for _ in range(2)]
        self.address = self.said[1].strip()
        return self

    @property
    def place(self):
        address = urlsplit(self.address)
        return address.hostname, address.port

    @contextmanager
    def asked(self, path, headers):
        """The answer to a request, while its connection lasts."""
        with closing(http.client.HTTPConnection(*self.place, timeout=60)) as connection:
            connection.request("GET", path, headers=headers)
            with connection.getresponse() as answer:
                yield answer

    def get(self, path="/", **fields):
        """The answer, with its whole body in ``data``."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        with self.asked(path, headers) as answer:
            answer.data = answer.read()
        return answer

    def settled(self, *, after=None):
        """The news when nothing is being filmed, and the edition is another than ``after``."""
        with self.asked("/.serve/news", {}) as answer:
            lines = (line for line in answer if line.startswith(b"data: "))
            told = (json.loads(line.removeprefix(b"data: ")) for line in lines)
            settled = (news for news in told if not news["filming"])
            return next(news for news in settled if news["problems"] or news["edition"] != after)

    def edit(self, name, old, new):
        """Change a source; what is told on the terminal until the lesson is made again."""
        before, told = self.settled(), len(self.log.read_text())
        path = self.tree / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        news = self.settled(after=before["edition"])
        return news, self.log.read_text()[told:]

    def mend(self, name, bad, good):
        """Take a mistake out of a source, and wait until nothing is wrong."""
        path = self.tree / name
        path.write_text(path.read_text(encoding="utf-8").replace(bad, good), encoding="utf-8")
        deadline = time.monotonic() + 60
        while self.settled()["problems"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def films(self):
        manifest = json.loads((self.dist / "manifest.json").read_text(encoding="utf-8"))
        return {scene["id"]: scene["film"]["sha256"] for scene in manifest["scenes"]}

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.rest, _ = self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("bench")).start()
    try:
        bench.first = bench.get()
        bench.settled()
        yield bench
    finally:
        if bench.process.poll() is None:
            bench.stop()


def test_it_answers_before_the_first_film_is_there(bench):
    assert bench.said[0].startswith(f"Serving {bench.dist}")
    assert bench.address.startswith("http://127.0.0.1:")
    assert bench.first.status == 200
    assert b"is being filmed" in bench.first.data
    assert SCRIPT in bench.first.data


def test_a_lesson_not_yet_there_is_filmed_at_preview_quality(bench):
    manifest = json.loads(bench.get("/manifest.json").data)
    sizes = [(s["profile"]["height"], s["profile"]["fps"]) for s in manifest["scenes"]]
    assert sizes == [(480, 15), (480, 15)]


def test_the_script_that_reloads_is_in_the_page_sent_and_not_in_the_lesson(bench):
    page = (bench.dist / "index.html").read_bytes()
    sent = bench.get().data
    assert sent.startswith(page)
    assert SCRIPT in sent
    assert bench.get("/element.html").data == (bench.dist / "element.html").read_bytes()
    for path in bench.dist.rglob("*"):
        assert path.is_dir() or SCRIPT not in path.read_bytes(), path


FILM = "/films/tiny.mp4"


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=7-7", slice(7, 8)),
        ("bytes=0-999999999", slice(0, None)),
    ],
)
def test_a_part_of_a_film_is_given_out(bench, wanted, part):
    whole = (bench.dist / FILM[1:]).read_bytes()
    answer = bench.get(FILM, Range=wanted)
    assert (answer.status, answer.data) == (206, whole[part])
    first, last, _ = part.indices(len(whole))
    assert answer.headers["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    assert answer.headers["Content-Type"] == "video/mp4"


def test_a_part_beyond_the_end_is_refused(bench):
    size = (bench.dist / FILM[1:]).stat().st_size
    answer = bench.get(FILM, Range=f"bytes={size}-")
    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_a_part_of_a_film_that_has_changed_is_the_whole(bench):
    tag = bench.get(FILM).headers["ETag"]
    assert bench.get(FILM, Range="bytes=0-9", If_Range=tag).status == 206
    changed = bench.get(FILM, Range="bytes=0-9", If_Range='"another"')
    assert (changed.status, len(changed.data)) == (200, (bench.dist / FILM[1:]).stat().st_size)


def test_a_file_is_asked_for_again_and_sent_only_if_it_has_changed(bench):
    answer = bench.get(FILM)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert bench.get(FILM, If_None_Match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/../render.py",
        "/%2e%2e/render.py",
        "/..%2frender.py",
        "/films/../../render.py",
        "/films/..%5c..%5crender.py",
        "//etc/hostname",
        "/%2fetc/hostname",
        "/link",
        "/films",
        "/nowhere",
        "/%00",
    ],
)
def test_nothing_outside_the_lesson_is_given_out(bench, path):
    link = bench.dist / "link"
    if not link.is_symlink():
        link.symlink_to(bench.tree / "render.py")
    assert bench.get(path).status == 404


def test_it_answers_for_no_other_name_than_this_machines(bench):
    assert bench.get(Host="lesson.example").status == 400


def test_a_changed_scene_is_filmed_again_and_no_other(bench):
    before = bench.films()
    news, told = bench.edit("scenes/tiny.py", "#74B9FF", "#FF74B9")
    assert news["problems"] == []
    assert told.startswith("Filming tiny\n")
    after = bench.films()
    assert after["tiny"] != before["tiny"]
    assert after["other"] == before["other"]
    assert bench.get("/films/tiny.mp4").data == (bench.dist / "films/tiny.mp4").read_bytes()


def test_a_changed_player_is_sent_without_filming(bench):
    _, told = bench.edit("assets/player/lesson-steps.js", '"use strict";', '"use strict"; // new')
    assert told == ""
    assert b"// new" in bench.get("/lesson-steps.js").data


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("animate.shift(3", "animate.shfit(3", "tiny, after beat 'appear': scenes/tiny.py:"),
        ("COLOURS = {", "COLOURS = COLORS or {", "tiny: scenes/tiny.py:14: NameError"),
        ("class Tiny(TinyScene):", "class Tiny(TinyScene:", "scenes/tiny.py:"),
    ],
)
def test_a_scene_that_fails_is_told_and_ends_nothing(bench, good, bad, words):
    page = (bench.dist / "index.html").read_bytes()
    news, told = bench.edit("scenes/tiny.py", good, bad)
    assert len(news["problems"]) == 1
    assert words in news["problems"][0]
    assert news["problems"][0] in told
    assert "Traceback" not in told
    assert bench.get().data.startswith(page)
    bench.mend("scenes/tiny.py", bad, good)


def test_the_open_page_follows_and_stays_at_its_line(bench, browser):
    page = browser.new_page()
    page.goto(bench.address)
    page.evaluate("document.querySelector('lesson-steps').goTo('tiny.part')")
    bench.edit("scenes/tiny.py", "A square appears.", "A square comes.")
    page.get_by_text("A square comes.").first.wait_for(state="attached")
    page.wait_for_function("document.querySelector('lesson-steps').current?.id === 'tiny.part'")
    news, _ = bench.edit("scenes/other.py", "FadeIn(Circle()", "FadeIn(Circel()")
    page.get_by_text("NameError").wait_for()
    assert news["problems"][0] in page.get_by_role("status").last.inner_text()
    bench.mend("scenes/other.py", "Circel", "Circle")
    page.get_by_text("NameError").wait_for(state="detached", timeout=60_000)
    page.close()


def test_ctrl_c_leaves_nothing_running(bench):
    """Neither films in the making, nor a page that listens, nor one that is slow to take a film."""
    (bench.dist / "large").write_bytes(bytes(50_000_000))
    clients = [socket.create_connection(bench.place) for _ in range(2)]
    for client, path in zip(clients, ("/.serve/news", "/large"), strict=True):
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    tiny = bench.tree / "scenes/tiny.py"
    tiny.write_text(
        tiny.read_text().replace("shift(3 * LEFT), rest=30", "shift(LEFT), move=90_000")
    )
    deadline = time.monotonic() + 30
    while len(family := psutil.Process(bench.process.pid).children(recursive=True)) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert bench.stop() == 0
    _, alive = psutil.wait_procs(family, 5)
    assert alive == []
    for client in clients:
        client.close()
    assert bench.rest.splitlines()[-1].endswith("the page is up to date")
    assert "leaked" not in bench.log.read_text()
    assert "Traceback" not in bench.log.read_text()


# What it does without a server


def run(*arguments):
    return CliRunner().invoke(render.cli, ["serve", *map(str, arguments)])


def test_a_port_that_is_taken_is_one_line_and_status_2(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--no-open", "-o", tmp_path / "dist", "--port", port)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert f"port {port}: Address already in use; choose another one" in done.stderr


def test_a_directory_that_is_not_a_lesson_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = run("--no-open", "-o", tmp_path)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "holds something other than a lesson" in done.stderr


@pytest.mark.parametrize(("option", "opened"), [([], ["http://here/"]), (["--no-open"], [])])
def test_the_page_is_opened_unless_that_is_not_wanted(tmp_path, monkeypatch, option, opened):
    launched = []
    monkeypatch.setattr("click.launch", lambda address: launched.append(address) or 0)
    monkeypatch.setattr("pipeline.serve.serve", lambda dist, *, ready, **_: ready("http://here/"))
    done = run(*option, "-o", tmp_path / "dist")
    assert (done.exit_code, launched) == (0, opened)
    assert done.stdout.splitlines()[-1] == "http://here/"


def test_a_film_of_better_quality_stays_while_it_is_up_to_date(tmp_path):
    store, large = Store(tmp_path), Profile(320, 180, 15)
    with store.opened(), reporting("none") as report:
        film_all([Shot(TINY, large)], store, report)
    assert _shot(TINY, large, "l", store).profile == large
    assert _shot(OTHER, large, "l", store).profile == Profile(854, 480, 15)
