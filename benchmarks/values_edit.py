"""Setting one key in a values file of 3,000 lines, proved by reading it again, against ruamel.yaml.

Goal: at most a tenth of what ruamel.yaml needs to load, edit and dump the same file, in the same run.
Beside it: how long a hostile file is looked at before it is refused (goal: 2 s each).
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable

from measure import leave, report
from ruamel.yaml import YAML

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.reading import MAX_BYTES, parse

ROUNDS = 7
LINES = 3000
PATH = ("section100", "memory", "limit")

SECTION = """\
# Section {n}: what it is for
section{n}:
  enabled: true
  image:
    name: quay.io/jupyter/base-notebook  # pinned
    tag: "2026-01-{day:02d}"
  memory:
    limit: {n}G
    guarantee: 512M
  extraEnv:
    GREETING: 'hello {n}'
  script: |
    import os
    print({n})
  items:
    - name: item{n}
      size: {n}
    - [1, 2, 3]
"""


def values_file() -> bytes:
    each = SECTION.count("\n")
    return "".join(SECTION.format(n=n, day=n % 28 + 1) for n in range(1, LINES // each + 2)).encode()


def set_ours(data: bytes) -> bytes:
    return Document.read(data, ()).set(PATH, "3G").data


def set_ruamel(data: bytes) -> bytes:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(data)
    tree[PATH[0]][PATH[1]][PATH[2]] = "3G"
    out = io.BytesIO()
    yaml.dump(tree, out)
    return out.getvalue()


def spent(work: Callable[[bytes], object], data: bytes) -> float:
    """Seconds of CPU of one run."""
    started = time.process_time()
    work(data)
    return time.process_time() - started


def refused(data: bytes) -> None:
    try:
        parse(data)
    except InvalidInput:
        return
    raise SystemExit("a hostile file was read")


def hostile() -> dict[str, bytes]:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return {
        "billion laughs": "\n".join(laughs).encode(),
        "50 MB": b"a: " + b"x" * 50_000_000,
        "deep nesting": b"a: " + b"[" * 1_000_000,
        "many values": b"a:\n" + b"- \n" * (MAX_BYTES // 3 - 2),
        "open quote": b'a: "' + b"x\n" * (MAX_BYTES // 2 - 3),
        "NULs": b"\0" * MAX_BYTES,
        "documents": b"---\n" * (MAX_BYTES // 4),
    }


def main() -> None:
    data = values_file()
    assert set_ours(data).splitlines() != data.splitlines()
    ours, ruamels = [], []
    for _ in range(ROUNDS):  # in turns, so that both meet the same load
        ours.append(spent(set_ours, data))
        ruamels.append(spent(set_ruamel, data))
    lines = data.count(b"\n")
    report("ruamel.yaml: load, set, dump", [s * 1000 for s in ruamels], "ms CPU", lines=lines)
    report("ours: read, set, read again, compare", [s * 1000 for s in ours], "ms CPU", lines=lines)
    ratios = [one / other for one, other in zip(ours, ruamels, strict=True)]
    results = [report("setting a key against ruamel.yaml", ratios, "times", goal=0.1)]
    for name, bomb in hostile().items():
        results.append(report(f"refusing: {name}", [spent(refused, bomb)], "s CPU", goal=2.0))
    leave(results)


if __name__ == "__main__":
    main()
