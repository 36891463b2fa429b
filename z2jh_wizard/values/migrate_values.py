"""Migration rules whose value changes on the way: inverted, renamed, wrapped, split or fanned out."""

from __future__ import annotations

import re
from typing import Any

from z2jh_wizard.core.checks import version_key
from z2jh_wizard.values.migrate_people import CLASS
from z2jh_wizard.values.migrate_work import Work, literal, source_text
from z2jh_wizard.values.paths import Path

_ALLOWANCES = ("cloudMetadataServer", "dnsPortsPrivateIPs", "nonPrivateIPs", "privateIPs")
_DNS_ALLOWANCES = ("dnsPortsCloudMetadataServer", "dnsPortsKubeSystemNamespace")


def move_any(work: Work) -> None:
    """Move whichever of the old names is there."""
    for path in map(literal, work.rule.old):
        if work.document.has(path):
            work.move(path, work.new)


def move_in_class(work: Work) -> None:
    """Rename a trait within its section."""
    for path in map(literal, work.rule.old):
        if work.document.has(path):
            work.move(path, (*path[:-1], work.rule.new))


def move_and_ask(work: Work) -> None:
    """Move a key, and ask whether a second place needs it too."""
    path = literal(work.rule.old[0])
    if work.document.has(path):
        work.move(path, work.new)
        work.ask(work.new, work.rule.ask)


def copy_to(work: Work) -> None:
    """Move a key whose value is needed in further places too."""
    path = literal(work.rule.old[0])
    if work.document.has(path):
        value = work.document.get(path)
        for place in map(literal, work.rule.also):
            if not work.document.has(place):
                work.add(place, value)
        work.move(path, work.new)


def one_item_list(work: Work) -> None:
    """Move a key whose single value becomes a list of one."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    value = work.document.get(path)
    if value is None or isinstance(value, list):
        work.move(path, work.new)
    else:
        work.move_as(path, work.new, [value])


def map_value(work: Work) -> None:
    """Replace a word by its new word; other words stay."""
    path = literal(work.rule.old[0])
    if work.document.has(path):
        value = work.document.get(path)
        if isinstance(value, str) and value in work.rule.values:
            work.replace(path, work.rule.values[value])


def wrap_extra_config(work: Work) -> None:
    """Give a single piece of Python a name, keeping its block as it is written."""
    path = literal(work.rule.old[0])
    if work.document.has(path) and isinstance(work.document.get(path), str):
        aside: Path = ("hub", "extraConfig-00-config")
        reported = len(work.steps)
        work.move(path, aside)
        work.move(aside, work.new)
        work.steps[reported:] = []
        work.report(path, work.new)


def name_extra_images(work: Work) -> None:
    """Turn a list of images into a map keyed by a short name of each."""
    path = literal(work.rule.old[0])
    images = work.document.get(path) if work.document.has(path) else None
    if not isinstance(images, list):
        return
    named: dict[str, Any] = {}
    for index, image in enumerate(images):
        name = str(image.get("name", "image")) if isinstance(image, dict) else "image"
        slug = re.sub("[^a-z0-9]+", "-", name.rpartition("/")[2].lower()).strip("-") or "image"
        named[slug if slug not in named else f"{slug}-{index + 1}"] = _with_written_tag(
            work, (*path, index), image
        )
    work.replace(path, named)


def _with_written_tag(work: Work, path: Path, image: Any) -> Any:
    if isinstance(image, dict) and isinstance(image.get("tag"), int | float):
        return {**image, "tag": source_text(work.document, (*path, "tag"))}
    return image


def pull_policy(work: Work) -> None:
    """Rename the policy of an extra image, or drop it where the chart refuses both names."""
    for path in work.matches("prePuller.extraImages.*.policy"):
        if work.target >= version_key("4.2.0"):
            work.move(path, (*path[:-1], "pullPolicy"))
        else:
            work.drop(path)


def scheduler_strategy(work: Work) -> None:
    """Say with the user scheduler what the strategy said: pack is on, spread is off."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    strategy = work.document.get(path)
    if strategy in work.rule.values:
        work.move_as(path, work.new, work.rule.values[strategy])
    elif strategy not in ("pack", "spread"):
        work.ask(path, f"The strategy {strategy!r} is neither pack nor spread: set {work.rule.new} instead.")


def enable_https(work: Work) -> None:
    """Switch HTTPS on where it is configured, as it was on by default."""
    configured = any(
        work.matches(pattern) and work.document.get(literal(pattern)) for pattern in work.rule.old
    )
    if configured and not work.document.has(work.new):
        work.add(work.new, True)


def image_pull_secret(work: Work) -> None:
    """Move the pull secret to the top, where it is created rather than enabled."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    if not isinstance(work.document.get(path), dict):
        work.move(path, work.new)
        return
    enabled, create = (*path, "enabled"), (*path, "create")
    if work.document.has(enabled):
        work.move(enabled, create)
    work.move(path, work.new)


def block_cloud_metadata(work: Work) -> None:
    """Invert the switch for the cloud metadata server."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    enabled = work.document.get(path)
    if not isinstance(enabled, bool):
        work.ask(path, f"{work.rule.note}; the value here is neither true nor false, so decide yourself.")
        return
    work.move_as(path, work.new, not enabled)
    if enabled and work.steps:
        work.ask(work.new, work.rule.ask)


def metadata_contradiction(work: Work) -> None:
    """Ask where the metadata server is both allowed and blocked, which is the default."""
    allowed = literal(work.rule.old[0])
    if work.document.has(allowed) and work.document.get(allowed) is True:
        blocked = work.document.get(work.new) if work.document.has(work.new) else True
        if blocked is not False:
            work.ask(allowed)


def text_environment(work: Work) -> None:
    """Write environment variables as a map of texts."""
    for path in map(literal, work.rule.old):
        value = work.document.get(path) if work.document.has(path) else None
        if isinstance(value, list) and all(isinstance(item, dict) and "name" in item for item in value):
            work.replace(path, {str(item["name"]): _variable(item) for item in value})
        for name in work.matches(f"{'.'.join(map(str, path))}.*"):
            item = work.document.get(name)
            if isinstance(item, bool):
                work.replace(name, str(item).lower())
            elif isinstance(item, int | float):
                work.replace(name, source_text(work.document, name))


def _variable(item: dict[str, Any]) -> Any:
    if set(item) == {"name", "value"}:
        value = item["value"]
        return str(value).lower() if isinstance(value, bool) else str(value)
    return item


def authenticator_class(work: Work) -> None:
    """Name the class that a sign-in type stood for."""
    path = literal(work.rule.old[0])
    if not work.document.has(path) or work.document.get(path) == "custom":
        return
    kind = work.document.get(path)
    if kind not in work.rule.values:
        work.ask(
            path, f"The chart knows no sign-in type {kind!r}: set {work.rule.new} to the class you mean."
        )
        return
    work.move_as(path, work.new, work.rule.values[kind])


def custom_authenticator(work: Work) -> None:
    """Move the configuration of a custom class under the name of that class."""
    class_path, config_path = map(literal, work.rule.old)
    kind_path: Path = ("auth", "type")
    name = work.document.get(class_path) if work.document.has(class_path) else None
    if isinstance(name, str) and name:
        if work.document.has(config_path):
            work.move(config_path, ("hub", "config", name.rpartition(".")[2]))
        work.move(class_path, work.new)
        if work.document.has(kind_path) and work.document.get(kind_path) == "custom":
            work.drop(kind_path)
    elif work.document.has(config_path):
        work.ask(
            config_path,
            "These are traits of a class that the file does not name: move them to hub.config.<Class>.",
        )
    elif work.document.has(kind_path) and work.document.get(kind_path) == "custom":
        work.ask(kind_path, f"The file does not name the custom class: set {work.rule.new}.")


def lti11_class(work: Work) -> None:
    """Rename the LTI 1.1 class and its section together, and ask for a trial."""
    old_class, new_class = next(iter(work.rule.values.items()))
    section = literal(work.rule.old[1])
    named = work.document.has(CLASS) and work.document.get(CLASS) == old_class
    if named:
        work.replace(CLASS, new_class)
    if work.document.has(section):
        work.move(section, work.new)
    if named or work.document.has(work.new):
        work.ask(CLASS if named else work.new, work.rule.ask)


def drop_empty_auth(work: Work) -> None:
    """Remove a sign-in section that says nothing."""
    path = literal(work.rule.old[0])
    if work.document.has(path) and _is_hollow(work.document.get(path)):
        work.drop(path)


def _is_hollow(value: object) -> bool:
    return value is None or (isinstance(value, dict) and all(map(_is_hollow, value.values())))


def empty_profile_list(work: Work) -> None:
    """Write an empty profile list as a list."""
    path = literal(work.rule.old[0])
    if work.document.has(path) and work.document.get(path) is None:
        work.replace(path, [])


def create_rbac(work: Work) -> None:
    """Rename the switch for roles; switched off, it kept service accounts off too."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    enabled = work.document.get(path)
    work.move(path, work.new)
    if enabled is False:
        for place in map(literal, work.rule.also):
            if not work.document.has(place):
                work.add(place, False)


def restrict_egress(work: Work) -> None:
    """Switch the built-in allowances off where a list of egress rules was the whole truth."""
    path = literal(work.rule.old[0])
    if not work.document.has(path) or not isinstance(work.document.get(path), list):
        return
    names = _ALLOWANCES + (_DNS_ALLOWANCES if work.target >= version_key("3.0.0") else ())
    present = work.document.get(work.new) if work.document.has(work.new) else {}
    if isinstance(present, dict):
        for name in names:
            if name not in present:
                work.add((*work.new, name), False)
    work.ask(path, work.rule.ask)


def new_dns_rules(work: Work) -> None:
    """Ask about the two newer allowances where others are switched off."""
    for path in map(literal, work.rule.old):
        rules = work.document.get(path) if work.document.has(path) else None
        if (
            isinstance(rules, dict)
            and False in rules.values()
            and not all(name in rules for name in _DNS_ALLOWANCES)
        ):
            work.ask(path)


def escaped_sub_path(work: Work) -> None:
    """Keep the folder names of home directories on one shared volume."""
    path, kind = map(literal, work.rule.old)
    if work.document.has(path) and isinstance(work.document.get(path), str):
        old: str = work.document.get(path)
        new = old.replace("{username}", "{escaped_username}")
        if new != old:
            work.replace(path, new)
    elif work.document.has(kind) and work.document.get(kind) == "static":
        work.add(work.new, "{escaped_username}")


FUNCTIONS = (
    move_any,
    move_in_class,
    move_and_ask,
    copy_to,
    one_item_list,
    map_value,
    wrap_extra_config,
    name_extra_images,
    pull_policy,
    scheduler_strategy,
    enable_https,
    image_pull_secret,
    block_cloud_metadata,
    metadata_contradiction,
    text_environment,
    authenticator_class,
    custom_authenticator,
    lti11_class,
    drop_empty_auth,
    empty_profile_list,
    create_rbac,
    restrict_egress,
    new_dns_rules,
    escaped_sub_path,
)
