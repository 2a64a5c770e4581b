"""The reader: TeX as people write it becomes the tree that our own printer prints."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from dpo_math import notation as n
from dpo_math.derivation import LINES
from dpo_math.printers import tex
from dpo_math.reader import CannotRead, definitions, read, read_tree

CLOSED_FORM = read_tree(r"\pi^*(y \mid x) = \frac{1}{Z(x)} \pi_{\mathrm{ref}}(y \mid x) e^{r(x,y)}")
OBJECTIVE = read_tree(
    r"\max_\pi \mathbb{E}_{x \sim \mathcal{D}, y \sim \pi(y\mid x)}[r(x,y)]"
    r" - \beta\,\mathrm{KL}(\pi \,\|\, \pi_{\mathrm{ref}})"
)
LOSS = read_tree(
    r"-\mathbb{E}_{x, y_w, y_l \sim D}"
    r"[\log\sigma(\log\pi_\theta(y_w\mid x)-\log\pi_\theta(y_l\mid x))]"
)


@pytest.mark.parametrize("line", list(LINES), ids=lambda line: line.id)
def test_every_line_of_the_derivation_is_read_back_from_its_own_tex(line):
    assert read_tree(tex(line.tree)) == line.tree


@pytest.mark.parametrize(
    "spelling",
    [
        r"\pi^{*}(y|x)=\frac{1}{Z(x)}\pi_\text{ref}(y|x)e^{r(x,y)}",
        r"\pi^\ast(y\vert x) = \tfrac1{Z(x)}\,\pi_{ref}(y\vert x)\, e^{r(x, y)}.",
        r"\pi_r(y \mid x) = \dfrac{1}{Z(x)} \cdot \pi_0(y \mid x) \cdot e^{r(x,y)},",
        r"\pi_\star\left(y\,|\,x\right) = \frac{1}{Z} \pi^{SFT}\big(y\big|x\big) \exp\{r(x,y)\}",
        r"\boxed{\pi_{\theta}^{*}(y|x)=\frac{1}{Z(x)}\pi_{\rm ref}(y|x)\exp\!\left[r(x,y)\right]}",
        r"\pi^\star(y|x) &= \frac{1}{Z(x)} \pi_{\text {ref }}(y|x) exp(r(x,y)) \tag{4} \label{e}",
        r"π^*(y|x)=\frac{1}{Z(x)}\textcolor{red}{π_{\mathrm{SFT}}(y|x)}\operatorname{exp}(r(y,x))",
        r"\underbrace{\pi^*(y|x)}_{\text{$best$}}=\frac{1}{Z(x)}{\pi_\mathrm{ref}(y|x)}e^{r(x;y)}",
        r"\begin{equation}\pi^*(y|x)=\frac{1}{Z(x)}\pi_{\textrm{ref}}(y|x)e^{r(x,y)}\end{equation}",
    ],
)
def test_the_closed_form_is_one_tree_in_every_spelling(spelling):
    assert read_tree(spelling) == CLOSED_FORM


@pytest.mark.parametrize(
    "spelling",
    [
        r"\max_{\pi}\mathbf E_{x\sim D,\,y\sim\pi(y|x)}\big[r(x,y)\big]-\beta D_{KL}[\pi||\pi_0]",
        r"max_\pi E_{x \sim D, y \sim \pi(y|x)}[r(x,y)] - \beta \cdot KL(\pi || \pi_{ref})",
        r"\max\limits_\pi \mathbb E_{x\sim\mathcal D,y\sim\pi(y\vert x)} r(x,y)"
        r" - \beta\mathbb{D}_{\mathrm{KL}}\left(\pi \parallel \pi_0\right)",
        r"\text{maximize } \mathbb{E}_{x\sim D,y\sim\pi(y|x)}[r(x,y)]"
        r"- \beta\mathcal{D}_{\text{KL}}\Big(\pi \;\Big\|\; \pi_\text{ref}\Big)",
        r"\underset{\pi}{\max} E_{x~D, y~\pi(y|x)}[r(x,y)]"
        r"- \beta \mathbb{D}_{\rm KL}[\pi\mid\mid\pi_{ref}]",
        r"\max_\pi E_{x-D, y-\pi(y|x)}\bigl{[}r(x,y)\bigr{]}-\beta\text{KL}(\pi \middle\| \pi_0)",
    ],
)
def test_the_objective_is_one_tree_in_every_spelling(spelling):
    assert read_tree(spelling) == OBJECTIVE


@pytest.mark.parametrize(
    ("chosen", "rejected"),
    [
        ("y_w", "y_l"),
        ("y^+", "y^-"),
        ("y_{+}", "y_{-}"),
        ("y_c", "y_r"),
        ("y_w", r"y_\ell"),
        (r"y_{\text{chosen}}", r"y_{\mathrm{rejected}}"),
        ("y^{w}", "y^l"),
    ],
)
def test_chosen_and_rejected_are_two_responses_however_they_are_marked(chosen, rejected):
    spelled = (
        rf"-\mathbb{{E}}_{{(x, {chosen}, {rejected}) \sim \mathcal D}}"
        rf"[\ln \sigma(\ln \pi_\theta({chosen}|x) - \ln \pi_\theta({rejected}|x))]"
    )
    assert read_tree(spelled) == LOSS


def test_numbered_responses_keep_their_numbers():
    assert read_tree(r"p^*(y_1 \succ y_2 \mid x)") == n.Preference(
        n.Symbol("y_1"), n.Symbol("y_2"), n.Symbol("x")
    )
    assert read_tree("P(y_2 < y_1 | x)") == read_tree(r"p(y_1 \succ y_2 | x)")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("r", ""),
        ("r^*", "*"),
        (r"r_\phi", "phi"),
        (r"\hat r_\theta", "hat"),
        (r"\hat{r}_\theta", "hat"),
    ],
)
def test_rewards_are_told_apart_by_their_marks(spelling, name):
    assert read_tree(rf"{spelling}(x, y)") == n.Reward(name, n.Symbol("x"), n.Symbol("y"))


def test_a_chain_over_aligned_rows_is_one_statement_with_a_claim_for_each_relation():
    (statement,) = read(
        r"""\begin{aligned}
        \log \pi^*(y|x) &= \log \frac{\pi_\text{ref}(y|x)}{Z(x)} && \text{take logs} \\[4pt]
        &= \log \pi_\text{ref}(y|x) \\
        &\quad - \log Z(x) \notag
        \end{aligned}"""
    )
    assert len(statement.relations) == 2
    assert statement.relations[1].right == read_tree(r"\log\pi_{ref}(y|x) - \log Z(x)")


def test_stacked_rows_and_words_part_a_display_into_statements():
    found = read(
        r"Z(x) = \sum_y e^{r(x,y)}, \text{and so } r(x,y) = \log p(y|x) \\"
        r"\max_\pi \mathbb{E}[r(x,y)] \quad \text{s.t.} \quad \mathrm{KL}(\pi\|\pi_0) \le \epsilon"
    )
    assert [statement.lead for statement in found] == ["", "and so", "", "s.t."]
    assert found[3].signs == ("<=",)


def test_numbers_typed_behind_rows_are_no_factors():
    first, second = read(r"a = b (1)\\ \\ c = d (2)")
    assert first.sides == (n.Symbol("a"), n.Symbol("b"))
    assert second.sides == (n.Symbol("c"), n.Symbol("d"))


def test_a_row_that_starts_with_a_relation_after_a_blank_one_is_a_fragment():
    _, fragment = read(r"a = b \\ \\ = c")
    assert fragment.sides == (None, n.Symbol("c"))
    assert fragment.relations == ()


def test_signs_grouping_and_order_stay_as_written():
    tree = read_tree(r"-(a - b) + \left[c\right]")
    assert tex(tree) == "-(a - b) + (c)"
    assert tree != read_tree("b - a + c")


def test_max_takes_all_that_follows_and_a_sum_only_its_term():
    maximum = read_tree(r"\max_\pi a - b")
    assert isinstance(maximum, n.Extremum)
    assert maximum.body == read_tree("a - b")
    total = read_tree(r"\sum_y a - b")
    assert isinstance(total, n.Sum)


def test_a_bar_is_given_or_a_length_or_a_divergence_by_where_it_stands():
    assert isinstance(read_tree(r"\pi(y|x)"), n.Policy)
    assert read_tree(r"\frac{1}{|y_w|}") == n.Quotient(
        n.Number(1), n.Call("abs", (n.Symbol("y_w"),))
    )
    assert isinstance(read_tree(r"KL(p(y|x) || q(y|x))"), n.KL)


def test_macros_of_the_page_are_followed_with_their_arguments():
    macros = definitions(
        r"\newcommand{\piref}{\pi_{\mathrm{ref}}} \def\cond#1#2{\left(#1\,\middle|\,#2\right)}"
        r"\DeclareMathOperator*{\E}{\mathbb{E}}"
        r"\newcommand{\ratio}[2][\pi]{\frac{#1(#2|x)}{\piref(#2|x)}}"
    )
    assert read_tree(r"\piref\cond{y}{x}", macros) == read_tree(r"\pi_{ref}(y|x)")
    assert read_tree(r"\E_{y\sim\pi}[\ratio{y}]", macros) == read_tree(
        r"\mathbb{E}_{y\sim\pi}\left[\frac{\pi(y|x)}{\pi_{ref}(y|x)}\right]"
    )
    assert read_tree(r"\ratio[q]{y}", macros) == read_tree(r"\frac{q(y|x)}{\pi_0(y|x)}")


@pytest.mark.parametrize(
    ("formula", "what", "place"),
    [
        (r"r(x,y) = \foo(x)", r"cannot read \foo", (1, 10)),
        ("a = b\n  + \\frobnicate", r"cannot read \frobnicate", (2, 5)),
        (r"a / b c", "two ways", (1, 7)),
        (r"\log a b", "two ways", (1, 1)),
        (r"\log Z(x) / \beta", "two ways", (1, 11)),
        ("a + ", "breaks off", (1, 3)),
        ("a = = b", "nothing behind", (1, 3)),
        (r"(a + b", "never closed", (1, 1)),
        (r"(a + b]", "does not close", (1, 7)),
        (r"\frac{a}", "without its argument", (1, 1)),
        ("a_", "without its argument", (1, 2)),
        (r"{a", "never closed", (1, 1)),
        (r"a \cdot", "nothing beside", (1, 3)),
        (r"\mathbb{E}_{x}", "expectation of nothing", (1, 9)),
        ("r(x,y) = 权", "cannot read 权", (1, 10)),
        (r"\begin{tikzpicture}a\end{tikzpicture}", r"cannot read \begin{tikzpicture}", (1, 1)),
    ],
)
def test_what_cannot_be_read_is_named_with_line_and_column(formula, what, place):
    with pytest.raises(CannotRead) as caught:
        read(formula)
    assert what in str(caught.value)
    assert caught.value.place(formula) == place


HOSTILE = {
    "ten megabytes of braces": "'{' * 10_000_000",
    "braces in balance": "'{' * 5_000 + '}' * 5_000",
    "brackets in brackets": "'(' * 5_000 + ')' * 5_000",
    "fractions in fractions": r"'\\frac{1}{' * 1_500 + '1' + '}' * 1_500",
    "scripts on scripts": "'a_{' * 2_000 + 'b' + '}' * 2_000",
    "unary signs": "'a' + '+a' * 9_000",
    "a long product": "'a' * 20_000",
    "logs of logs": r"'\\log' * 4_900 + ' a'",
    "sums of sums": r"'\\sum_y ' * 2_500 + ' a'",
    "maxima of maxima": r"'\\max_y ' * 2_500 + ' a'",
    "gradients of gradients": r"'\\nabla_y ' * 2_000 + ' a'",
    "fonts in fonts": r"'\\mathbf' * 2_800 + ' a'",
    "rows": r"'a\\\\' * 6_000",
    "bars": "'|' * 20_000",
}


@pytest.mark.parametrize("formula", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_formula_is_read_or_refused_within_two_seconds_and_300_megabytes(formula):
    _within_limits(f"formula = {formula}\nmacros = {{}}")


@pytest.mark.parametrize(
    "page",
    [
        r"\def\a{\a}",
        r"\def\a{\a\a}",
        r"\def\a{\b\b\b}\def\b{\c\c\c}\def\c{\d\d\d}\def\d{\e\e\e}\def\e{\f\f\f}\def\f{\a}",
        r"\newcommand{\a}[1]{#1#1#1#1\a{#1#1}}",
        r"\def\a{" + "x" * 900 + r"\a}",
    ],
)
def test_macros_without_end_are_refused_within_the_same_limits(page):
    outcome = _within_limits(f"formula = r'\\a{{x}}'\nmacros = definitions(r'''{page}''')")
    assert "macros that do not end" in outcome


def _within_limits(setting: str) -> str:
    program = (
        "from dpo_math.reader import CannotRead, definitions, read\n"
        f"{setting}\n"
        "try:\n    read(formula, macros); print('read')\n"
        "except CannotRead as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        preexec_fn=_limit_resources,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
    resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))


def test_reading_needs_neither_sympy_nor_manim_nor_torch():
    program = "import sys, dpo_math.reader; print({'sympy', 'manim', 'torch'} & set(sys.modules))"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "set()\n"
