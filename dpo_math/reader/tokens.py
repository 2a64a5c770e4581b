"""From the characters of a formula to tokens that know where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dpo_math.reader.commands import TEXTS, UNICODE, WORDS
from dpo_math.reader.errors import MAX_CHARACTERS, MAX_DEPTH, CannotRead


@dataclass(frozen=True, slots=True)
class Token:
    """One mark: a ``command`` by its name, a ``letter``, a ``word``, ``digits``, a ``text``, a
    ``char``, or one of ``{ } _ ^ & row``. ``at`` is its offset in the formula."""

    kind: str
    text: str
    at: int

    @property
    def shown(self) -> str:
        """The token as the page has it, for messages."""
        return "\\" + self.text if self.kind == "command" else self.text


_LEXEME = re.compile(
    r"""(?P<comment>(?<!\\)%[^\n]*\n?)
      | \\\\\*?(?:\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?(?P<row>)
      | \\(?P<command>operatorname\*|[A-Za-z@]+|[^A-Za-z])
      | (?P<digits>\d+(?:\.\d+)?|\.\d+)
      | (?P<letters>[A-Za-z]+)
      | (?P<space>\s+)
      | (?P<prime>['’′]+)
      | (?P<char>.)""",
    re.VERBOSE | re.DOTALL,
)
_STRUCTURE = frozenset("{}_^&")


def scan(tex: str) -> list[Token]:
    """The tokens of ``tex``. Raises :class:`CannotRead` for what is too long or too deep."""
    if len(tex) > MAX_CHARACTERS:
        raise CannotRead(f"a formula of more than {MAX_CHARACTERS} characters", 0)
    tokens = list(_tokens(tex))
    _check_braces(tokens)
    return tokens


def _tokens(tex: str) -> Iterator[Token]:
    position = 0
    while position < len(tex):
        found = _LEXEME.match(tex, position)
        assert found is not None
        at, position = position, found.end()
        match found.lastgroup:
            case "row":
                yield Token("row", "\\\\", at)
            case "command" if found["command"] in TEXTS:
                content, position = _text(tex, position, at)
                yield Token("text", content, at)
            case "command":
                yield Token("command", found["command"], at)
            case "digits":
                yield Token("digits", found["digits"], at)
            case "letters":
                yield from _letters(found["letters"], at)
            case "prime":
                yield Token("prime", "'" * len(found["prime"]), at)
            case "char":
                yield _character(found["char"], at)


def _letters(run: str, at: int) -> Iterator[Token]:
    """A run of letters is the name of an operator, or so many letters."""
    if run in WORDS and len(run) > 1:
        yield Token("word", run, at)
        return
    for offset, letter in enumerate(run):
        yield Token("letter", letter, at + offset)


def _character(character: str, at: int) -> Token:
    if character in _STRUCTURE:
        return Token(character, character, at)
    if character in UNICODE:
        return Token("command", UNICODE[character], at)
    plain = unicodedata.normalize("NFKC", character)
    if plain in UNICODE:
        return Token("command", UNICODE[plain], at)
    return Token("letter" if re.fullmatch("[A-Za-z]", plain) else "char", character, at)


def _text(tex: str, position: int, at: int) -> tuple[str, int]:
    r"""The argument of ``\text``, as it stands, and the offset behind it."""
    start = re.compile(r"\s*\{").match(tex, position)
    if start is None:
        raise CannotRead("text without braces", at)
    depth = 1
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, start.end()):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return tex[start.end() : found.start()], found.end()
    raise CannotRead("text whose brace is never closed", at)


def _check_braces(tokens: list[Token]) -> None:
    open_at: list[int] = []
    for token in tokens:
        if token.kind == "{":
            open_at.append(token.at)
            if len(open_at) > MAX_DEPTH:
                raise CannotRead(f"braces nested more than {MAX_DEPTH} deep", token.at)
        elif token.kind == "}":
            if not open_at:
                raise CannotRead("a brace } that nothing opened", token.at)
            open_at.pop()
    if open_at:
        raise CannotRead("a brace { that is never closed", open_at[-1])
