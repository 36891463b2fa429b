"""What students leave in their home folders: a small notebook and its data."""

from __future__ import annotations

import json
import random
from typing import Any

_TOPICS = (
    ("week1-variables", "Variables and numbers", "x = 6 * 7\nprint(x)", "42\n"),
    ("week2-plotting", "A first plot", "heights = [158, 171, 164]\nsum(heights) / len(heights)", "164.33"),
    ("week3-populations", "How fast do bacteria grow?", "[2 ** n for n in range(6)]", "[1, 2, 4, 8, 16, 32]"),
    (
        "project-rainfall",
        "Rain in my city",
        "import csv\nlist(csv.reader(open('data.csv')))[0]",
        "day, value",
    ),
)


def files_of(user: str) -> dict[str, bytes]:
    """Return the files of one student by their names; the same every time."""
    chance = random.Random(user)  # noqa: S311 - homework, no secret
    name, title, code, output = chance.choice(_TOPICS)
    files = {f"{name}.ipynb": _notebook(title, code, output)}
    if chance.random() < 0.6 or "csv" in code:
        rows = ["day,value", *(f"{day},{chance.uniform(0, 30):.1f}" for day in range(1, 9))]
        files["data.csv"] = ("\n".join(rows) + "\n").encode()
    return files


def _notebook(title: str, code: str, output: str) -> bytes:
    body: dict[str, Any] = {
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": [f"# {title}"]},
            {
                "cell_type": "code",
                "execution_count": 1,
                "id": "work",
                "metadata": {},
                "outputs": [{"name": "stdout", "output_type": "stream", "text": [output]}],
                "source": code.splitlines(keepends=True),
            },
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(body, indent=1).encode() + b"\n"
