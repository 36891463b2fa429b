{{/*
A Deployment, StatefulSet or DaemonSet down to its pods' metadata; the line "    spec:" follows.
kind and component; spec: more of its spec; history: how many old revisions stay; labels and annotations
of its own; access: what the network policies let its pods reach; podLabels and podAnnotations.
*/}}
{{- define "practice.workload" -}}
apiVersion: apps/v1
kind: {{ .kind }}
{{ include "practice.metadata" (omit . "name") }}
spec:
  {{- if not (kindIs "invalid" .history) }}
  revisionHistoryLimit: {{ .history }}
  {{- end }}
  {{- toYaml .spec | nindent 2 }}
  selector:
    matchLabels:
      {{- include "practice.selector" (list .root .component) | nindent 6 }}
  template:
    {{- include "practice.podMetadata" . | nindent 4 }}
{{- end }}

{{- define "practice.podMetadata" -}}
metadata:
  labels:
    {{- include "practice.podLabels" (list .root .component) | nindent 4 }}
    {{- range .access }}
    hub.jupyter.org/network-access-{{ . }}: "true"
    {{- end }}
    {{- with .podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- include "practice.given" (dict "annotations" .podAnnotations) | nindent 2 }}
{{- end }}

{{/* An image setting -> image and, when set, imagePullPolicy of a container. */}}
{{- define "practice.image" -}}
image: {{ printf "%s:%s" .name .tag | quote }}
{{- with .pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end }}

{{/* (list . image) -> imagePullSecrets of a pod: its own, everybody's, and the one this chart makes. */}}
{{- define "practice.pullSecrets" -}}
{{- $values := (first .).Values -}}
{{- $secrets := concat (last .).pullSecrets $values.imagePullSecrets -}}
{{- if and $values.imagePullSecret.create $values.imagePullSecret.automaticReferenceInjection -}}
{{- $secrets = append $secrets (include "practice.name" (list (first .) "image-pull-secret")) -}}
{{- end -}}
{{- with $secrets | uniq }}
imagePullSecrets:
{{- range . }}
  - {{ kindIs "string" . | ternary (dict "name" .) . | toJson }}
{{- end }}
{{- end }}
{{- end }}

{{/* extraEnv, a list of variables or a map of names to text or {valueFrom: …} -> items of a container's env. */}}
{{- define "practice.env" -}}
{{- if kindIs "slice" . }}{{ toYaml . }}
{{- else }}
{{- range $name, $value := . }}
{{- if kindIs "map" $value }}
- {{ merge (dict) $value (dict "name" $name) | toJson }}
{{- else if kindIs "string" $value }}
- {{ dict "name" $name "value" $value | toJson }}
{{- else }}
{{- fail (printf "\n\nextraEnv.%s is no text: put its value in quotes, as environment variables are text." $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* (list settings path port scheme) -> livenessProbe and readinessProbe, those that are enabled, over HTTP. */}}
{{- define "practice.probes" -}}
{{- $ask := dict "path" (index . 1) "port" (index . 2) "scheme" (index . 3) -}}
{{- range $kind, $probe := pick (first .) "livenessProbe" "readinessProbe" }}
{{- if $probe.enabled }}
{{ $kind }}:
  {{- pick $probe "initialDelaySeconds" "periodSeconds" "timeoutSeconds" "failureThreshold" | merge (dict "httpGet" $ask) | toYaml | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* (list . template) -> the name of a priority class, when pods have priorities. */}}
{{- define "practice.ifPriority" -}}
{{- if (first .).Values.scheduling.podPriority.enabled }}{{ include (last .) (first .) }}{{ end }}
{{- end }}

{{/* (list "user" "prefer") -> node affinity terms for the nodes of that purpose. */}}
{{- define "practice.purpose" -}}
{{- $nodes := dict "matchExpressions" (list (dict "key" "hub.jupyter.org/node-purpose" "operator" "In" "values" (list (first .)))) -}}
{{- dict "required" (ternary (list $nodes) list (eq (last .) "require"))
         "preferred" (ternary (list (dict "weight" 100 "preference" $nodes)) list (eq (last .) "prefer")) | toJson }}
{{- end }}

{{/* A map of nodeAffinity, podAffinity and podAntiAffinity to {required, preferred} -> affinity of a pod. */}}
{{- define "practice.affinity" -}}
{{- $affinity := dict -}}
{{- range $kind, $terms := . }}
{{- $needs := $terms.required }}
{{- if and $needs (eq $kind "nodeAffinity") }}{{ $needs = dict "nodeSelectorTerms" $needs }}{{ end }}
{{- $text := include "practice.given" (dict "requiredDuringSchedulingIgnoredDuringExecution" $needs
    "preferredDuringSchedulingIgnoredDuringExecution" $terms.preferred) }}
{{- with fromYaml $text }}{{ $_ := set $affinity $kind . }}{{ end }}
{{- end }}
{{- include "practice.given" (dict "affinity" $affinity) }}
{{- end }}

{{/* (list . settings) -> where a pod of the hub itself may run, and what it pushes away. */}}
{{- define "practice.corePlacement" -}}
{{- $root := first . -}}
{{- $core := $root.Values.scheduling.corePods -}}
{{- include "practice.given" (dict "nodeSelector" (last .).nodeSelector "tolerations" (concat $core.tolerations (last .).tolerations)
    "priorityClassName" (include "practice.ifPriority" (list $root "practice.corePriority"))) }}
{{- include "practice.affinity" (dict "nodeAffinity" (include "practice.purpose" (list "core" $core.nodeAffinity.matchNodePurpose) | fromJson)) }}
{{- end }}

{{/* Node affinity terms of users' pods, with those of singleuser.extraNodeAffinity. */}}
{{- define "practice.userNodes" -}}
{{- $purpose := include "practice.purpose" (list "user" .Values.scheduling.userPods.nodeAffinity.matchNodePurpose) | fromJson -}}
{{- $extra := .Values.singleuser.extraNodeAffinity -}}
{{- dict "required" (concat $purpose.required ($extra.required | default list))
         "preferred" (concat $purpose.preferred ($extra.preferred | default list)) | toJson }}
{{- end }}
