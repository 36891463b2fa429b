"""Student environment: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Choice, Field, Kind, Level, TopicPage

START_PAGES = (
    Choice("/lab", "JupyterLab", "the usual choice: files, notebooks and terminals in one window"),
    Choice("/tree", "Notebook", "one document at a time, for short courses and beginners"),
    Choice("/rstudio", "RStudio", "only with an image that has it"),
)

TOPIC = TopicPage(
    "environment",
    "Student environment",
    "What a student meets when the server opens: the first page, files of the course, choices.",
    GUIDE + "jupyterhub/customizing/user-environment.html",
    (
        Field(
            "environment.start-page",
            "singleuser.defaultUrl",
            Kind.TEXT,
            "The page that opens first: Lab, the classic Notebook, or one notebook of the course.",
            Level.EVERYDAY,
            choices=START_PAGES,
            example="/lab/tree/week-1.ipynb",
        ),
        Field(
            "environment.profiles",
            "singleuser.profileList",
            Kind.LIST,
            "A menu of machines and images that students choose from when they start.",
            Level.OFTEN,
        ),
        Field(
            "environment.variables",
            "singleuser.extraEnv",
            Kind.TEXT_MAP,
            "Environment variables for every server, each a text in quotes.",
            Level.OFTEN,
            example="EDITOR: vim",
            label="Environment variables",
        ),
        Field(
            "environment.on-start",
            "singleuser.lifecycleHooks.postStart",
            Kind.MAP,
            "A command at each start of a server, such as fetching the course files; when it fails, "
            "the server does not start.",
            Level.OFTEN,
            example="gitpuller https://github.com/org/course main course",
            label="When a server starts",
        ),
        Field(
            "environment.on-stop",
            "singleuser.lifecycleHooks.preStop",
            Kind.MAP,
            "A command that runs in the server just before it stops.",
        ),
        Field(
            "environment.files",
            "singleuser.extraFiles",
            Kind.MAP,
            "Small files, such as Jupyter settings, that are put into every server from this file.",
            Level.OFTEN,
        ),
        Field(
            "environment.start-timeout",
            "singleuser.startTimeout",
            Kind.SECONDS,
            "How long a server may take to start, a new node and a big image included, before the hub "
            "gives up.",
            Level.OFTEN,
        ),
        Field(
            "environment.command",
            "singleuser.cmd",
            Kind.COMMAND,
            "The program that is started in the container; images of Project Jupyter need no other.",
        ),
        Field(
            "environment.events",
            "singleuser.events",
            Kind.SWITCH,
            "Shows students what Kubernetes is doing while their server starts.",
        ),
        Field(
            "environment.annotations",
            "singleuser.extraAnnotations",
            Kind.TEXT_MAP,
            "Kubernetes annotations on every student pod, for tools of the cluster that read them.",
        ),
        Field(
            "environment.labels",
            "singleuser.extraLabels",
            Kind.TEXT_MAP,
            "Kubernetes labels on every student pod; the label that is there by default lets it reach "
            "the hub.",
        ),
        Field(
            "environment.containers",
            "singleuser.extraContainers",
            Kind.LIST,
            "Further containers that run beside every student's notebook, in the same pod.",
        ),
        Field(
            "environment.init-containers",
            "singleuser.initContainers",
            Kind.LIST,
            "Containers that run and end before a student's notebook starts, to prepare its files.",
        ),
        Field(
            "environment.pod",
            "singleuser.extraPodConfig",
            Kind.MAP,
            "Anything else of a Kubernetes pod that no other setting covers, for every student server.",
        ),
        Field(
            "environment.pod-name",
            "singleuser.podNameTemplate",
            Kind.TEXT,
            "How student pods are named; each server needs a name of its own.",
            example="jupyter-{user_server}",
        ),
    ),
)
