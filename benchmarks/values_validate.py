"""Reading, merging and validating a values file of 3,000 lines, against PyYAML's C loader on the same file.

Goal: parse + merge + schema in at most three times what the C loader needs to build its tree.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import yaml
from measure import leave, report

from z2jh_wizard.flows.charts import practice_chart
from z2jh_wizard.flows.validation import coalesce
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.reading import parse
from z2jh_wizard.values.schema_fit import is_understood, surely_fits

ROUNDS = 9
LINES = 3000

HEAD = """\
hub:
  config:
    Authenticator:
      allow_all: true
singleuser:
  memory:
    limit: 1G
  extraEnv:
    GREETING: 'hello'
  profileList:
"""

PROFILE = """\
    # Profile {n}: what it is for
    - display_name: "Course {n}"
      slug: course-{n}
      description: What students of course {n} get
      kubespawner_override:
        image: quay.io/jupyter/base-notebook:2026-01-{day:02d}  # pinned
        mem_limit: {n}G
        cpu_limit: 0.5
        environment:
          COURSE: 'course {n}'
        node_selector:
          pool: user
"""


def values_file() -> bytes:
    each = PROFILE.count("\n")
    return (HEAD + "".join(PROFILE.format(n=n, day=n % 28 + 1) for n in range(1, LINES // each))).encode()


def ours(data: bytes) -> None:
    if not surely_fits(coalesce(DEFAULTS, Document.read(data).values), SCHEMA):
        raise SystemExit("the file does not fit")


def c_loader(data: bytes) -> None:
    yaml.load(data, Loader=yaml.CSafeLoader)


def spent(work: Callable[[bytes], object], data: bytes) -> float:
    """Seconds of CPU of one run."""
    started = time.process_time()
    work(data)
    return time.process_time() - started


SCHEMA = msgspec.json.decode((practice_chart() / "values.schema.json").read_bytes())
DEFAULTS = parse((practice_chart() / "values.yaml").read_bytes()).tree


def main() -> None:
    data = values_file()
    if not is_understood(SCHEMA):
        raise SystemExit("the schema needs a whole validator")
    theirs = [spent(c_loader, data) for _ in range(ROUNDS)]
    mine = [spent(ours, data) for _ in range(ROUNDS)]
    ratios = [one / other for one, other in zip(sorted(mine), sorted(theirs), strict=True)]
    leave(
        [
            report("PyYAML's C loader, 3,000 lines", [1000 * one for one in theirs], "ms"),
            report("parse + merge + schema", [1000 * one for one in mine], "ms"),
            report("of the C loader's time", ratios, "times", goal=3),
        ]
    )


if __name__ == "__main__":
    main()
