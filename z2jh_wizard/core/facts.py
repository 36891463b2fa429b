"""Numbers and names that more than one part of the wizard must agree on."""

from __future__ import annotations

OUR_LABEL = "z2jh-wizard"
"""Label or tag key on all that the wizard makes; its value is the project id."""

CLUSTER_LABEL = "z2jh-wizard-cluster"

HELM_OLDEST = (3, 8, 0)
"""The oldest Helm that installs the charts the wizard knows (OCI and the flags used here)."""

HELM_INSTALLING = "https://helm.sh/docs/intro/install/"
"""Where Helm's own makers say how to get it."""

HELM_TIMEOUT_MINUTES = 10
"""How long Helm waits for pods; a first pull of a large image takes most of it."""

CHART_REPOSITORY = "https://hub.jupyter.org/helm-chart/"
CHART_NAME = "jupyterhub"
CHART_VERSION = "4.4.0"
"""The z2jh chart that a new project gets (JupyterHub 5.5.0, Kubernetes 1.28 or newer)."""

HELMFORGE_CHART = "oci://ghcr.io/helmforgedev/helm/jupyterhub"
HELMFORGE_VERSION = "1.0.6"

GUIDE = "https://z2jh.jupyter.org/en/stable/"
