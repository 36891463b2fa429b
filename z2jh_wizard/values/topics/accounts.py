"""Accounts and rights: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, HUB_DOCS, Field, Kind, TopicPage
from z2jh_wizard.values.topics import blocks

TOPIC = TopicPage(
    "accounts",
    "Accounts and rights",
    "Who may do what: the hub in the cluster, services in the hub, students in their server.",
    GUIDE + "administrator/security.html#rbac",
    (
        Field(
            "accounts.rbac",
            "rbac.create",
            Kind.SWITCH,
            "Makes the rights in the cluster that the hub needs; without them somebody must make them "
            "by hand.",
        ),
        Field(
            "accounts.roles",
            "hub.loadRoles",
            Kind.MAP,
            "Roles of JupyterHub: which people, groups and services may see or do what in the hub.",
            link=HUB_DOCS + "rbac/roles.html",
        ),
        *blocks.service_account("accounts.hub-account", "hub.serviceAccount", "the hub"),
        Field(
            "accounts.student-account",
            "singleuser.serviceAccountName",
            Kind.TEXT,
            "A Kubernetes account for student servers: whatever it may do in the cluster, every student may.",
        ),
        Field(
            "accounts.sudo",
            "singleuser.allowPrivilegeEscalation",
            Kind.SWITCH,
            "Lets programs in a server gain rights, as sudo does; students need it only to install "
            "system packages.",
        ),
        Field(
            "accounts.uid",
            "singleuser.uid",
            Kind.WHOLE,
            "The user number that student servers run as; images of Project Jupyter expect 1000.",
            example="1000",
        ),
        Field(
            "accounts.gid",
            "singleuser.fsGid",
            Kind.WHOLE,
            "The group number that owns the files on students' disks.",
            example="100",
        ),
    ),
)
