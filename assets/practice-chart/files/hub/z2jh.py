"""What the hub may ask about its installation; hub.extraConfig may `import z2jh` too."""

import os
from functools import lru_cache
from pathlib import Path

import yaml

ROOT = Path(os.environ.get("Z2JH_CONFIG_DIR", "/usr/local/etc/jupyterhub"))


def merged(base, over):
    """Join two trees of mappings; where both have a value, the second wins."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{key: merged(base.get(key), value) for key, value in over.items()}}


@lru_cache
def values():
    """The merged values of the chart, then those of hub.existingSecret."""
    tree = {}
    for folder in ("secret", "existing-secret"):
        file = ROOT / folder / "values.yaml"
        if file.exists():
            tree = merged(tree, yaml.safe_load(file.read_text()) or {})
    return tree


def get_config(path, default=None):
    """The value at a dotted path such as custom.course, or the default when nothing is there."""
    value = values()
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value


def get_secret_value(key, default=None):
    """A secret by its key: that of hub.existingSecret wins over the chart's."""
    for folder in ("existing-secret", "secret"):
        file = ROOT / folder / key
        if file.exists():
            return file.read_text()
    return default


def get_name(name):
    """The name in the cluster of an object such as proxy-api."""
    return (ROOT / "config" / name).read_text()


def get_name_env(name, suffix=""):
    """A variable that Kubernetes sets for a service, such as PROXY_API_SERVICE_PORT."""
    return os.environ[(get_name(name) + suffix).upper().replace("-", "_")]


def set_config_if_not_none(section, trait, path):
    """Set a trait from the values, unless nothing is written there."""
    value = get_config(path)
    if value is not None:
        setattr(section, trait, value)
