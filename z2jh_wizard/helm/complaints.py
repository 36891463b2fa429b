"""Taking Helm's error output apart: the error among the log lines, and schema complaints line by line."""

from __future__ import annotations

import re

from z2jh_wizard.core.redaction import plain

_ERROR = re.compile(r"^Error: ?", re.M)
_LOG_LINE = re.compile(
    r"^(?:time=|level=[A-Z]+ |\w+\.go:\d+: |[IWEF]\d{4} \d\d:|"
    r"helm\.sh/|github\.com/|main\.|runtime\.|goroutine |\t\S+\.go:\d+)"
)
_WRAPPERS = re.compile(
    r"^(?:UPGRADE FAILED|INSTALLATION FAILED|failed to install CRD [^:]+|"
    r"release \S+ failed, and has been (?:rolled back|uninstalled) due to [^:]+): "
)
_NEW_COMPLAINT = re.compile(r"^- at '(?P<path>[^']*)': (?P<what>.+)$", re.M)
_OLD_COMPLAINT = re.compile(r"^- (?P<path>\(root\)|[\w.\-]+): (?P<what>.+)$", re.M)
_EXTRA = re.compile(r"additional propert(?:y|ies) (?P<new>'.+?'|\S+?) (?:is )?not allowed", re.I)
_GOT = re.compile(r"got (?P<got>.+?), want (?P<want>.+)")
_INVALID_TYPE = re.compile(r"Invalid type\. Expected: (?P<want>.+?), given: (?P<got>.+)")


def error_text(stderr: str) -> str:
    """Return Helm's error without its log lines: what follows the last ``Error:``, else the last line."""
    starts = list(_ERROR.finditer(stderr))
    if not starts:
        lines = [line for line in stderr.splitlines() if line.strip() and not _LOG_LINE.match(line)]
        return plain(lines[-1].strip()) if lines else ""
    lines = []
    for line in stderr[starts[-1].end() :].splitlines():
        if _LOG_LINE.match(line) or (lines and not line.strip()):
            break
        lines.append(line.rstrip())
    return plain("\n".join(lines).strip())


def without_wrapper(error: str) -> str:
    """Return an error without the verb that Helm puts before it."""
    while match := _WRAPPERS.match(error):
        error = error[match.end() :]
    return error


def schema_complaints(error: str) -> list[str]:
    """Return each complaint of a chart's schema as a sentence about a setting by its dotted path."""
    new = [
        (match["path"].strip("/").replace("/", "."), match["what"])
        for match in _NEW_COMPLAINT.finditer(error)
    ]
    old = [(match["path"].replace("(root)", ""), match["what"]) for match in _OLD_COMPLAINT.finditer(error)]
    return [_sentence(path, what) for path, what in new or old]


def _sentence(path: str, what: str) -> str:
    setting = path or "the top level"
    if extra := _EXTRA.search(what):
        names = ", ".join(name.strip(" '") for name in extra["new"].split(","))
        return f"{names} is no setting of the chart" + (f" under {path}." if path else ".")
    if wrong := _GOT.search(what) or _INVALID_TYPE.search(what):
        return f"{setting} is {_an(wrong['got'])}, but has to be {wrong['want'].replace(',', ' or')}."
    return f"{setting}: {what}."


def _an(word: str) -> str:
    if word == "null":
        return "empty"
    return f"an {word}" if word[0] in "aeio" else f"a {word}"
