"""What Azure would not have understood of a request, by the models of Azure's own client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from azure.mgmt.containerservice import models


def unknown_fields(model: str, tree: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Give the path of each field of a request that a model does not have."""
    kind = getattr(models, model)
    kind({})  # its table of fields is made with its first instance
    known = {one._rest_name: name for name, one in kind._attr_to_rest_field.items()}
    hints: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        hints.update(getattr(base, "__annotations__", {}))
    for key, value in tree.items():
        if key not in known:
            yield f"{at}{key}"
            continue
        inner = re.search(r"_models\.(\w+)", str(hints.get(known[key], "")))
        if not inner:
            continue
        several = value if isinstance(value, list) else [value]
        for one in several:
            if isinstance(one, Mapping) and "Dict" not in str(hints[known[key]]):
                yield from unknown_fields(inner[1], one, f"{at}{key}.")
