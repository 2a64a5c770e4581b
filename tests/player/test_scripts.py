"""The scripts are small, their types hold, and README says what there is to use."""

from __future__ import annotations

import gzip
import json
import re
import shutil

import pytest

from pipeline.pages import PLAYER
from pipeline.places import ROOT
from tests.player.node import MODULES, esbuild, tsc

SCRIPTS = sorted(PLAYER.glob("*.js"))
ELEMENTS = [script.stem for script in SCRIPTS]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def source(element):
    return (PLAYER / f"{element}.js").read_text(encoding="utf-8")


# Size, types, dependencies


@pytest.mark.parametrize("script", SCRIPTS, ids=ELEMENTS)
def test_a_script_is_small_as_it_stands_and_smaller_minified(script):
    whole = len(gzip.compress(script.read_bytes(), 9))
    minified = len(gzip.compress(esbuild(script, "--minify"), 9))
    assert minified < whole < 12_000


def test_the_types_of_the_scripts_hold():
    told, status = tsc("-p", PLAYER / "jsconfig.json")
    assert (told.decode(), status) == ("", 0)


def test_a_wrong_type_would_be_found(tmp_path):
    shutil.copy(PLAYER / "jsconfig.json", tmp_path)
    text = source("lesson-steps").replace("id: section.id,", "id: section.childElementCount,")
    (tmp_path / "lesson-steps.js").write_text(text, encoding="utf-8")
    told, status = tsc("-p", tmp_path / "jsconfig.json")
    assert status != 0
    assert b"Type 'number' is not assignable to type 'string'" in told


@pytest.mark.parametrize("element", ELEMENTS)
def test_a_script_is_classic_and_loads_nothing(element):
    assert not re.search(r"\b(import|export|require|fetch|XMLHttpRequest|eval)\b", source(element))


def test_npm_installed_what_is_locked_and_the_lock_names_no_registry():
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [entry["resolved"] for entry in locked.values() if "resolved" in entry] == [
        "examples/react"
    ]
    if not MODULES.is_dir():
        pytest.skip("node_modules is not there: tools/setup.sh test makes it")
    for place, entry in locked.items():
        if place.startswith("node_modules/") and not {"link", "optional"} & entry.keys():
            installed = json.loads((ROOT / place / "package.json").read_text(encoding="utf-8"))
            assert installed["version"] == entry["version"], place


# What README says


def documented(element):
    """The words in code type of each row of an element's table in README, by the row's name."""
    table = README.partition(f"**`<{element}>`**")[2].partition("\n\n**")[0]
    rows = re.findall(r"^\| ([a-z][^|]*) \| (.*) \|$", table, re.MULTILINE)
    return {name.split(",")[0]: set(re.findall(r"`([\w←→-]+)", text)) for name, text in rows}


LISTENING = """window.read = [];
for (const method of ["getAttribute", "hasAttribute", "toggleAttribute"]) {
    const own = Element.prototype[method];
    Element.prototype[method] = function (name, ...rest) {
        read.push([this.localName, name]);
        return own.call(this, name, ...rest);
    };
}"""


@pytest.mark.parametrize("element", ELEMENTS)
def test_readme_names_every_attribute(element, open_page, server):
    page = open_page("about:blank")
    page.add_init_script(LISTENING)
    page.goto(f"{server}/index.html")
    page.wait_for_function(
        "(name) => document.querySelector(name).shadowRoot.childElementCount", arg=element
    )
    asked = {name for host, name in page.evaluate("read") if host == element}
    asked |= set(re.findall(r'text\(this, "([a-z]+)"', source(element)))  # some only now and then
    styled = set(re.findall(r":host\(\[([a-z]+)", source(element))) - {"hidden"}
    assert documented(element)["attributes"] == asked | styled


@pytest.mark.parametrize("element", ELEMENTS)
def test_readme_names_every_event(element):
    assert documented(element)["events"] == set(
        re.findall(r'new CustomEvent\("([a-z-]+)"', source(element))
    )


@pytest.mark.parametrize("element", ELEMENTS)
def test_readme_names_every_method_and_property(element, open_page, server):
    page = open_page(f"{server}/index.html")
    offered = page.evaluate(
        "(name) => Object.getOwnPropertyNames(customElements.get(name).prototype)", element
    )
    told = documented(element)
    named = told.get("methods", set()) | told.get("properties", set())
    assert named == set(offered) - {"constructor", "connectedCallback", "disconnectedCallback"}


@pytest.mark.parametrize("element", ELEMENTS)
def test_readme_names_every_part(element, open_page, server):
    page = open_page(f"{server}/index.html")
    parts = page.locator(element).evaluate(
        """(host) => [...host.shadowRoot.querySelectorAll("[part]")].flatMap((x) => [...x.part])"""
    )
    assert documented(element)["parts"] == set(parts)


def test_readme_names_every_key():
    keys = source("lesson-steps").partition("const keys = {")[2].partition("};")[0]
    known = {name.strip() for name in re.findall(r"^ +(\w+): \(\)", keys, re.MULTILINE)}
    arrows = {"←": "ArrowLeft", "→": "ArrowRight"}
    assert {arrows.get(key, key) for key in documented("lesson-steps")["keys"]} == known


def test_readme_names_every_custom_property_and_the_stylesheet_sets_them(dist):
    told = README.partition("Custom properties of both")[2].partition("\n\n")[0]
    used = {name for each in ELEMENTS for name in re.findall(r"var\(--([a-z]+)", source(each))}
    assert set(re.findall(r"`--([a-z]+)`", told)) == used
    for name in ("lesson.css", "embed.css"):
        sheet = (dist / name).read_text(encoding="utf-8")
        assert used <= set(re.findall(r"--([a-z]+):", sheet))
