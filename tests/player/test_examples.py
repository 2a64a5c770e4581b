"""The examples of embedding work as they stand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from pipeline.places import ROOT
from tests.player.conftest import STRICT, serving
from tests.player.node import esbuild

EXAMPLES = ROOT / "examples"


@pytest.fixture
def copy(dist, tmp_path):
    return shutil.copytree(dist, tmp_path / "dist")


def test_the_player_in_a_markdown_page(open_page, copy):
    build = EXAMPLES / "markdown" / "build.py"
    subprocess.run([sys.executable, build, copy], check=True, capture_output=True)
    with serving(copy) as address:
        page = open_page(f"{address}/markdown.html")
        player = page.locator("lesson-steps")
        assert player.locator("xpath=./section").count() == 2
        assert page.locator("em").inner_text() == "emphasis"
        player.get_by_role("button", name="Next").click()
        assert player.evaluate("(player) => player.current.id") == "tiny.part"
        page.context.close()


def test_the_player_in_a_react_page(open_page, copy):
    react = EXAMPLES / "react"
    shutil.copy(react / "index.html", copy)
    scripts = json.loads((react / "package.json").read_text(encoding="utf-8"))["scripts"]
    _, script, *options = scripts["build"].replace("--outdir=.", f"--outdir={copy}").split()
    esbuild(react / script, *options)
    with serving(copy, policy=STRICT + "; connect-src 'self'") as address:
        page = open_page(f"{address}/index.html")
        player = page.locator("lesson-steps")
        player.get_by_role("button", name="Next").click()
        page.wait_for_function("() => document.querySelector('#line').innerText === 'tiny.part'")
        assert player.evaluate("(player) => player.current.id") == "tiny.part"
        page.get_by_role("button", name="Close").click()
        assert player.count() == 0
        page.get_by_role("button", name="Open").click()
        player.get_by_role("button", name="Next").wait_for()
        page.context.close()
