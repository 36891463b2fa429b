"""The examples of old documentation, carried to today's charts, with the real charts where they are had."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path as FilePath

import jsonschema
import pytest
import yaml

from tests.values.migrating import listed
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.migrate_report import Migration
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.schema import read_schema

NEWEST: dict[Family, str] = {"z2jh": "4.4.0", "helmforge": "1.0.6"}


def examples(corpus: FilePath, version: str, to: Family) -> Iterator[tuple[str, Migration]]:
    files = sorted((corpus / "docs-examples" / version).glob("*.yaml"))
    assert files
    for file in files:
        yield file.name, migrate(Document.read(file.read_bytes()), version, NEWEST[to], to_family=to)


def refusals(values: object) -> Iterator[Path]:
    """Yield what the schema refuses, as jsonschema sees it; what is missing comes from the defaults."""
    for error in jsonschema.Draft7Validator(read_schema()).iter_errors(values):
        at: Path = tuple(error.absolute_path)
        if error.validator in ("required", "oneOf"):
            continue
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            yield from ((*at, key) for key in error.instance if key not in known)
        elif error.instance is not None:
            yield at


@pytest.mark.parametrize("version", ["v0.6", "0.11.1"])
def test_examples_become_valid_or_are_listed(version: str, corpus: FilePath) -> None:
    counts: Counter[str] = Counter()
    for name, migration in examples(corpus, version, "z2jh"):
        refused = set(refusals(migration.document.values))
        known = listed(migration)
        missed = [path for path in refused if not any(path[: len(at)] == at for at in known if at)]
        assert not missed, f"{name}: {missed}"
        counts.update(item.severity.value for item in migration.manual)
        counts.update(files=1, changes=len(migration.changes), refused=len(refused), valid=not refused)
    print(version, dict(counts))


@pytest.mark.helm
@pytest.mark.parametrize("version", ["v0.6", "0.11.1", "4.4.0"])
@pytest.mark.parametrize("to", ["z2jh", "helmforge"])
def test_what_has_no_errors_left_renders_with_the_real_chart(
    to: Family,
    version: str,
    corpus: FilePath,
    helm_binary: FilePath,
    tmp_path: FilePath,
    request: pytest.FixtureRequest,
) -> None:
    chart = request.getfixturevalue("real_chart" if to == "z2jh" else "helmforge_chart")
    counts: Counter[str] = Counter()
    for name, migration in examples(corpus, version, to):
        errors = bool(migration.at_least(Severity.ERROR))
        values = tmp_path / "values.yaml"
        values.write_text(yaml.safe_dump(migration.document.values), encoding="utf-8")
        done = subprocess.run(
            [helm_binary, "template", "hub", chart, "--values", values, "--kube-version", "1.31.0"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert errors or done.returncode == 0, f"{name}: {done.stderr}"
        rendered = "renders" if done.returncode == 0 else "does not render"
        counts[f"{'with' if errors else 'without'} errors, {rendered}"] += 1
    print(version, to, dict(counts))
