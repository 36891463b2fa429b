"""Rules about values that stand in the form, or at the place, of something else that looks alike."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import format_path, parse_path


@rule("image-str", Severity.ERROR, "An image as one text", "singleuser.image.name", "hub.image.name")
def image_str(subject: Subject) -> Iterator[Problem]:
    """Images of the chart are a name and a tag, each below a key of its own."""
    keys = paths_at(subject.version, subject.family)
    images = [key.removesuffix(".name") for key in keys if key.endswith("image.name")]
    for key in (*images, "prePuller.extraImages.*"):
        for path, value in subject.find(key):
            if not isinstance(value, str):
                continue
            name, _, tag = value.rpartition(":")
            sure = bool(name) and "/" not in tag and "@" not in value
            yield Problem(
                path,
                f"{format_path(path)} is one text here; the chart wants a name and a tag below it.",
                Fix(
                    f"Write name: {name} and tag: {tag} below it."
                    if sure
                    else "Write name: and tag: below it.",
                    (Set(path, {"name": name, "tag": tag}),) if sure else (),
                ),
            )


@rule(
    "image-no-tag",
    Severity.ERROR,
    "An image of your own without a tag",
    "singleuser.image.tag",
    "hub.image.tag",
)
def image_no_tag(subject: Subject) -> Iterator[Problem]:
    """The chart's own tag is then added, which hardly any other image has."""
    for key in ("singleuser.image", "hub.image"):
        name = subject.get(f"{key}.name")
        row = paths_at(subject.version, subject.family).get(f"{key}.name")
        if row is None or not isinstance(name, str) or not name or subject.get(f"{key}.tag") is not None:
            continue
        last = name.rsplit("/", 1)[-1]
        if last.startswith("k8s-") or ":" in last:  # an image of the chart's own, or a tag within the name
            continue
        result = "no student server starts" if key.startswith("singleuser") else "the hub does not start"
        yield Problem(
            parse_path(f"{key}.name"),
            f"{name} has no tag, so the tag of the chart's own image is added; {result} unless it exists.",
            Fix("Write the tag of your image below it, in quotes."),
        )


@rule("extraconfig-str", Severity.ERROR, "hub.extraConfig as one text", "hub.extraConfig")
def extraconfig_str(subject: Subject) -> Iterator[Problem]:
    """Pieces of Python have names since chart 0.7; from 1.0 on one text is refused."""
    value = subject.get("hub.extraConfig")
    if subject.family == "z2jh" and isinstance(value, str) and subject.at_least("0.7.0"):
        path = ("hub", "extraConfig")
        yield Problem(
            path,
            "hub.extraConfig is one text here; the chart wants pieces of Python, each below a name.",
            Fix(
                "Write a name below extraConfig, and the text below that.", (Set(path, {"00-config": value}),)
            ),
            severity=None if subject.at_least("1.0.0") else Severity.NOTE,
        )


@rule(
    "lab-under-hub", Severity.WARNING, "JUPYTER_ENABLE_LAB for the hub", "singleuser.extraEnv", "hub.extraEnv"
)
def lab_under_hub(subject: Subject) -> Iterator[Problem]:
    """The hub itself shows no notebooks: the variable belongs to students' servers."""
    path = ("hub", "extraEnv", "JUPYTER_ENABLE_LAB")
    if subject.family == "z2jh" and subject.has(path):
        yield Problem(
            path,
            "JUPYTER_ENABLE_LAB does nothing here: the hub has it, and students' servers do not.",
            Fix("Write it below singleuser.extraEnv, or choose the page with singleuser.defaultUrl: /lab."),
        )


@rule("port-433", Severity.WARNING, "Port 433 instead of 443", "singleuser.networkPolicy.egress")
def port_433(subject: Subject) -> Iterator[Problem]:
    """HTTPS is 443; nothing of use to a class listens on 433."""
    for pattern in ("*.networkPolicy", "*.*.networkPolicy"):
        for above, rules in subject.find(f"{pattern}.egress"):
            for at, one in enumerate(rules if isinstance(rules, list) else ()):
                ports = one.get("ports") if isinstance(one, dict) else None
                for number, port in enumerate(ports if isinstance(ports, list) else ()):
                    if isinstance(port, dict) and port.get("port") in (433, "433"):
                        yield Problem(
                            (*above, at, "ports", number, "port"),
                            "Port 433 is open here, but HTTPS is 443, which stays shut.",
                            Fix("Write 443."),
                        )


RULES: tuple[Rule, ...] = (image_str, image_no_tag, extraconfig_str, lab_under_hub, port_433)
