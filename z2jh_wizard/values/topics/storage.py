"""Storage: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Choice, Field, Kind, Level, ShownIf, TopicPage

TYPES = (
    Choice("dynamic", "A disk for each student", "the usual choice: files are there again next week"),
    Choice("static", "One disk for all", "when a shared file system exists, such as NFS, EFS or Filestore"),
    Choice("none", "Nothing is kept", "for a workshop of one day; disks that exist stay and are billed"),
)
SLUGS = (
    Choice("safe", "Safe", "for new hubs: any user name gives a valid name"),
    Choice("escape", "As before chart 4", "for hubs whose disks were made by an older chart"),
)
OWN_DISK = ShownIf("storage.type", ("dynamic",))
SHARED = ShownIf("storage.type", ("static",))

TOPIC = TopicPage(
    "storage",
    "Storage",
    "Where students' files live, how much each gets, and what remains when the course is over.",
    GUIDE + "jupyterhub/customizing/user-storage.html",
    (
        Field(
            "storage.type",
            "singleuser.storage.type",
            Kind.CHOICE,
            "Whether each student gets a disk, all share one, or nothing is kept.",
            Level.EVERYDAY,
            choices=TYPES,
            label="Home folders",
        ),
        Field(
            "storage.capacity",
            "singleuser.storage.capacity",
            Kind.QUANTITY,
            "The size of each student's disk; it is billed whole, used or not, and only new students "
            "get a changed size.",
            Level.EVERYDAY,
            example="10Gi",
            shown_if=OWN_DISK,
            label="Disk size",
        ),
        Field(
            "storage.storage-class",
            "singleuser.storage.dynamic.storageClass",
            Kind.TEXT,
            "The kind of disk your cluster offers, such as a faster one; empty takes the cluster's default.",
            Level.OFTEN,
            shown_if=OWN_DISK,
        ),
        Field(
            "storage.shared-claim",
            "singleuser.storage.static.pvcName",
            Kind.TEXT,
            "The disk that all students share, a PersistentVolumeClaim that exists already.",
            Level.OFTEN,
            shown_if=SHARED,
        ),
        Field(
            "storage.shared-folder",
            "singleuser.storage.static.subPath",
            Kind.TEXT,
            "The folder of a student on the shared disk; a changed template makes old files seem lost.",
            Level.OFTEN,
            shown_if=SHARED,
            example="home/{username}",
        ),
        Field(
            "storage.home",
            "singleuser.storage.homeMountPath",
            Kind.TEXT,
            "Where the student's disk appears in the server; images of Project Jupyter want /home/jovyan.",
        ),
        Field(
            "storage.access-modes",
            "singleuser.storage.dynamic.storageAccessModes",
            Kind.NAMES,
            "Whether a student's disk may be on one node at a time or on many.",
            shown_if=OWN_DISK,
            example="ReadWriteOnce",
        ),
        Field(
            "storage.claim-name",
            "singleuser.storage.dynamic.pvcNameTemplate",
            Kind.TEXT,
            "How the disks of students are named; before chart 4 a changed name gave everybody a new, "
            "empty disk.",
            shown_if=OWN_DISK,
            example="claim-{user_server}",
        ),
        Field(
            "storage.volume-name",
            "singleuser.storage.dynamic.volumeNameTemplate",
            Kind.TEXT,
            "What the disk is called inside of the student's pod.",
            shown_if=OWN_DISK,
        ),
        Field(
            "storage.folder",
            "singleuser.storage.dynamic.subPath",
            Kind.TEXT,
            "The folder of the student's own disk that becomes the home, instead of the whole disk.",
            shown_if=OWN_DISK,
        ),
        Field(
            "storage.labels",
            "singleuser.storage.extraLabels",
            Kind.TEXT_MAP,
            "Kubernetes labels on new student disks, so that they can be listed or billed together.",
        ),
        Field(
            "storage.extra-volumes",
            "singleuser.storage.extraVolumes",
            Kind.LIST,
            "Further volumes for every server, such as one with data for the whole class.",
            Level.OFTEN,
        ),
        Field(
            "storage.extra-mounts",
            "singleuser.storage.extraVolumeMounts",
            Kind.LIST,
            "Where the further volumes appear in every server, and whether students may write there.",
            Level.OFTEN,
        ),
        Field(
            "storage.delete-with-user",
            "hub.config.KubeSpawner.delete_pvc",
            Kind.SWITCH,
            "Whether a student's disk is deleted with the student in the admin page: files are then "
            "gone for good.",
        ),
        Field(
            "storage.name-scheme",
            "hub.config.KubeSpawner.slug_scheme",
            Kind.CHOICE,
            "How user names become names of pods and disks; hubs from before chart 4 keep their disks "
            "with escape.",
            choices=SLUGS,
        ),
        Field(
            "storage.helmforge.enabled",
            "singleuser.storage.enabled",
            Kind.SWITCH,
            "Whether students' files are kept at all; the HelmForge chart does not unless you say so.",
            Level.EVERYDAY,
            label="Keep home folders",
        ),
    ),
)
