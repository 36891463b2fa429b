"""Errors in what is on this computer: the settings, the files, the hub's name, Helm itself."""

from __future__ import annotations

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.helm.known_errors.base import NOTHING_CHANGED, OLD_HUB_RUNS, THEN_AGAIN, known

SETTINGS = (
    known(
        r"values don't meet the specifications of the schema",
        "The chart does not accept these settings",
        "{complaints}",
        "Correct them: z2jh-wizard config validate names each of them.",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"failed to parse (?P<file>\S+?):.*?yaml: line (?P<line>\d+): (?P<why>[^\n]+)",
        "{file} is not valid YAML",
        "Line {line}: {why}.",
        "Look at that line and the one before it: spaces instead of tabs, a space after each colon.",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"failed to parse (?P<file>\S+?): (?P<why>[^\n]+)",
        "{file} cannot be read as settings",
        "{why}.",
        "Check the file with: z2jh-wizard config validate",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"failed parsing --set(?:-\w+)? data: (?P<why>[^\n]+)",
        "A --set argument is not understood",
        "{why}.",
        "Write it as key=value, or put the setting into config.yaml.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"execution error at \((?P<place>[^)]+)\): (?P<why>[^\n]+)",
        "The chart refuses these settings",
        "{why} (said by {place})",
        "Correct the setting that it names in config.yaml; numbers in extraEnv need quotes.",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"(?:template: |parse error at \()(?P<place>[^\s:]+:\d+)(?::\d+)?\)?:? ?(?P<why>[^\n]+)",
        "The chart's templates failed",
        "{place}: {why}",
        "The setting used at that line is missing or has another shape than the chart expects; "
        "compare with: helm show values",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"invalid release name|release name is invalid",
        "Helm does not accept the hub name",
        "A release name has at most 53 lower-case letters, digits and hyphens.",
        "Choose a name such as bio101.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"no space left on device",
        "The disk is full",
        "Helm could not write a file on this computer.",
        "Make room. " + THEN_AGAIN,
    ),
    known(
        r"could not find tiller|could not find a ready tiller pod|incompatible versions client\[",
        "This Helm 2 does not find its Tiller",
        "Helm 2 works only together with Tiller, which is not in this cluster or has another version.",
        "Use Helm 3 or newer: z2jh-wizard doctor --fix",
        NOTHING_CHANGED,
    ),
    known(
        r"unknown (?:shorthand )?flag: (?P<flag>[^\n]+)|unknown command (?P<command>\"[^\"]+\")",
        "This Helm does not know {flag}{command}",
        "It is older or newer than the wizard thinks, or something else is called helm on this computer.",
        "Run: z2jh-wizard doctor",
        NOTHING_CHANGED,
    ),
)
