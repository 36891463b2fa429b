"""Signing in, hub.config and code between the charts: HelmForge says all but dummy in one text of Python."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.values.helmforge_code import (
    CLASS_LINE,
    CONFIG_BLOCK,
    OWN_HELPERS,
    Setting,
    is_trait,
    join_blocks,
    read_settings,
    setting_lines,
    split_blocks,
)
from z2jh_wizard.values.migrate_comments import (
    Comments,
    with_comment,
    without_comments,
    without_inner_comments,
)
from z2jh_wizard.values.migrate_people import CLASS
from z2jh_wizard.values.migrate_work import Work, literal
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.traits import authenticator

_CODE: Path = ("hub", "extraConfig")
_CONFIG: Path = ("hub", "config")
_CONFIG_AS_CODE = "00-hub.config"


def sign_in_to_helmforge(work: Work) -> None:
    """Name dummy as HelmForge does; any other class is named in code."""
    name = work.document.get(CLASS)
    known = authenticator(name) if isinstance(name, str) else None
    if known and known.name == "DummyAuthenticator":
        work.move_as(CLASS, work.new, "dummy")
    elif isinstance(name, str) or _code_names_class(work):
        work.add(work.new, "custom")


def _code_names_class(work: Work) -> bool:
    code = work.document.get(_CODE)
    blocks = code.values() if isinstance(code, dict) else [code]
    return any(isinstance(block, str) and CLASS_LINE.search(block) for block in blocks)


def code_to_helmforge(work: Work) -> None:
    """Write hub.config as Python, before the blocks of hub.extraConfig; secrets stay where they are."""
    comments = Comments(work.document)
    settings = _settings(work, comments)
    code = work.document.get(_CODE)
    blocks = {"00-config": code} if isinstance(code, str) else dict(code) if isinstance(code, dict) else {}
    texts = {name: block for name, block in blocks.items() if isinstance(block, str)}
    if len(texts) < len(blocks):
        work.ask(_CODE, "Each block of hub.extraConfig is Python as text: mend it first.")
        return
    for name, block in texts.items():
        above = comments.of((*_CODE, name)) if isinstance(code, dict) else []
        texts[name] = "".join(f"{comment}\n" for comment in above) + block
    if CONFIG_BLOCK in texts:
        texts[f"{CONFIG_BLOCK}."] = texts.pop(CONFIG_BLOCK)
    if any(OWN_HELPERS.search(block) for block in texts.values()):
        work.ask(_CODE, work.rule.ask)
    if settings:
        texts[CONFIG_BLOCK] = setting_lines(settings)
    if texts:
        work.document = without_inner_comments(work.document, _CODE).set(_CODE, join_blocks(texts))
        if blocks:
            work.report(_CODE, _CODE)
    elif work.document.has(_CODE):
        work.drop(_CODE)
    for setting in settings:
        path = (*_CONFIG, setting.section, setting.trait)
        work.document = without_comments(work.document, [path])
        work.absorb(path, _CODE)


def _settings(work: Work, comments: Comments) -> list[Setting]:
    config = work.document.get(_CONFIG)
    return [
        Setting(section, trait, value, tuple(comments.of((*_CONFIG, section, trait))))
        for section, traits in (config.items() if isinstance(config, dict) else ())
        if isinstance(traits, dict)
        for trait, value in traits.items()
        if is_trait(section, trait) and not _is_secret((*_CONFIG, section, trait), value)
    ]


def _is_secret(path: Path, value: Any) -> bool:
    """Tell whether anything in a trait may be a secret."""
    if holds_secret(path):
        return not isinstance(value, bool)
    if isinstance(value, dict):
        return any(_is_secret((*path, key), item) for key, item in value.items())
    if isinstance(value, list):
        return any(_is_secret((*path, index), item) for index, item in enumerate(value))
    return False


def code_from_helmforge(work: Work) -> None:
    """Write one text of code as a map of blocks, and the block that only sets traits as hub.config."""
    code = work.document.get(_CODE)
    if not isinstance(code, str):
        return
    blocks = split_blocks(code)
    config = blocks.pop(CONFIG_BLOCK, "")
    settings = read_settings(config)
    if settings is None or any(work.document.has((*_CONFIG, *setting[:2])) for setting in settings):
        blocks[_CONFIG_AS_CODE] = config
        settings = []
    if blocks:
        work.replace(_CODE, blocks)
    else:
        work.drop(_CODE)
    for section, trait, value, comments in settings:
        path = (*_CONFIG, section, trait)
        work.document = work.document.set(path, value)
        work.report(_CODE, path)
        if comments:
            work.document = with_comment(work.document, path, comments) or work.document


def sign_in_from_helmforge(work: Work) -> None:
    """Name the class in hub.config; HelmForge's custom means that code names it."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    if work.document.has(CLASS) or _code_names_class(work):
        work.drop(path)
    elif work.document.get(path) == "dummy":
        work.move(path, CLASS)
    else:
        work.ask(path, work.rule.ask)


def insecure_dummy(work: Work) -> None:
    """Remove the permission to be open to all, and ask for a password where it was used."""
    path = literal(work.rule.old[0])
    if not work.document.has(path):
        return
    allowed = work.document.get(path)
    work.drop(path)
    if allowed and work.get("auth.type", "dummy") == "dummy" and not work.get("auth.dummyPassword"):
        work.ask(CLASS, work.rule.ask)


FUNCTIONS = (
    sign_in_to_helmforge,
    code_to_helmforge,
    code_from_helmforge,
    sign_in_from_helmforge,
    insecure_dummy,
)
