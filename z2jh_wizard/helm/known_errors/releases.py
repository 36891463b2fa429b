"""Errors about the state of a release and about waiting for it."""

from __future__ import annotations

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.helm.known_errors.base import (
    DIAGNOSE,
    NOTHING_CHANGED,
    OLD_HUB_RUNS,
    THEN_AGAIN,
    known,
)

RELEASES = (
    known(
        r"another operation \(install/upgrade/rollback\) is in progress",
        "Another Helm is at work on this hub, or was killed in the middle",
        "Helm marks a release while it works on it, and the mark is still there.",
        "Wait until the other one ends; if there is none, run the same command again after its time-out: "
        "it looks at the release and mends it.",
        OLD_HUB_RUNS,
    ),
    known(
        r"cannot re-?use a name that is still in use|a release named (?P<name>\S+) already exists",
        "There is a release with this name already",
        "helm install makes new releases only, and this name is taken in this namespace.",
        "Look at it with helm status and helm history, then upgrade it instead of installing; "
        "remove it only if nobody needs the data of that hub.",
        NOTHING_CHANGED,
    ),
    known(
        r"has no deployed releases",
        "This hub has never been installed with success",
        "There is no working revision that an upgrade could start from.",
        "Run z2jh-wizard apply: it installs, and first clears away what a failed install left.",
    ),
    known(
        r"conflict occurred while applying object (?P<object>\S+)[^:]*: Apply failed with \d+ conflicts?:? "
        r"(?:conflicts? with (?P<who>\"[^\"]+\")[^:]*: )?(?P<fields>.+)",
        "Another tool has changed {object}",
        "{who} owns fields that the chart sets as well: {fields}",
        "Undo the other tool's change, or let Helm take the fields back with --force-conflicts.",
        OLD_HUB_RUNS,
    ),
    known(
        r"(?P<object>\w+ \"[^\"]+\") in namespace \"(?P<namespace>[^\"]*)\" exists and cannot be imported",
        "{object} is there already and is not this hub's",
        "Helm changes no object that another release or a person made (namespace {namespace}).",
        "Use another namespace or hub name, or remove the object if nobody needs it.",
        NOTHING_CHANGED,
    ),
    known(
        r"release: not found|release has no (?P<revision>\d+) version",
        "There is no such release",
        "Helm finds no release, or no revision, of that name in this namespace.",
        "See what there is with: helm list --all-namespaces",
        NOTHING_CHANGED,
    ),
    known(
        r"namespaces? \"(?P<namespace>[^\"]+)\" not found",
        "The namespace {namespace} is missing",
        "Helm installs into a namespace that exists.",
        "Run z2jh-wizard apply, which makes it, or: kubectl create namespace {namespace}",
        NOTHING_CHANGED,
    ),
    known(
        r"because it is being terminated",
        "The namespace is still being deleted",
        "Kubernetes takes nothing new into it until all in it is gone.",
        "Wait a few minutes. " + THEN_AGAIN,
        NOTHING_CHANGED,
        transient=True,
    ),
    known(
        r"context canceled|has been cancelled",
        "Helm was interrupted",
        "It stopped on request and marked the release as failed.",
        "Run the same command again: it carries on from there.",
    ),
    known(
        r"must have at most 1048576 bytes|Request entity too large",
        "The release is too large to store",
        "Helm keeps the chart and all settings in one Secret of at most 1 MiB.",
        "Move large files out of the settings, such as singleuser.extraFiles, into the image.",
        OLD_HUB_RUNS,
    ),
)

WAITING = (
    known(
        r"(?:failed )?(?:pre|post)-(?P<verb>install|upgrade|rollback|delete)(?: hooks failed)?: .*?"
        r"(?:timed out|deadline exceeded|BackoffLimitExceeded|DeadlineExceeded|not ready)",
        "A job of the chart around the {verb} did not finish",
        "z2jh pulls the images to every node at this point; a large image, a wrong image name or a full "
        "disk keeps it waiting.",
        "Run: z2jh-wizard diagnose. If the pull is merely slow, run the same command again: what was "
        "pulled stays.",
    ),
    known(
        r"resource (?P<kind>\w+)/(?:[^/\s]+/)?(?P<name>\S+) not ready\. status: \w+, "
        r"message: (?P<why>[^\n]+)",
        "{kind} {name} was not ready in time",
        "Helm waited as long as it was told to. The last it heard: {why}.",
        DIAGNOSE,
    ),
    known(
        r"Client\.Timeout exceeded|net/http: request canceled",
        "The cluster answered too slowly",
        "A request to the Kubernetes API ran out of time.",
        "Check the network. " + THEN_AGAIN,
        transient=True,
        kind=CouldNotLook,
    ),
    known(
        r"timed out waiting for|context deadline exceeded",
        "The hub was not ready in time",
        "Helm waited as long as it was told to, and something did not start.",
        DIAGNOSE,
    ),
)
