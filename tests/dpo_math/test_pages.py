"""Formulas are found in every kind of page, at their line and column, and nowhere else."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from dpo_math.pages import PageError, page, read_page


def found(text: str, kind: str) -> list[tuple[tuple[int, int], str]]:
    """Position and TeX of each formula."""
    one = page("page", text, kind)
    return [(one.position(formula.offset(0)), formula.tex) for formula in one.formulas]


MARKDOWN = r"""---
title: $front$
---
It costs $5 and $6; `code $in_code$`, then $a_1$, \$, \(b_1\), \\(c_1\\) and $`d_1`$.
> quoted $$
> e > f
>   = g
> $$
```math
h_1
```
```python
x = "$not_1$"
```
\begin{align} i &= j \end{align}
<!-- $hidden_1$ --> $$k_1$$ $$
\frac12
>
3
$$
"""


def test_markdown_gives_its_formulas_and_not_its_code_comments_or_prices():
    assert found(MARKDOWN, "markdown") == [
        ((4, 45), "a_1"),
        ((4, 57), "b_1"),
        ((4, 67), "c_1"),
        ((4, 80), "d_1"),
        ((6, 3), "e > f\n= g"),
        ((10, 1), "h_1"),
        ((15, 1), r"\begin{align} i &= j \end{align}"),
        ((16, 23), "k_1"),
        ((17, 1), "\\frac12\n>\n3"),
    ]


def test_mdx_gives_no_formulas_out_of_its_imports_and_exports():
    text = "import x from '$a_1$'\n\nexport const y = `$b_1$`\n\nThen $c_1$.\n"
    assert found(text, "mdx") == [((5, 7), "c_1")]


def test_display_and_inline_formulas_are_told_apart():
    one = page("page", "$a$ $$b$$ \\(c\\) \\[d\\]\n\n\\begin{gather}e\\end{gather}", "markdown")
    assert [formula.display for formula in one.formulas] == [False, True, False, True, True]


def test_latex_gives_its_environments_and_not_comments_verbatim_or_macro_bodies():
    text = r"""% $comment_1$
\newcommand{\x}[1]{$#1$} for \$5, \verb|$verb_1$| and $a_1$
\begin{verbatim}
$verbatim_1$
\end{verbatim}
\begin{align*}
  b &= c % comment $
\end{align*}
\[ d_1 \]
"""
    positions, texts = zip(*found(text, "latex"), strict=True)
    assert positions == ((2, 56), (6, 1), (9, 4))
    assert [tex.split() for tex in texts] == [
        ["a_1"],
        [r"\begin{align*}", "b", "&=", "c", r"\end{align*}"],
        ["d_1"],
    ]


HTML = r"""<p>so &amp; \(a &lt; b_1\) <code>$x_1$</code>
<span class="katex"><math display="block"><semantics><mrow><mi>r</mi></mrow>
<annotation encoding="application/x-tex">r(x, y) &gt; \foo</annotation></semantics></math></span>
<script type="math/tex; mode=display">\pi_1</script><script>if(a<b){s="$a_1$"}</script>
<!-- $q_1$ -->$$z_1$$<style>$s_1$</style>"""


def test_html_gives_text_annotations_and_mathjax_scripts_at_their_own_places():
    one = page("page", HTML, "html")
    told = [(one.position(f.offset(0)), f.tex, f.display) for f in one.formulas]
    assert told == [
        ((1, 15), "a < b_1", False),
        ((3, 42), r"r(x, y) > \foo", True),
        ((4, 39), r"\pi_1", True),
        ((5, 17), "z_1", True),
    ]
    foo = one.formulas[1]
    assert one.position(foo.offset(foo.tex.index(r"\foo"))) == (3, 55)


@pytest.mark.parametrize("options", [{"indent": 1}, {"indent": 1, "ensure_ascii": False}, {}])
def test_a_notebook_gives_the_formulas_of_its_markdown_cells_where_the_file_has_them(options):
    cells = [
        {"cell_type": "code", "source": ["s = '$code_1$'\n"]},
        {"cell_type": "markdown", "source": ['# "Tïtle" 😀\n', "\n", "é $\\beta x_1$\n"]},
        {"cell_type": "markdown", "source": "one $r_w$"},
    ]
    text = json.dumps({"cells": cells}, **options)
    first, second = page("page", text, "notebook").formulas
    assert (first.tex, second.tex) == (r"\beta x_1", "r_w")
    assert text[first.offset(0) :].startswith(r"\\beta x_1$\n")
    assert text[first.offset(1) :].startswith(r"beta x_1$\n")
    assert text[second.offset(0) :].startswith("r_w$")


COPIED = """The reward rx depends, so
π(yx)=1Z(x)πref(yx)\\pi^*(y \\mid x) = \\frac{1}{Z(x)} \\pi_\\text{ref}(y \\mid x)

where Z(x)Z(x) is only of xx. In the reward model:

P(ywylx)=σ(r(x,yw)r(x,yl))P(y_w \\succ y_l \\mid x) = \\sigma(r(x, y_w) - r(x, y_l))

=βlogZ(x)αZ(x)= \\beta \\log Z(x) - \\alpha Z(x)

The βlogZ(x)\\beta \\log Z(x) (of π\\pi^*, it says) go; maxπEx,yπ[r]\\max_\\pi \\mathbb{E}_{x, y
\\sim \\pi}[r] and $a_1$ stay."""


def test_text_copied_from_a_browser_gives_the_tex_of_each_formula_that_stands_twice():
    assert found(COPIED, "text") == [
        ((2, 20), r"\pi^*(y \mid x) = \frac{1}{Z(x)} \pi_\text{ref}(y \mid x)"),
        ((6, 27), r"P(y_w \succ y_l \mid x) = \sigma(r(x, y_w) - r(x, y_l))"),
        ((8, 15), r"= \beta \log Z(x) - \alpha Z(x)"),
        ((10, 13), r"\beta \log Z(x)"),
        ((10, 34), r"\pi^*"),
        ((10, 66), "\\max_\\pi \\mathbb{E}_{x, y\n\\sim \\pi}[r]"),
        ((11, 19), "a_1"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("no.md", None, "No such file"),
        ("bytes.md", b"\xff\xfe$a$", "not UTF-8 (byte 0)"),
        ("big.md", b"a" * ((1 << 20) + 1), "more than 1 MB of text"),
        ("huge.ipynb", b" " * ((16 << 20) + 1), "files up to 16 MB are read"),
        ("list.ipynb", b"[]", "no list of cells"),
        ("broken.ipynb", b"{", "does not parse"),
        ("broken.html", b"<a " * 1000, "tags or more that are never closed"),
    ],
)
def test_a_page_that_cannot_be_looked_at_says_which_where_and_why(tmp_path, name, content, told):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PageError, match=str(path)) as caught:
        read_page(path)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


HOSTILE = {
    "ten megabytes of braces": ("markdown", "'{' * 10_000_000"),
    "braces between dollars": ("markdown", "'$$' + '{' * 1_000_000 + '$$'"),
    "dollars": ("markdown", "'$' * 1_000_000"),
    "dollars apart": ("markdown", "'$ ' * 500_000"),
    "openers": ("markdown", r"'\\(' * 500_000"),
    "environments never closed": ("latex", r"'\\begin{align}' * 70_000"),
    "verbatim never closed": ("latex", r"'\\begin{verbatim}' * 60_000"),
    "backticks": ("markdown", "''.join('`' * (i % 300) + 'a' for i in range(6_000))"),
    "comments": ("markdown", "'<!--' * 250_000"),
    "quotes": ("markdown", "'> $$\\n' + '> a\\n' * 200_000 + '> $$'"),
    "angles": ("html", "'<' * 4_000_000"),
    "tags": ("html", "'<p>' * 1_000_000"),
    "declarations": ("html", "'<!a' * 1_000_000"),
    "ampersands": ("html", "'&' * 4_000_000"),
    "lists": ("notebook", "'[' * 10_000_000"),
    "cells": ("notebook", "'{\"cells\": [' + '{},' * 1_000_000 + '{}]}'"),
    "escapes": (
        "notebook",
        '\'{"cells":[{"cell_type":"markdown","source":"\' + \'\\\\\\\\\' * 1_000_000 + \'"}]}\'',
    ),
    "commands": ("text", r"'\\a' * 500_000"),
    "twins": ("text", "'a_' * 500_000"),
    "letters": ("text", "'a' * 1_000_000 + '_'"),
    "far twins": ("text", "('ab' * 300 + '_') * 1_700"),
}


@pytest.mark.parametrize(("kind", "text"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_is_done_with_within_seconds_and_300_megabytes(kind, text):
    """A quiet machine takes one or two; what grows with the square of a page would take hours."""
    program = (
        "from dpo_math.pages import PageError, page\n"
        "from dpo_math.reader import CannotRead, definitions, read\n"
        f"text = {text}\n"
        "macros = definitions(text)\n"
        "try:\n"
        f"    formulas = page('page', text, {kind!r}).formulas\n"
        "except PageError:\n"
        "    formulas = ()\n"
        "for formula in formulas:\n"
        "    try:\n        read(formula.tex, macros)\n"
        "    except CannotRead:\n        pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        preexec_fn=_limit_resources,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]


SECONDS = 12  # of processor, for a machine with much else to do


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
