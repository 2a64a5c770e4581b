"""From TeX as typed to the marks of a formula: typesetting falls away, what is read remains.

Marks are tokens of a few kinds (the terminals of ``marks.lark``) and, between formulas, ``ROW``,
``CELL``, ``GAP``, ``REMARK``, ``ARROW`` and ``STOP``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from dpo_math.reader import commands as c
from dpo_math.reader.errors import MAX_DEPTH, CannotRead
from dpo_math.reader.tokens import Token


class Mark(NamedTuple):
    """One mark: its kind, what it says (``pi`` for every spelling of π) and where it stands.

    ``shown`` is what the page has there.
    """

    kind: str
    text: str
    at: int
    shown: str


OPERATORS = frozenset(
    ["max", "min", "argmax", "argmin", "sum", "prod", "int", "nabla", "partial", "log", "exp", "E"]
)
"""Names after which something must follow."""

_AWAITING = frozenset(
    ["LBRACE", "OPEN", "SIGN", "TIMES", "SLASH", "COMMA", "BAR", "DBAR", "REL", "SUB", "SUP"]
)
"""Marks after which an operand is due."""


@dataclass
class _Cursor:
    tokens: list[Token]
    position: int = 0

    def __bool__(self) -> bool:
        return self.position < len(self.tokens)

    def next(self) -> Token:
        self.position += 1
        return self.tokens[self.position - 1]

    def peek(self, offset: int = 0) -> Token | None:
        index = self.position + offset
        return self.tokens[index] if index < len(self.tokens) else None

    def argument(self, of: Token) -> list[Token]:
        """The tokens of the next group, without its braces, or the next token."""
        if not self or self.tokens[self.position].kind == "}":
            raise CannotRead(f"{of.shown} without its argument", of.at)
        first = self.next()
        if first.kind != "{":
            return [first, *self._own_argument(first)]
        taken: list[Token] = []
        depth = 1
        while True:
            token = self.next()
            depth += {"{": 1, "}": -1}.get(token.kind, 0)
            if depth == 0:
                return taken
            taken.append(token)

    def _own_argument(self, first: Token) -> list[Token]:
        r"""What belongs to ``first`` where it is an argument itself: ``_\mathrm{ref}``."""
        takes = first.kind == "command" and first.text in c.FONTS | c.ACCENTS | c.TRANSPARENT
        following = self.peek()
        if not takes or following is None:
            return []
        inner = self.argument(first)
        open_brace, close_brace = replace(first, kind="{"), replace(first, kind="}")
        return [open_brace, *inner, close_brace]

    def skip_optional(self) -> None:
        """Step over an argument in square brackets."""
        following = self.peek()
        if following is not None and following.text == "[":
            while self and self.next().text != "]":
                pass


class _Layout:
    """One pass over the tokens of a formula."""

    def __init__(self, tokens: list[Token], depth: int = 0, in_script: bool = False) -> None:
        if depth > MAX_DEPTH:
            raise CannotRead(f"nested more than {MAX_DEPTH} deep", tokens[0].at if tokens else 0)
        self._cursor = _Cursor(tokens)
        self._depth = depth
        self._in_script = in_script
        self._marks: list[Mark] = []

    def marks(self) -> list[Mark]:
        while self._cursor:
            self._step(self._cursor.next())
        return self._marks

    def _inner(self, tokens: list[Token], in_script: bool = False) -> list[Mark]:
        return _Layout(tokens, self._depth + 1, in_script or self._in_script).marks()

    def _put(self, kind: str, text: str, token: Token) -> None:
        self._marks.append(Mark(kind, text, token.at, token.shown))

    def _group(self, token: Token, marks: list[Mark]) -> None:
        self._put("LBRACE", "{", token)
        self._marks.extend(marks)
        self._put("RBRACE", "}", token)

    def _step(self, token: Token) -> None:
        match token.kind:
            case "letter":
                self._put("NAME", token.text, token)
            case "word":
                self._put("NAME", c.WORDS[token.text], token)
            case "digits":
                self._put("NUMBER", token.text, token)
            case "text":
                self._remark(token)
            case "row":
                self._put("ROW", "", token)
            case "&":
                self._put("CELL", "", token)
            case "{":
                self._cursor.position -= 1
                self._put("IDLE", "{", token)
                self._marks.extend(self._inner(self._cursor.argument(token)))
                self._put("END_IDLE", "}", token)
            case "_" | "^":
                self._script(token)
            case "prime":
                self._marks.extend(Mark("PRIME", "'", token.at, "'") for _ in token.text)
            case "char":
                self._character(token)
            case "command":
                self._command(token)

    def _remark(self, token: Token) -> None:
        words = token.text.replace("\\_", "_").replace("\\", " ").replace("~", " ").split()
        if not words:
            return
        word = words[0].strip(",;")
        if len(words) == 1 and word in c.WORDS:
            self._put("NAME", c.WORDS[word], token)
        elif words == ["arg", "max"] or words == ["arg", "min"]:
            self._put("NAME", "arg" + words[1], token)
        elif len(words) > 1 or word.lower() in c.CONNECTIVES or not word[0].isalnum():
            self._put("REMARK", " ".join(words), token)
        else:
            self._put("NAME" if word.isascii() else "REMARK", word.rstrip("."), token)

    def _script(self, token: Token) -> None:
        self._put("SUB" if token.kind == "_" else "SUP", token.kind, token)
        following = self._cursor.peek()
        if following is not None and following.kind == "digits" and len(following.text) > 1:
            first, rest = following.text[0], following.text[1:]
            self._cursor.tokens[self._cursor.position] = replace(following, text=rest)
            self._group(token, [Mark("NUMBER", first, following.at, first)])
            return
        inner = self._cursor.argument(token)
        self._group(token, _word_or_marks(inner, self._inner(inner, in_script=True)))

    def _character(self, token: Token) -> None:
        text = token.text
        if text in c.SIGNS:
            self._put("SIGN", c.SIGNS[text], token)
        elif text in c.TIMES:
            self._put("TIMES", c.TIMES[text], token)
        elif text in c.RELATIONS:
            self._put("REL", c.RELATIONS[text], token)
        elif text in c.BARS:
            self._put("BAR", "|", token)
        elif text in c.DOUBLE_BARS:
            self._put("BAR", "‖", token)
        elif text in c.OPENING:
            self._put("OPEN", c.OPENING[text], token)
        elif text in c.CLOSING:
            self._put("CLOSE", c.CLOSING[text], token)
        elif text in c.ARROWS:
            self._put("ARROW", text, token)
        elif text in ",;":
            self._put("COMMA", text, token)
        elif text == "~":
            if self._in_script:
                self._put("REL", "sim", token)
        elif text in "/:.!":
            self._put({"/": "SLASH", ":": "COLON", ".": "STOP", "!": "STOP"}[text], text, token)
        else:
            raise CannotRead(f"cannot read {text}", token.at)

    def _command(self, token: Token) -> None:
        name = token.text
        for table, kind in _TABLES:
            if name in table:
                self._put(kind, table[name], token)
                return
        for names, action in _ACTIONS:
            if name in names:
                action(self, token)
                return
        raise CannotRead(f"cannot read {token.shown}", token.at)

    def _ignore(self, token: Token) -> None:
        before = self._marks[-1] if self._marks else None
        if token.text == " " and before is not None and before.shown == "\\ ":
            self._marks[-1] = before._replace(kind="GAP")
        elif token.text == " ":
            self._put("SPACE", "", token)

    def _ignore_argument(self, token: Token) -> None:
        self._cursor.argument(token)

    def _transparent(self, token: Token) -> None:
        self._marks.extend(self._inner(self._cursor.argument(token)))

    def _second(self, token: Token) -> None:
        self._cursor.argument(token)
        self._transparent(token)

    def _brace(self, token: Token) -> None:
        self._transparent(token)
        following = self._cursor.peek()
        if following is not None and following.kind == c.BRACES[token.text]:
            self._cursor.argument(self._cursor.next())

    def _size(self, token: Token) -> None:
        following = self._cursor.peek()
        if following is None:
            raise CannotRead(f"{token.shown} without a bracket", token.at)
        closing = self._cursor.peek(2)
        if following.kind == "{" and closing is not None and closing.kind == "}":
            self._cursor.next()
            self._step(self._cursor.next())
            self._cursor.next()
        elif following.text == "." and token.text in ("left", "right"):
            self._put("OPEN" if token.text == "left" else "CLOSE", ".", self._cursor.next())
        elif token.text == "right" and following.kind == "char" and following.text == "|":
            self._put("CLOSE", "|", self._cursor.next())

    def _font(self, token: Token) -> None:
        inner = self._cursor.argument(token)
        self._marks.extend(_word_or_marks(inner, self._inner(inner), hyphens=True))

    def _switch(self, token: Token) -> None:
        letters: list[Token] = []
        while (following := self._cursor.peek()) is not None and following.kind in _WORDLIKE:
            letters.append(self._cursor.next())
        self._marks.extend(_word_or_marks(letters, self._inner(letters)))

    def _accent(self, token: Token) -> None:
        self._put("ACCENT", _ACCENT_NAMES.get(token.text, token.text), token)
        self._group(token, self._inner(self._cursor.argument(token)))

    def _fraction(self, token: Token) -> None:
        self._put("FRAC", "", token)
        for _ in range(2):
            self._group(token, self._inner(self._cursor.argument(token)))

    def _root(self, token: Token) -> None:
        self._cursor.skip_optional()
        self._put("SQRT", "", token)
        self._group(token, self._inner(self._cursor.argument(token)))

    def _stacked(self, token: Token) -> None:
        beside = self._inner(self._cursor.argument(token))
        base = self._inner(self._cursor.argument(token))
        self._marks.extend(base)
        if base and base[0].kind != "REL":
            self._put("SUB" if c.STACKED[token.text] == "_" else "SUP", "", token)
            self._group(token, beside)
        elif [mark.kind for mark in base] == ["REL"] and base[0].text == "=":
            self._marks[-1] = base[0]._replace(text=":=" if beside else "=")

    def _arg(self, token: Token) -> None:
        while (space := self._cursor.peek()) is not None and space.text in c.SPACES:
            self._cursor.next()
        following = self._cursor.peek()
        if following is None or following.text not in ("max", "min"):
            raise CannotRead(f"cannot read {token.shown}", token.at)
        self._cursor.next()
        self._put("NAME", "arg" + following.text, token)

    def _substack(self, token: Token) -> None:
        rows = self._inner(self._cursor.argument(token))
        comma = {"ROW": "COMMA"}
        self._marks.extend(mark._replace(kind=comma.get(mark.kind, mark.kind)) for mark in rows)

    def _begin(self, token: Token) -> None:
        name = self._environment(token)
        if name in c.BLOCK_ENVIRONMENTS:
            self._skip_block(token, name)
        elif name not in c.ROW_ENVIRONMENTS:
            raise CannotRead(f"cannot read \\begin{{{name}}}", token.at)
        elif name in ("array", "alignat", "alignat*", "alignedat", "IEEEeqnarray"):
            self._cursor.skip_optional()
            self._cursor.argument(token)
        elif name in ("aligned", "gathered", "split"):
            following = self._cursor.peek(1)
            if following is not None and following.text in ("t", "b", "c"):
                self._cursor.skip_optional()

    def _end(self, token: Token) -> None:
        self._environment(token)

    def _environment(self, token: Token) -> str:
        return "".join(part.text for part in self._cursor.argument(token))

    def _skip_block(self, token: Token, name: str) -> None:
        while self._cursor:
            inner = self._cursor.next()
            if inner.text == "end" and self._environment(inner) == name:
                self._put("NAME", name, token)
                return
        raise CannotRead(f"\\begin{{{name}}} without its end", token.at)


_WORDLIKE = ("letter", "word", "digits")
_ACCENT_NAMES = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}

_TABLES: tuple[tuple[dict[str, str], str], ...] = (
    (c.OPERATORS, "NAME"),
    (c.VARIANTS, "NAME"),
    ({name: name for name in c.GREEK}, "NAME"),
    (c.RELATIONS, "REL"),
    (c.SIGNS, "SIGN"),
    (c.TIMES, "TIMES"),
    (dict.fromkeys(c.DOUBLE_BARS, "‖"), "BAR"),
    (c.BARS, "BAR"),
    (c.OPENING, "OPEN"),
    (c.CLOSING, "CLOSE"),
    ({name: name for name in c.ARROWS}, "ARROW"),
    (dict.fromkeys(c.GAPS, ""), "GAP"),
    ({"colon": ":"}, "COLON"),
    ({"_": "_", "%": "%", "$": "$", "#": "#", "S": "§"}, "NAME"),
)

_Action = Callable[[_Layout, Token], None]
_ACTIONS: tuple[tuple[frozenset[str], _Action], ...] = (
    (c.SPACES | c.IGNORED, _Layout._ignore),
    (c.IGNORED_WITH_ARGUMENT, _Layout._ignore_argument),
    (c.TRANSPARENT, _Layout._transparent),
    (c.TRANSPARENT_SECOND, _Layout._second),
    (frozenset(c.BRACES), _Layout._brace),
    (c.SIZES, _Layout._size),
    (c.FONTS | {"operatorname*"}, _Layout._font),
    (c.SWITCHES, _Layout._switch),
    (c.ACCENTS, _Layout._accent),
    (c.FRACTIONS, _Layout._fraction),
    (frozenset(["sqrt"]), _Layout._root),
    (frozenset(c.STACKED), _Layout._stacked),
    (frozenset(["arg"]), _Layout._arg),
    (frozenset(["substack"]), _Layout._substack),
    (frozenset(["begin"]), _Layout._begin),
    (frozenset(["end"]), _Layout._end),
)


def _word_or_marks(tokens: list[Token], marks: list[Mark], *, hyphens: bool = False) -> list[Mark]:
    """Letters under one font, or alone in a script, are a word; so is a lone sign a name."""
    plain = [token for token in tokens if not (token.kind == "command" and token.text in c.SPACES)]
    if not plain:
        return marks
    word = "".join(token.text for token in plain)
    first = plain[0]
    joins = "_.@-" if hyphens else "_.@"
    wordlike = all(token.kind in _WORDLIKE or token.text in joins for token in plain)
    if wordlike and first.kind in _WORDLIKE and not word.isdecimal() and len(word) > 1:
        return [Mark("NAME", c.WORDS.get(word, word.rstrip(".")), first.at, word)]
    if len(marks) == 1 and marks[0].kind in ("SIGN", "TIMES"):
        return [marks[0]._replace(kind="NAME", text=marks[0].text.replace("·", "*"))]
    return marks


def lay_out(tokens: list[Token]) -> list[Mark]:
    """The marks of a formula. Raises :class:`CannotRead` for a command that is not known."""
    marks = [mark for mark in _Layout(tokens).marks() if mark.kind != "SPACE"]
    return _bars(_dots(_without_idle_braces(marks)))


def _without_idle_braces(marks: list[Mark]) -> list[Mark]:
    """Braces that only group for TeX print nothing and go, unless a script stands on them."""
    kept: list[Mark] = []
    open_marks: list[int] = []
    for i, mark in enumerate(marks):
        kept.append(mark)
        if mark.kind == "IDLE":
            open_marks.append(len(kept) - 1)
        elif mark.kind == "END_IDLE":
            start = open_marks.pop()
            following = marks[i + 1].kind if i + 1 < len(marks) else ""
            if following in ("SUB", "SUP", "PRIME") and start < len(kept) - 2:
                kept[start] = kept[start]._replace(kind="LBRACE")
                kept[-1] = mark._replace(kind="RBRACE")
            else:
                del kept[-1]
                kept[start] = kept[start]._replace(kind="GONE")
    return [mark for mark in kept if mark.kind != "GONE"]


def _dots(marks: list[Mark]) -> list[Mark]:
    """The dot of π(· | x) is an argument, not a product."""
    found = list(marks)
    for i in range(1, len(marks) - 1):
        before, mark, after = marks[i - 1 : i + 2]
        alone = before.kind in ("OPEN", "COMMA") and after.kind in ("BAR", "CLOSE", "COMMA")
        if mark.kind == "TIMES" and alone:
            found[i] = mark._replace(kind="NAME", text="·")
    return found


def _bars(marks: list[Mark]) -> list[Mark]:
    """Tell bars apart: "given", the two of a divergence, and the pair around a length.

    Checks on the way that brackets match.
    """
    done: list[Mark] = []
    stack: list[Mark] = []
    waiting = marks[::-1]
    while waiting:
        mark = waiting.pop()
        top = stack[-1].text if stack else ""
        if mark.kind == "BAR":
            mark = _bar(mark, done, waiting, top)
        if mark.kind == "OPEN":
            stack.append(mark)
            if len(stack) > MAX_DEPTH:
                raise CannotRead(f"brackets nested more than {MAX_DEPTH} deep", mark.at)
        elif mark.kind == "CLOSE":
            if not stack or not _closes(stack[-1].text, mark.text):
                raise CannotRead(f"{mark.shown} does not close a bracket", mark.at)
            stack.pop()
        done.append(mark)
    if stack:
        raise CannotRead(f"{stack[-1].shown} is never closed", stack[-1].at)
    return done


def _bar(mark: Mark, done: list[Mark], waiting: list[Mark], top: str) -> Mark:
    operand_due = not done or awaits(done[-1]) or done[-1].kind in ("CELL", "ROW")
    if top == mark.text and not operand_due:
        return mark._replace(kind="CLOSE")
    if mark.text == "|" and waiting and waiting[-1].kind == "BAR" and waiting[-1].text == "|":
        waiting.pop()
        return mark._replace(kind="DBAR", text="‖")
    if operand_due:
        return mark._replace(kind="OPEN")
    return mark._replace(kind="DBAR") if mark.text == "‖" else mark


def awaits(mark: Mark) -> bool:
    """Whether an operand is due after ``mark``."""
    return mark.kind in _AWAITING or (mark.kind == "NAME" and mark.text in OPERATORS)


def _closes(opening: str, closing: str) -> bool:
    return opening == closing or "." in (opening, closing)
