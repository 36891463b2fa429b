"""Errors of the chart and of where it comes from."""

from __future__ import annotations

from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, NeedsYou
from z2jh_wizard.helm.known_errors.base import NOTHING_CHANGED, OLD_HUB_RUNS, THEN_AGAIN, known

_OFFLINE = "Check the network and the address; a chart in a file (.tgz) works without it."

CHARTS = (
    known(
        r"chart requires kubeVersion: (?P<wanted>.+?) which is incompatible with Kubernetes (?P<has>\S+)",
        "The cluster's Kubernetes does not suit this chart",
        "The chart wants {wanted}; the cluster has {has}.",
        "Upgrade the cluster, or choose an older version of the chart.",
        OLD_HUB_RUNS,
        kind=InvalidInput,
    ),
    known(
        r"path \"(?P<path>[^\"]+)\" not found|Chart\.yaml file is missing|"
        r"open (?P<file>\S+\.tgz): no such file",
        "The chart is not where it should be",
        "There is no chart at the path given. {path}{file}",
        "Check the path, or use the published chart.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"open (?P<file>[^\n:]+): (?P<why>no such file or directory|permission denied)",
        "Helm cannot read {file}",
        "{why}.",
        "Put the file back; numbered copies are in .z2jh/backups.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"repo (?P<name>\S+) not found",
        "Helm does not know the chart repository {name}",
        "A name with a slash means a repository that was added with helm repo add.",
        "Give the repository's address instead, as the wizard does with --repo.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"chart \"(?P<chart>[^\"]+)\"(?: \(?version \"(?P<version>[^\"]+)\"\)?)? not found|"
        r"no chart version found for (?P<missing>\S+)",
        "This version of the chart does not exist",
        "The repository has no {chart}{missing} {version}",
        "Choose another version; the wizard and helm search repo --versions list them.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"looks like \"(?P<url>[^\"]+)\" is not a valid chart repository or cannot be reached",
        "The chart repository cannot be reached",
        "{url} did not answer as a chart repository.",
        _OFFLINE,
        NOTHING_CHANGED,
        transient=True,
        kind=CouldNotLook,
    ),
    known(
        r"(?P<ref>[\w.\-]+(?::\d+)?/[\w./\-]+:[\w.\-]+): not found|failed to resolve.*not found|"
        r"manifest unknown",
        "This version of the chart does not exist",
        "The registry does not have it. {ref}",
        "Check the name and the version.",
        NOTHING_CHANGED,
        kind=InvalidInput,
    ),
    known(
        r"authentication required|(?:GET|HEAD) \"https?://[^\"]+\".*(?:\b401\b|\b403\b|denied)",
        "The chart registry wants a login",
        "It refused to hand out the chart.",
        "Log in with helm registry login, or check the address: public charts need no login.",
        NOTHING_CHANGED,
        kind=NeedsYou,
    ),
    known(
        r"(?:Get|Head) \"(?P<url>https?://[^\"/]+)/v2/[^\"]*\": (?P<why>[^\n]+)",
        "The chart registry cannot be reached",
        "{url}: {why}.",
        _OFFLINE,
        NOTHING_CHANGED,
        transient=True,
        kind=CouldNotLook,
    ),
    known(
        r"failed to (?:fetch|download) (?P<url>\S+)",
        "The chart could not be downloaded",
        "{url} could not be had.",
        "Check the network and the version. " + THEN_AGAIN,
        NOTHING_CHANGED,
        transient=True,
    ),
    known(
        r"no matches for kind \"(?P<kind>[^\"]+)\" in version \"(?P<version>[^\"]+)\"",
        "The cluster does not know {kind} {version}",
        "The chart uses a kind of object that this Kubernetes has no longer, or not yet.",
        "Choose a version of the chart that suits the cluster, or install what brings that kind.",
        OLD_HUB_RUNS,
    ),
)
