"""TeX, MathML, Typst and speech: each construct as it is written, and every line in all of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from dpo_math import notation as n
from dpo_math.derivation import LINES
from dpo_math.printers import mathml, spoken, tex, typst

X, Y, BETA, W, L = (n.Symbol(name) for name in ("x", "y", "beta", "y_w", "y_l"))
Z = n.Partition(X)
PI, REF = (n.Policy(n.Model(name), Y, X) for name in ("", "ref"))
RATIO = n.Quotient(PI, REF)
ONE = n.Number(1)


def minus(node):
    return n.Signed(True, node)


def plus(node):
    return n.Signed(False, node)


CASES = [
    (n.Symbol("x'"), "x'", "x prime"),
    (n.Symbol("y_w"), "y_w", "y w"),
    (n.Symbol("D"), r"\mathcal{D}", "the data"),
    (n.Decimal("0.29"), "0.29", "0.29"),
    (PI, r"\pi(y \mid x)", "pi of y given x"),
    (n.Model("tilde"), r"\tilde{\pi}", "pi tilde"),
    (n.Model("'"), r"\pi'", "pi prime"),
    (n.Policy(n.Model("*"), W, X), r"\pi^*(y_w \mid x)", "pi star of y w given x"),
    (n.Reward("hat", X, Y), r"\hat{r}_\theta(x, y)", "r hat theta of x and y"),
    (n.Reward("'", X, Y), "r'(x, y)", "r prime of x and y"),
    (
        n.Preference(W, L, X),
        r"P(y_w \succ y_l \mid x)",
        "the probability that y w is preferred to y l given x",
    ),
    (
        n.Sum((minus(n.Log(Z)), plus(BETA))),
        r"-\log Z(x) + \beta",
        "minus log Z of x, plus beta",
    ),
    (n.Product((BETA, n.Log(Z))), r"\beta \log Z(x)", "beta log Z of x"),
    (n.Product((BETA, ONE)), r"\beta \cdot 1", "beta times 1"),
    (
        n.Log(RATIO),
        r"\log \frac{\pi(y \mid x)}{\pi_{\mathrm{ref}}(y \mid x)}",
        "the log of the ratio of pi of y given x to pi ref of y given x",
    ),
    (
        n.Sigmoid(n.Sum((minus(n.Quotient(ONE, BETA)),))),
        r"\sigma\left( -\frac{1}{\beta} \right)",
        "sigma of the quantity minus 1 over beta, end quantity",
    ),
    (n.Power(BETA, n.Number(2)), r"{\beta}^{2}", "beta squared"),
    (n.BigSum(Y, PI), r"\sum_{y} \pi(y \mid x)", "the sum over y of pi of y given x"),
    (
        n.Expectation((n.Draw((Y,), PI),), n.Log(Z)),
        r"\mathbb{E}_{y \sim \pi(y \mid x)}[\log Z(x)]",
        "the mean, over y drawn from pi of y given x, of log Z of x",
    ),
    (
        n.KL(PI, REF),
        r"\mathrm{KL}(\pi(y \mid x) \,\|\, \pi_{\mathrm{ref}}(y \mid x))",
        "the KL divergence of pi of y given x from pi ref of y given x",
    ),
    (
        n.Extremum("argmax", n.Model(""), Z),
        r"\operatorname*{arg\,max}_{\pi} Z(x)",
        "the arg max, over pi, of Z of x",
    ),
    (
        n.Gradient(n.Symbol("theta"), n.Call("L", (n.Model("theta"), n.Model("ref")))),
        r"\nabla_{\theta} \mathcal{L}(\pi_\theta, \pi_{\mathrm{ref}})",
        "the gradient, with respect to theta, of the loss of pi theta and pi ref",
    ),
    (n.Relation(n.Log(Z), ">=", n.Number(0)), r"\log Z(x) \ge 0", "log Z of x is at least 0"),
]


@pytest.mark.parametrize(("tree", "written", "_said"), CASES, ids=[case[1] for case in CASES])
def test_tex_of_each_construct(tree, written, _said):
    assert tex(tree) == written


@pytest.mark.parametrize(("tree", "_written", "said"), CASES, ids=[case[1] for case in CASES])
def test_words_of_each_construct(tree, _written, said):
    assert spoken(tree) == said


MATH = "{http://www.w3.org/1998/Math/MathML}"
LETTERS = {"mi", "mn", "mo"}


def parts(tree):
    """Tag and text of what a browser draws, in order."""
    presentation = ET.fromstring(mathml(tree)).find(f"{MATH}semantics")[0]
    drawn = ((part.tag.removeprefix(MATH), part.text) for part in presentation.iter())
    return [(tag, text) for tag, text in drawn if text not in (None, "\u2061", "\u2062")]


def text(tree):
    return "".join(text for _, text in parts(tree))


@pytest.mark.parametrize(
    ("tree", "drawn"),
    [
        (n.Symbol("y_w"), "yw"),
        (n.Symbol("x'"), "x′"),
        (PI, "π(y∣x)"),
        (n.Policy(n.Model("*"), W, X), "π*(yw∣x)"),
        (n.Model("tilde"), "π~"),
        (n.Reward("hat", X, Y), "r^θ(x,y)"),
        (n.Preference(W, L, X), "P(yw≻yl∣x)"),
        (n.Sum((minus(n.Log(Z)), plus(BETA))), "−logZ(x)+β"),
        (RATIO, "π(y∣x)πref(y∣x)"),
        (n.Expectation((n.Draw((Y,), n.Symbol("D")),), Z), "𝔼y∼𝒟[Z(x)]"),
        (n.KL(PI, REF), "KL(π(y∣x)∥πref(y∣x))"),
        (n.Extremum("argmin", n.Model(""), Z), "arg minπZ(x)"),
        (n.Relation(Z, "propto", BETA), "Z(x)∝β"),
    ],
)
def test_mathml_draws_each_construct(tree, drawn):
    assert text(tree) == drawn


def test_mathml_tells_letters_numbers_and_operators_apart():
    line = n.Relation(n.Log(Z), ">=", n.Number(0))
    assert parts(line) == [
        ("mi", "log"), ("mi", "Z"), ("mo", "("), ("mi", "x"), ("mo", ")"), ("mo", "≥"), ("mn", "0"),
    ]  # fmt: skip


def test_mathml_brackets_grow_around_fractions_alone():
    tall, flat = (mathml(n.Group(body)) for body in (RATIO, n.Sum((plus(BETA), plus(Z)))))
    assert 'stretchy="true"' in tall
    assert 'stretchy="true"' not in flat


def test_mathml_carries_the_tex_for_whoever_copies_it():
    annotation = ET.fromstring(mathml(RATIO)).find(f".//{MATH}annotation")
    assert annotation.get("encoding") == "application/x-tex"
    assert annotation.text == tex(RATIO)


def test_mathml_stands_on_a_line_of_its_own_where_that_is_asked():
    assert ET.fromstring(mathml(Z, block=True)).get("display") == "block"
    assert ET.fromstring(mathml(Z)).get("display") is None


@pytest.mark.parametrize("line", list(LINES), ids=lambda line: line.id)
def test_every_line_is_printed_everywhere(line):
    root = ET.fromstring(mathml(line.tree, block=True))
    tags = {part.tag.removeprefix(MATH) for part in root.iter()}
    assert tags <= LETTERS | {
        "math", "semantics", "annotation", "mrow", "mfrac", "msub", "msup", "msubsup", "munder",
        "mover", "mspace",
    }  # fmt: skip
    assert tex(line.tree).count("{") == tex(line.tree).count("}")
    words = spoken(line.tree)
    assert re.fullmatch(r"[A-Za-z0-9 ,]+", words)
    assert words.count("the quantity") == words.count("end quantity")
    assert words.count("the fraction") == words.count("end fraction")


@pytest.mark.parametrize("line", list(LINES), ids=lambda line: line.id)
def test_labels_change_nothing_in_typst_but_add_a_place_for_each_key(line):
    labelled = typst(line.tree, label=lambda key, marks: f"⟨{key}⟩{marks}⟨/⟩")
    assert re.sub(r"⟨[^⟩]*⟩", "", labelled) == typst(line.tree)
    shown = set(re.findall(r"⟨(t\d+)⟩", labelled))
    assert shown <= {node.key for node in line.tree.walk()}


@pytest.mark.parametrize("printer", [tex, mathml, spoken, typst])
def test_a_construct_without_a_notation_is_an_error(printer):
    class Unknown(n.Node):
        pass

    with pytest.raises(n.NotationError, match="Unknown"):
        printer(Unknown())
