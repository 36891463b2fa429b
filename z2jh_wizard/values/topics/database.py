"""Hub database: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Choice, Field, Kind, ShownIf, TopicPage

TYPES = (
    Choice("sqlite-pvc", "A file on a disk", "right for a course"),
    Choice("sqlite-memory", "In memory", "for a test: users are forgotten at each restart"),
    Choice("mysql", "MySQL", "when your institution runs one for you"),
    Choice("postgres", "PostgreSQL", "for very large hubs with a managed database"),
    Choice("other", "Another one", "any that SQLAlchemy can open"),
)
ON_DISK = ShownIf("database.type", ("sqlite-pvc",))
OUTSIDE = ShownIf("database.type", ("mysql", "postgres", "other"))

TOPIC = TopicPage(
    "database",
    "Hub database",
    "Where the hub remembers users and their servers: a small disk of its own is right for a course.",
    GUIDE + "administrator/advanced.html",
    (
        Field(
            "database.type",
            "hub.db.type",
            Kind.CHOICE,
            "Where the hub keeps its list of users and servers.",
            choices=TYPES,
        ),
        Field(
            "database.url",
            "hub.db.url",
            Kind.TEXT,
            "Where an outside database is, without the password.",
            shown_if=OUTSIDE,
            example="postgresql://jupyterhub@db.example.org:5432/jupyterhub",
        ),
        Field(
            "database.upgrade",
            "hub.db.upgrade",
            Kind.SWITCH,
            "Lets the next start change the tables of an outside database for a new version; take it "
            "out again afterwards.",
        ),
        Field(
            "database.size",
            "hub.db.pvc.storage",
            Kind.QUANTITY,
            "The size of the hub's own disk; 1Gi is enough for thousands of students.",
            shown_if=ON_DISK,
            example="1Gi",
        ),
        Field(
            "database.storage-class",
            "hub.db.pvc.storageClassName",
            Kind.TEXT,
            "The kind of disk for the hub; shared network file systems make it slow and break it.",
            shown_if=ON_DISK,
        ),
        Field(
            "database.access-modes",
            "hub.db.pvc.accessModes",
            Kind.NAMES,
            "Whether the hub's disk may be on one node at a time or on many; one is right.",
            shown_if=ON_DISK,
            example="ReadWriteOnce",
        ),
        Field(
            "database.folder",
            "hub.db.pvc.subPath",
            Kind.TEXT,
            "The folder of the disk in which the database lies.",
            shown_if=ON_DISK,
        ),
        Field(
            "database.selector",
            "hub.db.pvc.selector",
            Kind.MAP,
            "Picks a volume that exists already, by its labels.",
            shown_if=ON_DISK,
        ),
        Field(
            "database.annotations",
            "hub.db.pvc.annotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on the claim of the hub's disk.",
            shown_if=ON_DISK,
        ),
        Field(
            "database.helmforge.path",
            "hub.dbPath",
            Kind.TEXT,
            "The folder in which the HelmForge hub keeps its database.",
        ),
        Field(
            "database.helmforge.enabled",
            "hub.persistence.enabled",
            Kind.SWITCH,
            "Gives the HelmForge hub a disk, so that it remembers users after a restart.",
        ),
        Field(
            "database.helmforge.claim",
            "hub.persistence.existingClaim",
            Kind.TEXT,
            "A disk that exists already, for the HelmForge hub's database.",
        ),
    ),
)
