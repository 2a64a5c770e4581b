"""From groups of marks to the notation tree: what applies to what, and what each name is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from dpo_math import notation as n
from dpo_math.brackets import bracketed, log, power, product
from dpo_math.reader import names
from dpo_math.reader.errors import CannotRead
from dpo_math.reader.grouping import (
    Accent,
    Braces,
    Brackets,
    Chain,
    Entries,
    Entry,
    Factor,
    Fraction,
    Name,
    Numeral,
    Operator,
    Root,
    Scripted,
    Terms,
)

Signed = tuple[str, tuple[Factor, ...]]
X, Y = n.Symbol("x"), n.Symbol("y")
EXTREMA = ("max", "min", "argmax", "argmin")
RANGED = ("sum", "prod", "int")
PREFIXES = (*RANGED, "E", "nabla", "log", "exp", "KL", *EXTREMA)


class Unit(NamedTuple):
    """A node, and how many factors it took."""

    node: n.Node
    end: int


# --- sides and terms ----------------------------------------------------------------------------


def side(terms: Terms) -> n.Node:
    """One side of a relation."""
    return _sum(terms.terms)


def _sum(terms: Sequence[Signed]) -> n.Node:
    signed: list[n.Signed] = []
    rest = list(terms)
    while rest:
        sign, factors = rest.pop(0)
        if sign not in ("", "+", "-"):
            raise CannotRead("a sign that is both plus and minus", factors[0].at)
        at = _extremum_at(factors)
        if at is not None:
            following: list[Signed] = [("", factors[at + 1 :])] if factors[at + 1 :] else []
            optimum = _extremum(cast(Scripted, factors[at]), _sum(following + rest))
            body, rest = product([*_factors(factors[:at]), optimum]), []
        elif _is_named(factors[-1], "nabla") and rest:
            inner = _sum([rest.pop(0)])
            gradient = _gradient(cast(Scripted, factors[-1]), inner)
            body = product([*_factors(factors[:-1]), gradient])
        else:
            body = product(_factors(factors))
        signed.append(n.Signed(sign == "-", bracketed(body, n.Sum, n.Signed, n.Relation)))
    if len(signed) == 1 and not signed[0].negative:
        return signed[0].body
    return n.Sum(tuple(signed))


def _is_named(factor: Factor, *wanted: str) -> bool:
    match factor:
        case Scripted(base=Name(text=text)):
            return text in wanted
    return False


def _extremum_at(factors: Sequence[Factor]) -> int | None:
    for i, factor in enumerate(factors):
        if _is_named(factor, *EXTREMA) and not _is_list(factors[i + 1 : i + 2]):
            return i
    return None


def _is_list(following: Sequence[Factor]) -> bool:
    match following:
        case [Scripted(base=Brackets(inside=inside))]:
            return len(inside.entries) > 1
    return False


def _extremum(operator: Scripted, body: n.Node) -> n.Node:
    kind = cast(Name, operator.base).text
    over = _over(operator)
    return n.Extremum(cast(Literal["max", "min", "argmax", "argmin"], kind), over, body)


def _gradient(operator: Scripted, body: n.Node) -> n.Gradient:
    return n.Gradient(_over(operator), bracketed(body, n.Sum, n.Signed))


def _over(operator: Scripted) -> n.Node:
    """What stands below an operator; of r ∈ R the r. The policy, where nothing does."""
    if not operator.below:
        return n.Model("")
    first = operator.below[0].inside.entries[0].parts[0].sides[0]
    if first is None:
        raise CannotRead("an operator with nothing readable below it", operator.at)
    return side(first)


def _factors(factors: Sequence[Factor]) -> list[n.Node]:
    """The nodes that stand side by side in ``factors``."""
    nodes: list[n.Node] = []
    position = 0
    while position < len(factors):
        factor = factors[position]
        if isinstance(factor, Operator):
            _check_between(factors, position)
            if factor.kind == "/":
                unit = _unit(factors, position + 1)
                nodes = [n.Quotient(product(nodes), unit.node)]
                position = unit.end
                _check_after_slash(factors, position, unit.node)
            else:
                position += 1
            continue
        unit = _unit(factors, position)
        nodes.append(unit.node)
        position = unit.end
    return nodes


def _check_between(factors: Sequence[Factor], position: int) -> None:
    operator = factors[position]
    alone = position in (0, len(factors) - 1) or isinstance(factors[position + 1], Operator)
    if alone:
        raise CannotRead("a product or slash with nothing beside it", operator.at)


def _check_after_slash(factors: Sequence[Factor], position: int, below: n.Node) -> None:
    """a/b c could be a/(b c): only an operator may follow a plain b."""
    if position == len(factors) or isinstance(factors[position], Operator):
        return
    plain = isinstance(below, n.Symbol | n.Number)
    if not (plain and _is_named(factors[position], *PREFIXES)):
        raise CannotRead("what follows the slash could be read in two ways", factors[position].at)


# --- one factor with what it applies to ---------------------------------------------------------


def _unit(factors: Sequence[Factor], position: int) -> Unit:
    """The factor at ``position`` together with its argument."""
    if position >= len(factors) or isinstance(factors[position], Operator):
        at = factors[min(position, len(factors) - 1)].at
        raise CannotRead("an argument is missing", at)
    item = cast(Scripted, factors[position])
    match item.base:
        case Name(text="log"):
            return _log(factors, position)
        case Name(text="exp"):
            unit = _unit(factors, position + 1)
            return Unit(_powered(unit.node, n.Exp), unit.end)
        case Name(text="e") if item.above:
            return Unit(n.Exp(_inside(item.above[0])), position + 1)
        case Name(text="E") if _is_expectation(factors, position):
            return _expectation(factors, position)
        case Name(text="sum" | "prod" | "int"):
            return _ranged(factors, position)
        case Name(text="nabla"):
            unit = _unit(factors, position + 1)
            return Unit(_gradient(item, unit.node), unit.end)
        case Name() | Accent():
            return _named(factors, position)
        case Numeral(text=text):
            number = n.Decimal("0" + text if text[0] == "." else text) if "." in text else None
            return Unit(_raised(item, number or n.Number(int(text))), position + 1)
        case Fraction():
            return _fraction(factors, position)
        case Root(inside=inside):
            return Unit(_raised(item, n.Call("sqrt", (_inside(inside),))), position + 1)
        case Brackets():
            return Unit(_raised(item, _bracket(item.base)), position + 1)
        case Braces():
            return Unit(_raised(item, _inside(item.base)), position + 1)


def _inside(group: Braces) -> n.Node:
    """The one expression in braces."""
    match group.inside.entries:
        case (Entry(parts=(Chain(sides=(Terms() as terms,)),)),):
            return side(terms)
    return n.Call("tuple", _arguments(group.inside))


def _bracket(brackets: Brackets) -> n.Node:
    arguments = _arguments(brackets.inside)
    if brackets.kind in ("|", "‖", "."):
        return n.Call({"|": "abs", "‖": "norm", ".": "at"}[brackets.kind], arguments)
    if len(arguments) == 1 and len(brackets.inside.entries[0].parts) == 1:
        return n.Group(arguments[0])
    return n.Call("tuple", arguments)


def _arguments(entries: Entries) -> tuple[n.Node, ...]:
    """All expressions between commas and bars; relations among them become calls."""
    parts = (part for entry in entries.entries for part in entry.parts)
    return tuple(_chain(part) for part in parts if any(part.sides))


def _chain(chain: Chain) -> n.Node:
    sides = [side(terms) for terms in chain.sides if terms is not None]
    if not chain.relations:
        return sides[0]
    return n.Call(chain.relations[0].text, tuple(sides))


def _raised(item: Scripted, node: n.Node) -> n.Node:
    """``node`` under the exponent of ``item``, where it has one."""
    if item.below and not isinstance(node, n.Call):
        raise CannotRead("a subscript on what is not a name", item.at)
    if item.below:
        node = n.Indexed(node, _arguments(item.below[0].inside))
    return power(node, _inside(item.above[0])) if item.above else node


def _powered(node: n.Node, make: type[n.Exp] | type[n.Sigmoid]) -> n.Node:
    r"""exp or σ of a bracket: a power on the bracket is a power of the whole."""
    match node:
        case n.Power(base=n.Group(body=body), exponent=exponent):
            return n.Power(make(body), exponent)
        case n.Group(body=body):
            return make(body)
    return make(node)


def _log(factors: Sequence[Factor], position: int) -> Unit:
    item = cast(Scripted, factors[position])
    if item.below or item.above:
        raise CannotRead("a logarithm with a script could be read in two ways", item.at)
    argument, end = _unit(factors, position + 1)
    following = factors[end] if end < len(factors) else None
    if isinstance(following, Operator) and following.kind == "/":
        below = _unit(factors, end + 1)
        if not (isinstance(argument, n.Policy) and isinstance(below.node, n.Policy)):
            if isinstance(argument, n.Group):
                return Unit(n.Log(argument), end)
            raise CannotRead(
                "the logarithm before the slash could be read in two ways", following.at
            )
        argument, end = n.Quotient(argument, below.node), below.end
    elif isinstance(argument, n.Symbol) and _swallowed(following):
        raise CannotRead("where the logarithm ends could be read in two ways", item.at)
    return Unit(log(argument), end)


def _swallowed(following: Factor | None) -> bool:
    """Whether a factor stands so close to a bare letter that it might be in the logarithm too."""
    return isinstance(following, Scripted) and not _is_named(following, *PREFIXES)


def _is_expectation(factors: Sequence[Factor], position: int) -> bool:
    """E over something, or of something in square brackets; E(y | x) is an energy."""
    if cast(Scripted, factors[position]).below:
        return True
    match factors[position + 1 : position + 2]:
        case [Scripted(base=Brackets(kind=kind, inside=inside))]:
            return kind != "(" or not _looks_like_arguments(inside)
        case [Scripted()]:
            return True
    return False


def _expectation(factors: Sequence[Factor], position: int) -> Unit:
    item = cast(Scripted, factors[position])
    draws = _draws(item.below[0]) if item.below else ()
    match factors[position + 1 : position + 2]:
        case [Scripted(base=Brackets() as brackets, below=(), above=())]:
            inner = _bracket(brackets)
            body = inner.body if isinstance(inner, n.Group) else inner
            return Unit(n.Expectation(draws, body), position + 2)
    rest = _factors(factors[position + 1 :])
    if not rest:
        raise CannotRead("an expectation of nothing", item.at)
    return Unit(n.Expectation(draws, product(rest)), len(factors))


def _draws(below: Braces) -> tuple[n.Draw, ...]:
    """x ~ D, y ~ π(· | x): letters without ~ belong to the next draw that has one."""
    draws: list[n.Draw] = []
    waiting: list[n.Node] = []
    for entry in below.inside.entries:
        chain = entry.parts[0]
        sides = [terms for terms in chain.sides if terms is not None]
        if len(sides) == 2 and chain.relations and chain.relations[0].text in ("sim", "in"):
            distribution = _whole_entry(sides[1], entry)
            draws.append(n.Draw((*waiting, *_variables(sides[0])), distribution))
            waiting = []
        elif len(sides) == 1 and (dashed := _dashed(sides[0])) is not None:
            draws.append(n.Draw((*waiting, dashed[0]), dashed[1]))
            waiting = []
        else:
            waiting.extend(variable for terms in sides for variable in _variables(terms))
    if len(waiting) == 1 and not draws and _is_distribution(waiting[0]):
        return (n.Draw((), waiting[0]),)
    if waiting:
        draws.append(n.Draw(tuple(waiting), None))
    return tuple(draws)


def _whole_entry(distribution: Terms, entry: Entry) -> n.Node:
    if len(entry.parts) == 1:
        return side(distribution)
    return n.Call("given", (side(distribution), *map(_chain, entry.parts[1:])))


def _variables(terms: Terms) -> tuple[n.Node, ...]:
    match terms.terms:
        case (("", (Scripted(base=Brackets(inside=inside), below=(), above=()),)),):
            return _arguments(inside)
    return (side(terms),)


def _dashed(terms: Terms) -> tuple[n.Node, n.Node] | None:
    """x-D below an expectation, typed for x ~ D: a letter less a data set means nothing else."""
    match terms.terms:
        case (("", first), ("-", second)):
            return product(_factors(first)), product(_factors(second))
    return None


def _is_distribution(node: n.Node) -> bool:
    letter = isinstance(node, n.Symbol) and node.name in ("p", "P", "q", "Q", "D")
    return letter or isinstance(node, n.Model | n.Policy)


def _ranged(factors: Sequence[Factor], position: int) -> Unit:
    item = cast(Scripted, factors[position])
    kind = cast(Literal["sum", "prod", "int"], cast(Name, item.base).text)
    inner = list(factors[position + 1 :])
    if kind == "int" and len(inner) > 2 and _is_named(inner[-2], "d"):
        inner = inner[:-2]
    if not inner:
        raise CannotRead("a sum, product or integral of nothing", item.at)
    body = bracketed(product(_factors(inner)), n.Sum, n.Signed, n.Relation)
    stop = _inside(item.above[0]) if item.above else None
    variables, start, domain = _range(item.below[0]) if item.below else ((), None, None)
    if kind == "sum" and start is domain is stop is None and len(variables) == 1:
        index = variables[0]
        if isinstance(index, n.Symbol):
            return Unit(n.BigSum(index, body), len(factors))
    return Unit(n.Ranged(kind, variables, start, stop, domain, body), len(factors))


def _range(below: Braces) -> tuple[tuple[n.Node, ...], n.Node | None, n.Node | None]:
    """The variables below Σ, where they start, and what they run through."""
    variables: list[n.Node] = []
    start = domain = None
    for entry in below.inside.entries:
        chain = entry.parts[0]
        sides = [terms for terms in chain.sides if terms is not None]
        variables.extend(_variables(sides[0]) if sides else ())
        if len(sides) == 2 and chain.relations[0].text == "=":
            start = side(sides[1])
        elif len(sides) == 2:
            domain = side(sides[1])
    return tuple(variables), start, domain


def _fraction(factors: Sequence[Factor], position: int) -> Unit:
    item = cast(Scripted, factors[position])
    bar = cast(Fraction, item.base)
    top, bottom = _only_product(bar.top), _only_product(bar.bottom)
    if top and bottom and any(_is_named(top[0], d) and _is_named(bottom[0], d) for d in _D):
        by = product(_factors(bottom[1:])) if bottom[1:] else X
        if top[1:]:
            return Unit(n.Derivative(product(_factors(top[1:])), by), position + 1)
        unit = _unit(factors, position + 1)
        return Unit(n.Derivative(unit.node, by), unit.end)
    node = n.Quotient(_inside(bar.top), _inside(bar.bottom))
    return Unit(_raised(item, node), position + 1)


_D = ("partial", "d")


def _only_product(group: Braces) -> tuple[Factor, ...] | None:
    match group.inside.entries:
        case (Entry(parts=(Chain(sides=(Terms(terms=(("", factors),)),)),)),):
            return factors
    return None


# --- names and calls ----------------------------------------------------------------------------


def _named(factors: Sequence[Factor], position: int) -> Unit:
    item = cast(Scripted, factors[position])
    head = names.head(item)
    if head is None:
        return Unit(_raised(item, _accented(item)), position + 1)
    following = factors[position + 1] if position + 1 < len(factors) else None
    if head.letter in ("Delta", "delta") and head.below == head.above == "":
        changed = names.head(following) if isinstance(following, Scripted) else None
        if changed is not None:
            return Unit(n.Symbol(f"Delta_{names.symbol_name(changed)}"), position + 2)
    brackets = following.base if isinstance(following, Scripted) else None
    if isinstance(brackets, Brackets) and _is_call(head, brackets):
        called = _call(item, head, brackets)
        return Unit(_raised_by_bracket(cast(Scripted, following), called), position + 2)
    return Unit(_bare(item, head), position + 1)


def _accented(item: Scripted) -> n.Node:
    if isinstance(item.base, Accent):
        return n.Call(item.base.name, (_inside(item.base.inside),))
    raise CannotRead("more than one script of a kind", item.at)


def _raised_by_bracket(brackets: Scripted, node: n.Node) -> n.Node:
    return power(node, _inside(brackets.above[0])) if brackets.above else node


def _looks_like_arguments(entries: Entries) -> bool:
    """Commas or bars, or one letter: what stands behind the name of a function."""
    if len(entries.entries) > 1 or len(entries.entries[0].parts) > 1:
        return True
    chain = entries.entries[0].parts[0]
    if chain.relations:
        return True
    match chain.sides:
        case (Terms(terms=(("", (Scripted() as only,)),)),):
            return names.head(only) is not None
    return False


def _is_call(head: names.Head, brackets: Brackets) -> bool:
    if head.letter in ("sigma", *names.POLICIES) or _is_kl(head) or head.letter in EXTREMA:
        return True
    if brackets.kind != "(":
        return False
    listed = _looks_like_arguments(brackets.inside)
    if head.letter in names.COEFFICIENTS:
        one = len(brackets.inside.entries) == 1 and len(brackets.inside.entries[0].parts) == 1
        return listed and not (one and _is_quantity(brackets.inside))
    return listed or head.letter in (*names.REWARDS, "Z", *_CALLED_WORDS)


_CALLED_WORDS = ("clip", "relu", "ReLU", "softmax", "softplus", "logsigmoid", "tanh", "f")


def _is_quantity(entries: Entries) -> bool:
    """Whether the one letter in brackets is a number, and not a prompt, a response or an index."""
    match entries.entries[0].parts[0].sides:
        case (Terms(terms=((_, (Scripted() as only,)),)),):
            head = names.head(only)
            letters = names.PROMPTS | names.RESPONSES | {"i", "j", "k", "t", "theta"}
            return head is None or head.letter not in letters
    return True


def _is_kl(head: names.Head) -> bool:
    return head.letter == "KL" or (head.letter in ("D", "d") and "KL" in head.labels)


def _call(item: Scripted, head: names.Head, brackets: Brackets) -> n.Node:
    entries = brackets.inside.entries
    arguments = _arguments(brackets.inside)
    if not arguments:
        raise CannotRead("a function of nothing", item.at)
    if head.letter == "sigma":
        if len(arguments) > 1 or head.primes or head.labels:
            return n.Call("sigma" + "'" * head.primes, arguments)
        return n.Sigmoid(arguments[0])
    if _is_kl(head):
        if len(entries) == 1 and entries[0].bars == ("‖",):
            return n.KL(*arguments)
        return n.Call("KL", arguments)
    if head.letter in ("P", "p") and (entries[0].parts[0].relations or len(entries) > 2):
        return _preference(entries) or n.Call(names.symbol_name(head), arguments)
    if _is_policy(head, entries):
        return _policy(item, head, entries)
    if head.letter in names.REWARDS and len(arguments) <= 2:
        return _reward(names.reward_name(head), arguments)
    if head.letter == "Z" and len(arguments) == 1:
        return _raised_by_script(item, n.Partition(arguments[0]))
    return n.Call(names.symbol_name(head), arguments)


def _policy(item: Scripted, head: names.Head, entries: tuple[Entry, ...]) -> n.Policy:
    """π(y | x); behind a further comma or semicolon may stand θ, or more of the prompt."""
    response, *given = _arguments(Entries(entries))
    model = names.model_name(head) if _is_labelled(item) else _odd_label(item)
    if len(given) > 1 and given[-1] == n.Symbol("theta"):
        model = "theta"
        del given[-1]
    prompt = X if not given else given[0] if len(given) == 1 else n.Call("tuple", tuple(given))
    return n.Policy(n.Model(model), response, prompt)


def _is_labelled(item: Scripted) -> bool:
    head = names.head(item)
    return head is not None and head.below is not None and head.above is not None


def _odd_label(item: Scripted) -> str:
    """A policy's subscript that is itself a formula, as one word: theta-old, theta-t."""
    return "-".join(_letters_in(group.inside) for group in (*item.below, *item.above))


def _letters_in(entries: Entries) -> str:
    chains = (part for entry in entries.entries for part in entry.parts)
    sides = (terms for chain in chains for terms in chain.sides if terms is not None)
    factors = (factor for terms in sides for _, factors in terms.terms for factor in factors)
    return "-".join(_letters_of(factor) for factor in factors if isinstance(factor, Scripted))


def _letters_of(factor: Scripted) -> str:
    base = factor.base
    inner = [base.text] if isinstance(base, Name | Numeral) else []
    groups = [*factor.below, *factor.above]
    if isinstance(base, Brackets | Braces | Accent):
        groups.insert(0, base if isinstance(base, Braces) else Braces(_inside_of(base)))
    return "-".join([*inner, *(_letters_in(group.inside) for group in groups)])


def _inside_of(base: Brackets | Accent) -> Entries:
    return base.inside.inside if isinstance(base, Accent) else base.inside


def _is_policy(head: names.Head, entries: tuple[Entry, ...]) -> bool:
    barred = len(entries[0].parts) == 2 and entries[0].bars == ("|",)
    if head.letter in names.POLICIES:
        return barred or (len(entries) == 1 and len(entries[0].parts) == 1)
    if head.letter in names.REFERENCE:
        return True
    if head.letter in ("p", "q") and len(entries) == 1 and not barred:
        return _label_of(entries[0]).startswith("y")
    named = head.letter in names.DISTRIBUTIONS or bool(head.labels & names.REFERENCE)
    return named and barred and (len(entries) == 1 or head.letter in ("P", "p"))


def _label_of(entry: Entry) -> str:
    """The letter that is the whole of ``entry``, or nothing."""
    match entry:
        case Entry(parts=(Chain(sides=(Terms(terms=(("", (Scripted() as only,)),)),)),)):
            head = names.head(only)
            return names.symbol_name(head) if head is not None else ""
    return ""


def _preference(entries: tuple[Entry, ...]) -> n.Node | None:
    """P(y_w ≻ y_l | x), with ≻ or > between two responses."""
    contest = entries[0].parts[0]
    sides = [side(terms) for terms in contest.sides if terms is not None]
    signs = [mark.text for mark in contest.relations]
    if len(entries) > 1 or len(sides) != 2 or signs not in (["succ"], [">"], ["prec"], ["<"]):
        return None
    chosen, rejected = sides if signs[0] in ("succ", ">") else sides[::-1]
    given = entries[0].parts[1:]
    prompt = _chain(given[0]) if given else X
    return n.Preference(chosen, rejected, prompt if _is_letter(prompt, names.PROMPTS) else X)


def _reward(name: str, arguments: tuple[n.Node, ...]) -> n.Node:
    """r(x, y) in either order; where the prompt goes unsaid it is x."""
    if len(arguments) == 1:
        return n.Reward(name, X, arguments[0])
    first, second = arguments
    swapped = _is_letter(first, names.RESPONSES) and _is_letter(second, names.PROMPTS)
    return n.Reward(name, second, first) if swapped else n.Reward(name, first, second)


def _is_letter(node: n.Node, letters: frozenset[str]) -> bool:
    base = node.base if isinstance(node, n.Indexed) else node
    return isinstance(base, n.Symbol) and base.name[0] in letters


def _raised_by_script(item: Scripted, node: n.Node) -> n.Node:
    return power(node, _inside(item.above[0])) if item.above else node


MARKS_ABOVE = frozenset(["*", "+", "-", "⊤", "†", "∘", "SFT", "ref", "RL", "PPO", "DPO"])
"""Superscripts that are part of a name and no exponent."""


def _bare(item: Scripted, head: names.Head) -> n.Node:
    """A name without arguments."""
    if head.letter in names.POLICIES:
        model = names.model_name(head) if _is_labelled(item) else _odd_label(item)
        return n.Model(model)
    if head.letter in names.REFERENCE:
        return n.Model("ref")
    if head.letter == "Z":
        return _raised_by_script(item, n.Partition(X))
    if head.letter == "n" and "ref" in head.labels:
        return n.Model("ref")
    if head.below is None:
        base = n.Symbol(names.symbol_name(head))
        return n.Indexed(base, _arguments(item.below[0].inside))
    if head.above and head.above not in MARKS_ABOVE and not _marks_by_superscript(head):
        bare = names.Head(head.letter, head.accent, head.below, "", head.primes, head.at)
        return power(n.Symbol(names.symbol_name(bare)), _inside(item.above[0]))
    if head.above is None:
        return power(n.Symbol(names.symbol_name(head)), _inside(item.above[0]))
    return n.Symbol(names.symbol_name(head))


def _marks_by_superscript(head: names.Head) -> bool:
    letters = names.RESPONSES | names.PROMPTS
    return head.letter in letters or bool(head.above and head.above.startswith("("))
