"""Make lesson.md a page in a lesson's directory: python examples/markdown/build.py dist"""

from __future__ import annotations

import sys
from pathlib import Path

from markdown_it import MarkdownIt

SOURCE = Path(__file__).with_name("lesson.md")
HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page in Markdown</title>
<link rel="stylesheet" href="embed.css">
<script src="lesson-steps.js"></script>
"""


def build(dist: Path) -> Path:
    """Write ``markdown.html`` beside the lesson it shows."""
    element = (dist / "element.html").read_text(encoding="utf-8")
    text = SOURCE.read_text(encoding="utf-8").replace("<!-- element.html -->", element)
    page = dist / "markdown.html"
    page.write_text(HEAD + MarkdownIt("commonmark").render(text), encoding="utf-8")
    return page


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
