"""Label and field selectors: the text forms of list and watch requests, and LabelSelector objects.

Syntax and error texts: k8s.io/apimachinery, pkg/labels/selector.go and pkg/fields/selector.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.practice import status
from z2jh_wizard.practice.go_text import go_quote
from z2jh_wizard.practice.objects import dig
from z2jh_wizard.practice.rules import names

LabelMatcher = Callable[[Mapping[str, str]], bool]
FieldMatcher = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(r"[ \t\r\n]*(?:(!=|==|[=!(),<>])|([^ \t\r\n=!(),<>]+))")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on a label; ``operator`` is one of ``in notin exists absent gt lt``."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether the labels meet the condition; an absent label meets ``notin``."""
        value = labels.get(self.key)
        if self.operator == "exists":
            return value is not None
        if self.operator == "absent":
            return value is None
        if self.operator == "notin":
            return value not in self.values
        if value is None:
            return False
        return value in self.values if self.operator == "in" else self._compares(value)

    def _compares(self, value: str) -> bool:
        try:
            number, limit = int(value), int(self.values[0])
        except ValueError:
            return False
        return number > limit if self.operator == "gt" else number < limit


def parse_labels(text: str) -> LabelMatcher:
    """Read a label selector such as ``app=hub,tier in (a, b),!old``; ApiError 400 when it is malformed."""
    requirements = parse_requirements(text)
    return lambda labels: all(each.matches(labels) for each in requirements)


def parse_requirements(text: str) -> tuple[Requirement, ...]:
    """Read a label selector into its conditions; ApiError 400 when it is malformed."""
    return _LabelParser(text).parse()


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while match := _TOKEN.match(text, position):
        yield match[1] or match[2]
        position = match.end()
    yield ""


class _LabelParser:
    """A reader of label selectors, one lexeme ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0

    def parse(self) -> tuple[Requirement, ...]:
        """Return the conditions in the order of the text; nothing for empty text."""
        found: list[Requirement] = []
        while lexeme := self._peek():
            if lexeme != "!" and _is_symbol(lexeme):
                raise _malformed(f"found '{lexeme}', expected: !, identifier, or 'end of string'")
            found.append(self._requirement())
            lexeme = self._take()
            if lexeme not in ("", ","):
                raise _malformed(f"found '{lexeme}', expected: ',' or 'end of string'")
            if lexeme and (self._peek() != "!" and _is_symbol(self._peek())):
                raise _malformed(f"found '{self._peek()}', expected: identifier after ','")
        return tuple(found)

    def _peek(self) -> str:
        return self._tokens[self._next]

    def _take(self) -> str:
        lexeme = self._tokens[self._next]
        self._next += bool(lexeme)
        return lexeme

    def _requirement(self) -> Requirement:
        absent = self._peek() == "!"
        if absent:
            self._take()
        key = self._word("identifier")
        if wrong := names.qualified_name(key):
            raise _unparsed(f"<nil>: Invalid value: {go_quote(key)}: {'; '.join(wrong)}")
        if absent and self._peek() in ("", ","):
            return Requirement(key, "absent")
        if self._peek() in ("", ","):
            return Requirement(key, "exists")
        return self._comparison(key, self._take())

    def _comparison(self, key: str, operator: str) -> Requirement:
        if operator in ("in", "notin"):
            values = self._set()
        elif operator in ("=", "==", "!=", "<", ">"):
            values = ("" if self._peek() in ("", ",") else self._word("identifier"),)
        else:
            raise _unparsed(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
        for value in values:
            if wrong := names.label_value(value):
                where = f"values[0][{key}]: Invalid value: {go_quote(value)}"
                raise _unparsed(f"{where}: {'; '.join(wrong)}")
        if operator in "<>" and not re.fullmatch(r"[-+]?[0-9]+", values[0]):
            where = f"values[0]: Invalid value: {go_quote(values[0])}"
            raise _unparsed(f"{where}: for 'Gt', 'Lt' operators, the value must be an integer")
        return Requirement(key, _COMPARISONS.get(operator, operator), values)

    def _set(self) -> tuple[str, ...]:
        if (lexeme := self._take()) != "(":
            raise _unparsed(f"found '{lexeme}' expected: '('")
        values: list[str] = []
        while True:
            values.append("" if self._peek() in (",", ")") else self._word("',', or identifier"))
            lexeme = self._take()
            if lexeme == ")":
                return tuple(dict.fromkeys(values))
            if lexeme != ",":
                raise _unparsed(f"found '{lexeme}', expected: ',' or ')'")

    def _word(self, expected: str) -> str:
        token = self._take()
        if _is_symbol(token):
            raise _unparsed(f"found '{token}', expected: {expected}")
        return token


_COMPARISONS = {"=": "in", "==": "in", "!=": "notin", ">": "gt", "<": "lt"}


def _is_symbol(token: str) -> bool:
    return not token or token[0] in "=!(),<>"


def _malformed(why: str) -> status.ApiError:
    return status.bad_request(why)


def _unparsed(why: str) -> status.ApiError:
    return status.bad_request(f"unable to parse requirement: {why}")


def parse_fields(text: str) -> FieldMatcher:
    """Read a field selector such as ``metadata.name=hub,status.phase!=Running``; ApiError 400 if malformed.

    Values may hold ``,``, ``=`` and ``\\`` behind a backslash. An absent field counts as empty text.
    """
    conditions = list(parse_field_conditions(text))

    def matches(obj: Mapping[str, Any]) -> bool:
        return all((field_text(obj, path) == value) is equal for path, equal, value in conditions)

    return matches


def parse_field_conditions(text: str) -> Iterator[tuple[str, bool, str]]:
    """Read a field selector into (path, must be equal, value); ApiError 400 when it is malformed."""
    for term in re.findall(r"(?:[^,\\]|\\.?)+", text, re.DOTALL):
        match = re.fullmatch(r"(.*?)(!=|==|=)(.*)", term, re.DOTALL)
        if not match:
            raise _malformed(f"invalid selector: '{text}'; can't understand '{term}'")
        yield match[1], match[2] != "!=", _unescape(match[3])


def _unescape(value: str) -> str:
    escapes = re.findall(r"\\.?|[,=]", value, re.DOTALL)
    for escape in escapes:
        if escape in (",", "="):
            raise _malformed(f"invalid field selector: unescaped character in value: {ord(escape)}")
        if escape not in ("\\\\", "\\,", "\\="):
            raise _malformed(f"invalid field selector: invalid escape sequence: {escape}")
    return re.sub(r"\\(.)", r"\1", value)


def field_text(obj: Mapping[str, Any], path: str) -> str:
    """Return a field as field selectors compare it; an absent one is empty text."""
    value = dig(obj, *path.split("."))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def match_label_selector(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Tell whether a LabelSelector selects the labels: None selects nothing, an empty one everything."""
    if selector is None:
        return False
    exact = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in exact.items()):
        return False
    return all(_expression(each).matches(labels) for each in selector.get("matchExpressions") or ())


_OPERATORS = {
    "In": "in",
    "NotIn": "notin",
    "Exists": "exists",
    "DoesNotExist": "absent",
    "Gt": "gt",
    "Lt": "lt",
}


def _expression(expression: Mapping[str, Any]) -> Requirement:
    name = str(expression.get("operator", ""))
    operator = _OPERATORS.get(name)
    if operator is None:
        raise _malformed(f"{go_quote(name)} is not a valid label selector operator")
    return Requirement(expression.get("key", ""), operator, tuple(expression.get("values") or ()))
