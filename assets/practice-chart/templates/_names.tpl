{{/* The app label, and the middle of names when fullnameOverride is null. */}}
{{- define "practice.app" -}}
{{ .Values.nameOverride | default "jupyterhub" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What stands before object names: the override, or (when it is null) release and app. */}}
{{- define "practice.fullname" -}}
{{- $app := .Values.nameOverride | default "jupyterhub" -}}
{{- if kindIs "string" .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if contains $app .Release.Name }}{{ .Release.Name }}
{{- else }}{{ .Release.Name }}-{{ $app }}
{{- end }}
{{- end }}

{{/* (list . "proxy-public") -> the object's name in its namespace. */}}
{{- define "practice.name" -}}
{{- with include "practice.fullname" (first .) }}{{ . }}-{{ end }}{{ last . }}
{{- end }}

{{/* The ingress and the HTTP route carry the prefix alone. */}}
{{- define "practice.webName" -}}
{{ include "practice.fullname" . | default "jupyterhub" }}
{{- end }}

{{/* Names of objects outside any namespace: unique in the cluster, so never without a prefix. */}}
{{- define "practice.schedulerName" -}}
{{ include "practice.fullname" . | default .Release.Name }}-user-scheduler
{{- end }}
{{- define "practice.corePriority" -}}
{{ include "practice.fullname" . | default (printf "%s-default-priority" .Release.Name) }}
{{- end }}
{{- define "practice.pullerPriority" -}}
{{- with include "practice.fullname" . }}{{ . }}-image-puller{{ else }}{{ .Release.Name }}-image-puller-priority{{ end }}
{{- end }}
{{- define "practice.placeholderPriority" -}}
{{- with include "practice.fullname" . }}{{ . }}-user-placeholder{{ else }}{{ .Release.Name }}-user-placeholder-priority{{ end }}
{{- end }}

{{/* (list . "hub" .Values.hub.serviceAccount) -> the account that a pod runs as. */}}
{{- define "practice.account" -}}
{{- $own := include "practice.name" (list (first .) (index . 1)) -}}
{{- with last . }}{{ .name | default (ternary $own "default" .create) }}{{ end }}
{{- end }}

{{/* (list . "hub") -> labels that select a component's pods; they never change. */}}
{{- define "practice.selector" -}}
component: {{ last . }}
app: {{ include "practice.app" (first .) | quote }}
release: {{ (first .).Release.Name | quote }}
{{- end }}

{{/* (list . "hub") -> labels of a component's pods. */}}
{{- define "practice.podLabels" -}}
{{ include "practice.selector" . }}
app.kubernetes.io/component: {{ last . }}
app.kubernetes.io/name: {{ include "practice.app" (first .) | quote }}
app.kubernetes.io/instance: {{ (first .).Release.Name | quote }}
{{- end }}

{{/* (list . "hub") -> labels of a component's objects. */}}
{{- define "practice.labels" -}}
{{- $root := first . -}}
{{- $chart := printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_") -}}
{{ include "practice.podLabels" . }}
chart: {{ $chart }}
heritage: {{ $root.Release.Service }}
helm.sh/chart: {{ $chart }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- end }}

{{/*
The metadata of an object: root and component; name, when it is not the component's;
more labels and annotations, when there are any.
*/}}
{{- define "practice.metadata" -}}
metadata:
  name: {{ .name | default (include "practice.name" (list .root .component)) }}
  labels:
    {{- include "practice.labels" (list .root .component) | nindent 4 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- include "practice.given" (pick . "annotations") | nindent 2 }}
{{- end }}

{{/* A map -> its entries as YAML, without those that are empty; 0 and false are not empty. */}}
{{- define "practice.given" -}}
{{- range $key, $value := . }}
{{- if not (has (toJson $value) (list "null" "\"\"" "[]" "{}")) }}
{{ dict $key $value | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* A list of the user's own -> its items, or nothing. */}}
{{- define "practice.items" -}}
{{- with . }}{{ toYaml . }}{{ end }}
{{- end }}
