"""A small chart with the kinds of objects that a hub needs, and a hook."""

from __future__ import annotations

from pathlib import Path

CHART = """
apiVersion: v2
name: small
version: 0.1.0
kubeVersion: ">=1.28.0-0"
"""

VALUES = """
replicas: 1
image: "quay.io/example/web:1"
colour: red
labels: {}
storage: 1Gi
"""

SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: {{ .Values.colour | quote }}
  {{- if .Values.second }}
  second: "yes"
  {{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  name: secret
stringData:
  {{- $before := lookup "v1" "Secret" .Release.Namespace "secret" }}
  token: {{ if $before }}{{ $before.data.token | b64dec }}{{ else }}{{ randAlphaNum 20 }}{{ end }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: disk
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: {{ .Values.storage }}
"""

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: {{ .Values.replicas }}
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        {{- with .Values.labels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        colour: {{ .Values.colour }}
    spec:
      containers:
        - name: web
          image: {{ .Values.image }}
          env:
            - name: COLOUR
              value: {{ .Values.colour }}
            {{- range .Values.env }}
            - name: {{ . }}
              value: "set"
            {{- end }}
          ports:
            - name: http
              containerPort: 8000
          volumeMounts:
            - name: disk
              mountPath: /disk
      volumes:
        - name: disk
          persistentVolumeClaim:
            claimName: disk
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: LoadBalancer
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http
"""

HOOK = """
apiVersion: batch/v1
kind: Job
metadata:
  name: prepare
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: prepare
          image: quay.io/example/prepare:1
"""


def write_chart(folder: Path) -> Path:
    """Write the chart into a folder, and return where."""
    chart = folder / "small"
    files = {
        "Chart.yaml": CHART,
        "values.yaml": VALUES,
        "templates/settings.yaml": SETTINGS,
        "templates/web.yaml": WEB,
        "templates/hook.yaml": HOOK,
        "templates/NOTES.txt": "The colour is {{ .Values.colour }}.\n",
    }
    for name, content in files.items():
        path = chart / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.lstrip())
    return chart
