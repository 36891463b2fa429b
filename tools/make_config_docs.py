"""Write docs/config/: a page for each topic of settings, and pages of traits, lint rules and chart versions.

    .venv/bin/python tools/make_config_docs.py

Everything in the pages comes from the tables of the program, so they are never edited by hand; a test fails
when they are stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.flows.questionnaire import known_ids
from z2jh_wizard.values import charts, traits
from z2jh_wizard.values.fields import Choice, Field, Kind, Level, TopicPage, trait_page
from z2jh_wizard.values.forms import in_order
from z2jh_wizard.values.keys import KeyName, key_table
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.lint.registry import RULES
from z2jh_wizard.values.sign_in import HUB_CONFIG_SINCE
from z2jh_wizard.values.topics import field_for, fields, fields_by_key, topics, trait_help
from z2jh_wizard.values.traits import TraitClass, TraitRow

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "config"
COMMAND = ".venv/bin/python tools/make_config_docs.py"
LONGEST_DEFAULT = 60
"""Characters of a default that a page shows."""

HEADINGS = {
    Level.EVERYDAY: "Everyday settings",
    Level.OFTEN: "Often useful",
    Level.RARE: "All others",
}
KINDS = {
    Kind.WHOLE: "whole number",
    Kind.BYTES: "memory, with K, M, G or T",
    Kind.QUANTITY: "amount as Kubernetes writes it, such as 10Gi",
    Kind.NAMES: "list of names",
    Kind.HOST: "host name",
    Kind.HOSTS: "list of host names",
    Kind.TEXT_MAP: "map of texts",
    Kind.SECRET_LIST: "list of secrets",
    Kind.SECRET_MAP: "map of secrets",
    Kind.URL: "URL",
}
"""Kinds whose word alone would not say enough."""

FOOT = f"\n---\n*Made by `{COMMAND}`; do not edit.*\n"


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    made = {"README.md": index()}
    made |= {f"{page.id}.md": topic(page) for page in topics()}
    made |= {
        "answers.md": answers(),
        "kubespawner.md": kubespawner(),
        "jupyterhub.md": hub_classes(),
        "authenticators.md": authenticators(),
        "lint.md": lint(),
        "chart-versions.md": chart_versions(),
    }
    return {name: f"{text.strip()}\n{FOOT}" for name, text in made.items()}


def index() -> str:
    """Return the first page: what there is."""
    rows = [(f"[{page.title}]({page.id}.md)", page.why, str(len(page.fields))) for page in topics()]
    newest = charts.newest()
    return f"""# Settings of a hub

What can be set in `config.yaml`, and what each setting does for a class, for the charts Zero to JupyterHub
(up to {newest.version}) and HelmForge JupyterHub ({charts.newest("helmforge").version}). From the command
line `z2jh-wizard config search WORDS` finds the same.

{table(("Topic", "Why", "Settings"), rows)}

More:

- [Ids of answers](answers.md): how answers files call the settings
- [KubeSpawner](kubespawner.md): every trait of the class that starts students' servers
- [JupyterHub and its parts](jupyterhub.md): the other classes of `hub.config`
- [Authenticators](authenticators.md): every trait of each way to sign in
- [Lint rules](lint.md): what `z2jh-wizard config lint` finds
- [Chart versions](chart-versions.md): what is in each, and known holes
"""


def answers() -> str:
    """Return the ids by which answers files know the settings, topic by topic."""
    text = f"""# Ids of answers

What each setting is called in [an answers file](../answers.md), in the order in which it is asked. What the
settings do is said on [the pages of their topics](README.md).

## About the project and the class

{", ".join(f"`{name}`" for name in known_ids() if name not in fields())}
"""
    for page in topics():
        rows = ((f"`{one.id}`", f"`{one.key}`", kind(one)) for one in in_order(page.fields))
        text += f"\n## [{page.title}]({page.id}.md)\n\n{table(('Answer', 'Setting', 'Value'), rows)}\n"
    return text


def topic(page: TopicPage) -> str:
    """Return the page of a topic."""
    text = f"# {page.title}\n\n{page.why}\n\n[The guide]({page.link}) · [all topics](README.md)\n"
    for level in (Level.EVERYDAY, Level.OFTEN):
        chosen = [field for field in page.fields if field.level is level]
        if chosen:
            text += f"\n## {HEADINGS[level]}\n\n" + "\n".join(map(section, chosen))
    rare = [field for field in page.fields if field.level is Level.RARE]
    if rare:
        text += f"\n## {HEADINGS[Level.RARE]}\n\n"
        text += table(("Setting", "What it does", "Value", "Default", "Charts"), map(rare_row, rare)) + "\n"
    return text + removed(page.id)


def section(field: Field) -> str:
    """Return what a topic says about one setting."""
    title = f"[`{field.key}`]({field.page})" if field.page else f"`{field.key}`"
    lines = [f"### {title}\n", f"{plain(field.help)}\n"]
    if field.choices:
        lines.append(choices(field.choices) + "\n")
    facts = [f"- Value: {kind(field)}"]
    facts += [f"- Default: {shown}" for shown in [default(field.default, field.kind)] if shown]
    facts += [f"- Example: `{field.example}`"] if field.example else []
    facts.append(f"- Charts: {since(field)}")
    facts += [f"- Older names: {older}" for older in [older_names(field)] if older]
    facts += [f"- {plain(note)}" for note in [note_of(field)] if note]
    facts += [f"- Also as `{twin.path}`, which wins where both are set" for twin in twins(field)]
    facts += [f"- Matters when {when}" for when in [condition(field)] if when]
    facts += [f"- Lint: {rules}" for rules in [rules_about(field)] if rules]
    return "\n".join([*lines, *facts, ""])


def rare_row(field: Field) -> tuple[str, ...]:
    """Return a rare setting as a row of a table."""
    title = f"[`{field.key}`]({field.page})" if field.page else f"`{field.key}`"
    what = " ".join(filter(None, [plain(field.help), plain(note_of(field))]))
    return (title, what, kind(field), default(field.default, field.kind), since(field))


def kind(field: Field) -> str:
    """Return in words what a value looks like."""
    words = KINDS.get(field.kind, field.kind.value.replace("-", " "))
    return f"{words} ({field.unit})" if field.unit else words


def default(value: Any, of: Kind = Kind.TEXT) -> str:
    """Return a default as a page shows it, nothing when it is not known."""
    if value is msgspec.UNSET or of.secret:
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= LONGEST_DEFAULT else "the chart's own"


def since(field: Field) -> str:
    """Return which charts have a setting."""
    row = field.row
    if row is None:
        known = field.trait.since if field.trait else ""
        return f"{known} and newer" if known else f"{HUB_CONFIG_SINCE} and newer, as far as is known"
    parts = [f"{row.names[0].since} and newer"] if row.names else []
    if row.helmforge:
        parts.append("HelmForge" if row.helmforge == field.key else f"HelmForge as `{row.helmforge}`")
    return "; ".join(parts)


def older_names(field: Field) -> str:
    """Return the names that a setting has had."""
    names = field.row.names if field.row else ()
    return ", ".join(f"`{name.path}` ({until(name)})" for name in names if name.path != field.key)


def until(name: KeyName) -> str:
    """Return how long a name was taken."""
    return f"{name.since} until {name.removed_in}" if name.removed_in else f"from {name.since}"


def note_of(field: Field) -> str:
    """Return what is to be known about a setting beside what it does."""
    if field.row and field.row.note:
        return field.row.note
    return field.trait.note if field.trait else ""


def twins(field: Field) -> Iterator[TraitRow]:
    """Yield the trait that says the same."""
    twin = traits.by_chart_key().get(field.key)
    if twin:
        yield twin


def condition(field: Field) -> str:
    """Return when a setting matters."""
    if field.shown_if is None:
        return ""
    asked = next(one for page in topics() for one in page.fields if one.id == field.shown_if.field)
    return f"`{asked.key}` is " + " or ".join(f"`{json.dumps(value)}`" for value in field.shown_if.values)


def rules_about(field: Field) -> str:
    """Return the lint rules that name a setting."""
    found = (rule for rule in RULES if field.key in rule.keys)
    return ", ".join(f"[`{one.id}`](lint.md#{one.severity.value}s) {plain(one.title)}" for one in found)


def choices(listed: Sequence[Choice]) -> str:
    """Return the values of a setting as a table."""
    return table(("Value", "Meaning", "When"), ((f"`{one.value}`", one.label, one.when) for one in listed))


def removed(topic_id: str) -> str:
    """Return the settings of a topic that no chart has any more."""
    held = {id(field.row) for field in fields_by_key().values()}
    dead = [row for row in key_table().rows if row.topic.value == topic_id and id(row) not in held]
    if not dead:
        return ""
    rows = [(f"`{row.names[-1].path}`", until(row.names[-1]), row.note) for row in dead]
    return f"\n## Gone from newer charts\n\n{table(('Setting', 'Charts', 'Now'), rows)}\n"


def kubespawner() -> str:
    """Return the page of KubeSpawner's traits."""
    rows = sorted(traits.traits_of("KubeSpawner").values(), key=lambda row: row.name)
    return f"""# KubeSpawner

KubeSpawner starts students' servers. Every trait is set as `hub.config.KubeSpawner.NAME`; where the chart has
a key of its own, that one is better, as the forms and the pre-puller know it. Where both are set,
`hub.config` wins. What takes a function is written in Python under `hub.extraConfig`, with the lines
[below](#functions).

{table(("Trait", "Type", "Default", "What it does", "Better said as"), map(spawner_row, rows))}

## Functions

{functions(rows)}
"""


def spawner_row(row: TraitRow) -> tuple[str, ...]:
    """Return a trait of KubeSpawner as a row."""
    name, type_, shown, what = trait_row(row)
    better = f"`{row.chart_key}`" if row.chart_key else "`hub.extraConfig`" if row.python_only else ""
    return (
        name.replace(f"`{row.name}`", f"[`{row.name}`]({trait_page(row.class_name, row.name)})"),
        type_,
        shown,
        what,
        better,
    )


def trait_row(row: TraitRow) -> tuple[str, str, str, str]:
    """Return a trait as a row: name, type, default, what it does."""
    words = [trait_help(row), row.note]
    if row.choices:
        words.append(f"One of {', '.join(row.choices)}.")
    return (f"`{row.name}`", row.type, default(row.default), plain(" ".join(filter(None, words))))


def functions(rows: Iterable[TraitRow]) -> str:
    """Return the examples of traits that take Python."""
    return "\n".join(function(row) for row in rows if row.python)


def function(row: TraitRow) -> str:
    """Return one example as it stands in a values file."""
    code = "\n".join(f"      {line}" for line in row.python.splitlines())
    name = row.name.replace("_", "-")
    return f"`{row.name}`: {trait_help(row)}\n\n```yaml\nhub:\n  extraConfig:\n    {name}: |\n{code}\n```\n"


def hub_classes() -> str:
    """Return the page of the classes that are neither spawner nor authenticator."""
    chosen = [one for one in traits.classes() if not is_authenticator(one) and "Spawner" not in one.name]
    return f"""# JupyterHub and its parts

Classes of the hub, set as `hub.config.CLASS.NAME`. The chart sets what a hub in a cluster needs; most of
these never have to be touched. Where the chart has a key of its own, that one is better.

{chr(10).join(map(class_part, chosen))}"""


def authenticators() -> str:
    """Return the page of the ways to sign in."""
    chosen = [one for one in traits.classes() if is_authenticator(one)]
    return f"""# Authenticators

The classes of each way to sign in, set as `hub.config.CLASS.NAME`;
`hub.config.JupyterHub.authenticator_class` takes the short name. See [sign-in](sign-in.md) for what a teacher
needs.

{chr(10).join(map(class_part, chosen))}"""


def is_authenticator(one: TraitClass) -> bool:
    """Tell whether a class signs people in."""
    return one.name == "Authenticator" or "Authenticator" in one.bases


def class_part(one: TraitClass) -> str:
    """Return the part of a page about a class."""
    rows = [row for row in traits.traits_of(one.name).values() if row.declared_in == one.name]
    lines = [f"## {one.name}\n"]
    if one.short_names:
        lines.append(f"Short name: {' or '.join(f'`{name}`' for name in one.short_names)}.\n")
    if one.bases:
        lines.append(f"It has the traits of {' and '.join(f'[{b}](#{b.lower()})' for b in one.bases)} too.\n")
    lines.append(table(("Trait", "Type", "What it does", "Better said as"), map(class_row, rows)))
    examples = functions(rows)
    return "\n".join([*lines, "", examples])


def class_row(row: TraitRow) -> tuple[str, ...]:
    """Return a trait of a class as a row."""
    name, type_, _, what = trait_row(row)
    return (name, type_, what, f"`{row.chart_key}`" if row.chart_key else "")


def lint() -> str:
    """Return the page of the lint rules."""
    text = "# Lint rules\n\n`z2jh-wizard config lint` knows these mistakes. "
    text += "Errors are refused or break the hub, warnings spoil class day, notes are advice.\n"
    for severity in Severity:
        rules = sorted((rule for rule in RULES if rule.severity is severity), key=lambda rule: rule.id)
        if rules:
            rows = [(f"`{rule.id}`", rule.title, settings(rule.keys)) for rule in rules]
            text += f"\n## {severity.value.capitalize()}s\n\n{table(('Rule', 'Mistake', 'Settings'), rows)}\n"
    return text


def settings(keys: Iterable[str]) -> str:
    """Return keys with a link to the page of their topic, where they have one."""
    return ", ".join(
        f"[`{key}`]({found.topic}.md)" if (found := field_for(key)) else f"`{key}`" for key in keys
    )


def chart_versions() -> str:
    """Return the page of chart versions."""
    text = f"# Chart versions\n\nAs known on {charts.as_of()}.\n"
    for family, title in charts.CHART_TITLES.items():
        chosen: charts.Family = "helmforge" if family == "helmforge" else "z2jh"
        rows = [version_row(one, chosen) for one in reversed(charts.chart_versions(chosen))]
        text += f"\n## {title}\n\n"
        text += table(("Chart", "Released", "JupyterHub", "Kubernetes from", "Known holes"), rows) + "\n"
    known = {
        exposure.advisory.id: exposure.advisory
        for one in charts.chart_versions()
        for exposure in charts.advisories(one.version)
    }
    rows = [
        (f"`{one.id}`", one.severity, one.summary, one.mended_in or f"not yet; {one.mended_by} mends it")
        for one in sorted(known.values(), key=lambda one: one.id, reverse=True)
    ]
    return text + f"\n## Known holes\n\n{table(('Advisory', 'Severity', 'What', 'Mended in'), rows)}\n"


def version_row(one: charts.ChartVersion, family: charts.Family) -> tuple[str, ...]:
    """Return a chart version as a row."""
    holes = [exposure.advisory.id for exposure in charts.advisories(one.version, family)]
    return (one.version, one.released, one.jupyterhub, one.kubernetes, ", ".join(holes))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def plain(text: str) -> str:
    """Return a sentence in which Markdown sees no markup."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("{", "&#123;")


def write(made: Mapping[str, str], folder: Path = FOLDER) -> None:
    """Write the pages, and remove those that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(pages())
