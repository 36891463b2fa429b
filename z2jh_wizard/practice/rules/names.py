"""Checks of names, label keys and the like; each returns what is wrong, in the words of the real server.

Source: k8s.io/apimachinery, pkg/util/validation/validation.go.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from z2jh_wizard.practice.status import Cause, invalid_value

Check = Callable[[str], list[str]]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_WILDCARD = rf"\*\.{_SUBDOMAIN}"
_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = f"({_NAME})?"
_KEY = "[-._a-zA-Z0-9]+"

NOT_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    f"'{_LABEL}')"
)
NOT_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    f"'{_SUBDOMAIN}')"
)
NOT_WILDCARD = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
    "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. "
    f"'*.example.com', regex used for validation is '{_WILDCARD}')"
)
NOT_NAME = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    f"character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_NAME}')"
)
NOT_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    f"for validation is '{_VALUE}')"
)
NOT_KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
    f"'KEY_NAME',  or 'key-name', regex used for validation is '{_KEY}')"
)
NOT_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex "
    "used for validation is '[0-9]+%')"
)
NOT_ENVIRONMENT = (
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
)
NOT_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NOT_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
PORT_RANGE = "must be between 1 and 65535, inclusive"


def _longest(count: int, unit: str = "characters") -> str:
    return f"must be no more than {count} {unit}"


def dns_label(text: str) -> list[str]:
    """Check a lower-case DNS label of at most 63 characters."""
    found = [] if len(text) <= 63 else [_longest(63)]
    return found if re.fullmatch(_LABEL, text) else [*found, NOT_LABEL]


def dns_subdomain(text: str) -> list[str]:
    """Check lower-case DNS labels with dots, at most 253 characters."""
    found = [] if len(text) <= 253 else [_longest(253)]
    return found if re.fullmatch(_SUBDOMAIN, text) else [*found, NOT_SUBDOMAIN]


def host(text: str) -> list[str]:
    """Check a DNS name that may start with ``*.``."""
    if address(text) == []:
        return ["must be a DNS name, not an IP address"]
    if text.startswith("*") or "*" in text:
        return [] if re.fullmatch(_WILDCARD, text) else [NOT_WILDCARD]
    return dns_subdomain(text)


def path_segment(text: str) -> list[str]:
    """Check a name that may stand in a URL path, as roles have."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{each}'" for each in ("/", "%") if each in text]


def qualified_name(text: str) -> list[str]:
    """Check a label or annotation key: a name of at most 63 bytes, and perhaps a DNS prefix and a slash."""
    *prefixes, name = text.split("/")
    if len(prefixes) > 1:
        prefix = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {NOT_NAME} {prefix}"]
    found: list[str] = []
    if prefixes:
        wrong = ["must be non-empty"] if not prefixes[0] else dns_subdomain(prefixes[0])
        found += [f"prefix part {each}" for each in wrong]
    if not name:
        found.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        found.append(f"name part {_longest(63, 'bytes')}")
    if not re.fullmatch(_NAME, name):
        found.append(f"name part {NOT_NAME}")
    return found


def label_value(text: str) -> list[str]:
    """Check a label's value: at most 63 bytes, letters, digits, dashes, dots and underscores."""
    found = [] if len(text.encode()) <= 63 else [_longest(63, "bytes")]
    return found if re.fullmatch(_VALUE, text) else [*found, NOT_VALUE]


def config_key(text: str) -> list[str]:
    """Check a key of a Secret or ConfigMap, which becomes a file name."""
    found = [] if len(text) <= 253 else [_longest(253)]
    if not re.fullmatch(_KEY, text):
        return [*found, NOT_KEY]
    if text in (".", ".."):
        return [*found, f"must not be '{text}'"]
    return [*found, "must not start with '..'"] if text.startswith("..") else found


def environment_name(text: str) -> list[str]:
    """Check the name of an environment variable: printable ASCII without an equals sign."""
    if re.fullmatch(r"[ -<>-~]+", text):
        return []
    return [NOT_ENVIRONMENT]


def port_name(text: str) -> list[str]:
    """Check a port's name: at most 15 lower-case letters, digits and single dashes, with a letter."""
    found: list[str] = []
    if len(text) > 15:
        found.append(_longest(15))
    if not re.fullmatch(r"[-a-z0-9]+", text):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search(r"[a-z]", text):
        found.append("must contain at least one letter (a-z)")
    if "--" in text:
        found.append("must not contain consecutive hyphens")
    if text[:1] == "-" or text[-1:] == "-":
        found.append("must not begin or end with a hyphen")
    return found


def address(text: str) -> list[str]:
    """Check an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return [NOT_ADDRESS]
    return []


def cidr(text: str) -> list[str]:
    """Check a network such as 10.0.0.0/8."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return [NOT_CIDR]
    return [] if "/" in text else [NOT_CIDR]


def wrong(field: str, value: str, check: Check) -> Iterator[Cause]:
    """Yield a cause for each thing that a check finds wrong with a value."""
    for detail in check(value):
        yield invalid_value(field, value, detail)
