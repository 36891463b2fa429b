"""The generated reference in docs/config/ says what the tables say."""

import re

from tools import make_config_docs as docs
from z2jh_wizard.values.fields import Kind
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.values.lint.registry import RULES
from z2jh_wizard.values.topics import fields
from z2jh_wizard.values.traits import classes, traits_of

PAGES = docs.pages()


def test_the_reference_is_not_stale():
    written = {path.name: path.read_text(encoding="utf-8") for path in docs.FOLDER.glob("*.md")}
    stale = sorted(name for name in written.keys() | PAGES.keys() if written.get(name) != PAGES.get(name))
    assert not stale, f"docs/config is stale ({', '.join(stale)}): run make docs, or {docs.COMMAND}"


def test_every_setting_rule_and_trait_is_in_it():
    for field in fields().values():
        assert f"`{field.key}`" in PAGES[f"{field.topic}.md"]
    for rule in RULES:
        assert f"`{rule.id}`" in PAGES["lint.md"]
    assert all(f"`{name}`" in PAGES["kubespawner.md"] for name in traits_of("KubeSpawner"))
    for one in classes():
        if "Spawner" not in one.name:
            assert f"## {one.name}\n" in PAGES["authenticators.md"] + PAGES["jupyterhub.md"]
    assert {f"{topic.value}.md" for topic in Topic} <= PAGES.keys()


def test_links_between_pages_lead_somewhere():
    for name, text in PAGES.items():
        for target, anchor in re.findall(r"\]\(([\w-]*\.md)?(?:#([\w-]+))?\)", text):
            page = PAGES[target or name]
            headings = {
                re.sub(r"[^\w-]", "", line.strip("# ").lower())
                for line in page.splitlines()
                if line[:1] == "#"
            }
            assert not anchor or anchor in headings, f"{name}: {target}#{anchor}"


def test_tables_are_whole():
    for name, text in PAGES.items():
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, f"{name}: {block[:80]}"


def test_no_default_of_a_secret_is_shown():
    assert docs.default("hunter2", Kind.SECRET) == ""
    assert docs.default(3600, Kind.SECONDS) == "`3600`"
    assert docs.default(None) == "`null`"


def test_pages_that_are_no_more_are_removed(tmp_path):
    (tmp_path / "old.md").write_text("old")
    docs.write({"README.md": "new\n"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
