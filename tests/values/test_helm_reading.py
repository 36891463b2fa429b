"""Our reading of values files equals that of the real Helm."""

import json
import random
import subprocess

import pytest

from tests.values.samples import NAMES, sample
from z2jh_wizard.values.reading import Unreadable, parse

pytestmark = pytest.mark.helm

WORDS = """
y Y n N yes Yes YES yEs no on On off OFF true True TRUE tRue false null Null NULL nUll ~ 0644 0o644 0O17 08
-08 +1 -1 1_000 _1 1__0 0x1F 0X1f -0x1F 0b101 -0b101 0b 0x 1e3 1E3 1e+3 1.5e3 .5 -.5 +.5 5. -5. 3.10
1.2.3 12:30:45 2001-01-01 9223372036854775807 18446744073709551615 18446744073709551616
-9223372036854775809 1e400 -0 -0.0 00
0_7 1e21 . .. ._1 .5_0 .1_ 1_0.5_0 5._ + +. -. 1e-7 << = 1e 0x1.8p3 infinity nan 0777_7 +0644 00.5 0b2 0xg
1,000 0o8 007.5 +_1 0x_1f 1e1_0 1_e3 a#b a:b 'no' "yes" '' text é
"""


def _scalar(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(WORDS.split())
    letters = rng.choice(["0123456789", "01_.eE+-x", "nNyYoOfFtTrRuUlLeEsSaA", "0123456789.:-_", "abc .,-"])
    made = "".join(rng.choice(letters) for _ in range(rng.randint(1, 9))).strip()
    return made or "''"


def _render(helm, folder, text: str | bytes):
    chart = folder / "chart"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: echo\nversion: 0.1.0\n")
    (chart / "templates" / "values.yaml").write_text("{{ toJson .Values }}\n")
    (folder / "values.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run(
        [helm, "template", "x", chart, "--values", folder / "values.yaml"],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    return json.loads(done.stdout.decode().split("\n", 2)[2]) if done.returncode == 0 else None


def _ours(text: str | bytes):
    try:
        return parse(text if isinstance(text, bytes) else text.encode()).tree
    except Unreadable:
        return None


def _as_json(value):
    """Make one kind of number of all, as JSON in Go does, and keep true apart from 1."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("number", float(value))
    return ("other", value)


def test_300_scalars_and_maps(helm_binary, tmp_path):
    rng = random.Random(20260105)
    readable: list[str] = []
    while len(readable) < 300:
        scalar = _scalar(rng)
        shape = rng.choice(["{0}", "[{0}, x]", "{{k: {0}}}", "\n  k: {0}\n  {0}: v"])
        text = f"v: {shape.format(scalar)}\n"
        if _ours(text) is not None:
            readable.append(text[3:])
    text = "".join(f"case{number}: {each.lstrip(' ')}" for number, each in enumerate(readable))
    text = text.replace(": \n  k", ":\n  k")
    theirs = _render(helm_binary, tmp_path, text)
    assert theirs is not None
    assert len(theirs) == 300
    ours = _as_json(_ours(text))
    different = {key: (ours[key], value) for key, value in _as_json(theirs).items() if ours[key] != value}
    assert not different


@pytest.mark.parametrize("name", NAMES)
def test_samples(name, helm_binary, tmp_path):
    assert _as_json(_ours(sample(name))) == _as_json(_render(helm_binary, tmp_path, sample(name)))


@pytest.mark.parametrize(
    "word", [".inf", ".nan", "!!int 5.5", "!!null x", "!!binary '@'", "@x", "*nope", "&a [*a]", "b: c"]
)
def test_refused_alike(word, helm_binary, tmp_path):
    text = f"a: {word}\n"
    assert _ours(text) is None
    assert _render(helm_binary, tmp_path, text) is None
