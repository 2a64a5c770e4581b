"""The TeX commands that the reader knows, by what they do. All else is an error."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


SPACES = words(
    """
    , ; : ! > / thinspace medspace thickspace negthinspace enspace nobreak allowbreak relax
    protect noindent strut null
    """
) | {" "}
"""Typesetting without meaning."""

GAPS = words("quad qquad")
"""Space wide enough to part two formulas."""

IGNORED = words(
    """
    displaystyle textstyle scriptstyle limits nolimits notag nonumber small large Large
    normalsize tiny footnotesize scriptsize centering hline mathsurround bigskip medskip
    smallskip hfill par
    """
)

IGNORED_WITH_ARGUMENT = words(
    """
    label tag hspace vspace phantom vphantom hphantom color mspace intertext eqref ref cite
    footnote index
    """
)
"""Commands that vanish together with their argument."""

TRANSPARENT = words(
    """
    boxed fbox mathop mathrel mathbin mathord mathopen mathclose underline cancel bcancel
    xcancel mathstrut smash ensuremath mathinner mathpunct underbracket
    """
)
"""Commands of one argument that only decorate it."""

TRANSPARENT_SECOND = words("textcolor colorbox cssId class htmlClass href style")
"""Commands whose second argument is the formula."""

BRACES = {"underbrace": "_", "overbrace": "^"}
"""Braces above or below a term, and the script that holds their remark."""

SIZES = words(
    """
    left right middle big bigl bigr bigm Big Bigl Bigr Bigm bigg biggl biggr biggm Bigg
    Biggl Biggr Biggm
    """
)

FONTS = words(
    """
    mathbb mathcal mathbf mathrm mathit mathsf mathtt mathfrak mathscr bm boldsymbol pmb
    operatorname mathnormal symbf symup Bbb bold
    """
)

SWITCHES = words("rm bf it sf tt cal mit")
"""Fonts that hold until the group ends."""

TEXTS = words(
    """
    text textrm textbf textit texttt textsf textnormal textup textsc emph mbox
    """
)

ACCENTS = words(
    """
    hat widehat tilde widetilde bar overline vec dot ddot check breve acute
    """
)

FRACTIONS = words("frac tfrac dfrac cfrac sfrac nicefrac flatfrac")

STACKED = {"underset": "_", "overset": "^", "stackrel": "^"}

GREEK = words(
    """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
    sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi
    Omega
    """
)

VARIANTS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varpi": "pi", "varrho": "rho",
    "varsigma": "sigma", "varphi": "phi", "ell": "ℓ", "star": "*", "ast": "*", "infty": "∞",
    "ldots": "…", "dots": "…", "cdots": "…", "dotsc": "…", "hbar": "h", "emptyset": "∅",
    "top": "⊤", "intercal": "⊤", "bot": "⊥", "dagger": "†", "circ": "∘", "checkmark": "✓",
}  # fmt: skip
"""Other spellings of a letter, and letters that TeX writes as commands."""

OPERATORS = {
    "log": "log", "ln": "log", "exp": "exp", "max": "max", "min": "min", "sup": "max",
    "inf": "min", "argmax": "argmax", "argmin": "argmin", "sum": "sum", "prod": "prod",
    "int": "int", "nabla": "nabla", "partial": "partial", "Pr": "P", "forall": "forall",
    "KL": "KL", "sigmoid": "sigma", "E": "E", "exists": "exists", "iint": "int",
    "tanh": "tanh", "det": "det", "gcd": "gcd", "lim": "lim", "limsup": "lim", "dim": "dim",
}  # fmt: skip
"""Commands for operators, and the name under which the reader knows each."""

WORDS = {
    "log": "log", "ln": "log", "exp": "exp", "max": "max", "min": "min", "argmax": "argmax",
    "argmin": "argmin", "KL": "KL", "sigmoid": "sigma", "maximize": "max", "minimize": "min",
    "maximise": "max", "minimise": "min", "kl": "KL", "logsigmoid": "logsigmoid",
    "Sigmoid": "sigma", "E": "E", "Softplus": "softplus", "softplus": "softplus",
}  # fmt: skip
"""Operators spelled as letters, in text or without a command."""

RELATIONS = {
    "=": "=", "<": "<", ">": ">", "≤": "<=", "≥": ">=", "≈": "approx", "∝": "propto",
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=",
    "lt": "<", "gt": ">", "ll": "<", "gg": ">", "lesssim": "<=", "gtrsim": ">=",
    "approx": "approx", "simeq": "approx", "propto": "propto", "equiv": ":=", "triangleq": ":=",
    "coloneqq": ":=", "coloneq": ":=", "doteq": ":=", "defeq": ":=", "vcentcolon": ":",
    "sim": "sim", "∼": "sim", "thicksim": "sim", "succ": "succ", "≻": "succ",
    "succeq": "succ", "prec": "prec", "≺": "prec", "preceq": "prec", "in": "in", "∈": "in",
    "neq": "!=", "ne": "!=", "≠": "!=", "notin": "!=", "subset": "in", "subseteq": "in",
}  # fmt: skip

SIGNS = {"+": "+", "-": "-", "−": "-", "pm": "+-", "mp": "-+"}

TIMES = {
    "cdot": "·", "times": "×", "*": "*", "·": "·", "×": "×", "odot": "⊙", "bullet": "·",
    "⋅": "·",
}  # fmt: skip

BARS = {"|": "|", "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "∣": "|", "given": "|"}

DOUBLE_BARS = words("| Vert parallel lVert rVert ‖ ∥")
"""Names of commands, and characters, for the double bar."""

OPENING = {"(": "(", "[": "[", "{": "{", "lbrace": "{", "lbrack": "[", "langle": "<", "lparen": "("}
CLOSING = {")": "(", "]": "[", "}": "{", "rbrace": "{", "rbrack": "[", "rangle": "<", "rparen": "("}
"""Closing brackets, and what opens each."""

ARROWS = words(
    """
    Rightarrow Longrightarrow implies Leftrightarrow iff Leftarrow impliedby
    Longleftrightarrow Longleftarrow therefore because rightarrow to ⇒ longrightarrow
    leadsto rightsquigarrow mapsto ⟹ ⇔ → ∴
    """
)

ROW_ENVIRONMENTS = words(
    """
    equation align aligned gather gathered split multline multlined eqnarray flalign alignat
    alignedat displaymath math dmath array equation* align* gather* multline* eqnarray*
    flalign* alignat* subequations IEEEeqnarray IEEEeqnarray* dmath* small
    """
)

BLOCK_ENVIRONMENTS = words("cases dcases rcases matrix pmatrix bmatrix vmatrix smallmatrix")
"""Environments that stand as one term of a formula."""

UNICODE = {
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
        "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega"], strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΦΨΩ", [
        "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"],
        strict=True)),
    "ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta", "∑": "sum", "∏": "prod", "∇": "nabla",
    "∂": "partial", "∞": "infty", "…": "ldots", "ℓ": "ell", "∫": "int", "⋆": "star", "∗": "ast",
    "∀": "forall",
}  # fmt: skip
"""Characters that stand for a command."""

CONNECTIVES = words(
    """
    where with and or for if subject to s.t. st st. i.e. e.g. otherwise so then hence thus
    let when since const const. as that gives implies given because using by iff while but
    is
    """
)
"""Single words in text that join formulas and are not part of one."""
