"""The terminals that clouds offer in a browser: which one this is, when it closes, what stays, its preview.

Facts, from the clouds' own pages as of 2026-11: Google, https://cloud.google.com/shell/docs/limitations (20
minutes, home, 120 days), and its samples, which build a preview's address from ``WEB_HOST``; Microsoft,
https://learn.microsoft.com/azure/cloud-shell/faq-troubleshooting (20 minutes) and persisting-shell-storage,
and its samples, which open a port under an address with a path; Amazon,
https://docs.aws.amazon.com/cloudshell/latest/userguide/limits.html (20 to 30 minutes, 1 GB a region, 120
days), where no preview is described. Whether typing in a previewed page counts, none of them says.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

Provider: TypeAlias = Literal["gke", "aks", "eks"]

PORT: Final = "{port}"
"""Stands in the address of a preview for the port of the page."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class CloudShell(msgspec.Struct, frozen=True):
    """A cloud's terminal in the browser, and what a person has to know of it."""

    provider: Provider
    """The cloud whose identity is there already."""
    name: str
    idle_minutes: str
    """After how many minutes without typing it closes, in words."""
    keeps: str
    """What is there again next time, one sentence."""
    how_to_preview: str
    """How a page on a port is seen, or why it is not, one sentence."""

    @property
    def idle_sentence(self) -> str:
        """Say when it closes, and what to do then."""
        return (
            f"{self.name} closes after {self.idle_minutes} minutes without typing; "
            "open it again and start the wizard: it carries on."
        )


GOOGLE: Final = CloudShell(
    "gke",
    "Google Cloud Shell",
    "20",
    "Its home folder stays, until it was not used for 120 days.",
    "Open Web Preview on the wizard's port; start the wizard again with --port and, as --public-url, "
    "the address that the preview shows.",
)
AZURE: Final = CloudShell(
    "aks",
    "Azure Cloud Shell",
    "20",
    "Its home folder stays where a storage account was chosen; a session without one keeps nothing.",
    "Azure Cloud Shell shows pages only under an address with a path, which the wizard's page cannot use: "
    "start z2jh-wizard without --web, in this terminal.",
)
AMAZON: Final = CloudShell(
    "eks",
    "AWS CloudShell",
    "20 to 30",
    "Its home folder stays, 1 GB for each region, until it was not used for 120 days; in a VPC nothing does.",
    "AWS CloudShell has no preview of pages: start z2jh-wizard without --web, in this terminal.",
)


def current() -> CloudShell | None:
    """Return the cloud's terminal that this program runs in, by the variables that each sets; else None."""
    if os.environ.get("CLOUD_SHELL") == "true":
        return GOOGLE
    if os.environ.get("ACC_CLOUD"):
        return AZURE
    if os.environ.get("AWS_EXECUTION_ENV") == "CloudShell":
        return AMAZON
    return None


def is_of(provider: Provider) -> bool:
    """Tell whether this program runs in the terminal of a cloud."""
    shell = current()
    return shell is not None and shell.provider == provider


def preview_address() -> str:
    """Return the address of pages as a browser sees them, with ``PORT`` in it; empty where none is known."""
    host = os.environ.get("WEB_HOST", "")
    return f"https://{PORT}-{host}" if current() is GOOGLE and _HOST.fullmatch(host) else ""


def idle_sentence() -> str:
    """Say when this terminal closes and what to do then; empty outside of a cloud's."""
    shell = current()
    return shell.idle_sentence if shell else ""


def stays(path: Path) -> bool:
    """Tell whether a path is in the home folder, all that a cloud's terminal keeps."""
    return path.resolve().is_relative_to(Path.home().resolve())
