{{/* What users will need on a node: init containers that make the node pull an image, and end. */}}
{{- define "practice.pulls" -}}
{{- $user := .Values.singleuser -}}
{{- if $user.cloudMetadata.blockWithIptables }}
- name: image-pull-metadata-block
  {{- include "practice.image" $user.networkTools.image | nindent 2 }}
{{- end }}
- name: image-pull-singleuser
  {{- include "practice.image" (pick $user.image "name" "tag") | nindent 2 }}
{{- range $i, $container := concat $user.initContainers $user.extraContainers }}
- name: image-pull-singleuser-init-and-extra-containers-{{ $i }}
  image: {{ $container.image | quote }}
{{- end }}
{{- if .Values.prePuller.pullProfileListImages }}
{{- range $i, $profile := $user.profileList }}
{{- with $profile.kubespawner_override }}
{{- with .image }}
- name: image-pull-singleuser-profilelist-{{ $i }}
  image: {{ . | quote }}
{{- end }}
{{- end }}
{{- range $option, $menu := $profile.profile_options }}
{{- range $choice, $item := $menu.choices }}
{{- with $item.kubespawner_override }}
{{- with .image }}
- name: image-pull-profile-{{ $i }}-option-{{ $option }}-{{ $choice }}
  image: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $key, $image := .Values.prePuller.extraImages }}
- name: image-pull-{{ $key }}
  {{- include "practice.image" $image | nindent 2 }}
{{- end }}
{{- end }}

{{/* (dict "root" . "account" "name") -> the pods' spec: they run wherever users may. */}}
{{- define "practice.pullerPods" -}}
{{- $user := .root.Values.singleuser -}}
{{- $puller := .root.Values.prePuller -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: false
terminationGracePeriodSeconds: 0
{{- include "practice.given" (dict "priorityClassName" (include "practice.ifPriority" (list .root "practice.pullerPriority")) "nodeSelector" $user.nodeSelector
    "tolerations" (concat .root.Values.scheduling.userPods.tolerations $user.extraTolerations $puller.extraTolerations)) }}
{{- include "practice.affinity" (dict "nodeAffinity" (pick (include "practice.userNodes" .root | fromJson) "required")) }}
{{- include "practice.pullSecrets" (list .root $user.image) }}
initContainers:
  {{- range include "practice.pulls" .root | fromYamlArray }}
  - {{ merge . (dict "command" (list "/bin/sh" "-c" "echo pulled") "resources" $puller.resources "securityContext" $puller.containerSecurityContext) | toJson }}
  {{- end }}
containers:
  - name: pause
    {{- include "practice.image" (pick $puller.pause.image "name" "tag") | nindent 4 }}
    {{- include "practice.given" (dict "resources" $puller.resources "securityContext" $puller.pause.containerSecurityContext) | nindent 4 }}
{{- end }}

{{- define "practice.hookPullerPods" -}}
{{- $own := include "practice.name" (list . "hook-image-puller") -}}
{{ include "practice.pullerPods" (dict "root" . "account" (.Values.prePuller.hook.serviceAccountImagePuller.name | default $own)) }}
{{- end }}

{{- define "practice.pullerChecksum" -}}
{{ include "practice.hookPullerPods" . | sha256sum }}
{{- end }}

{{/* Says yes when images must be pulled before this installation goes on. */}}
{{- define "practice.pullFirst" -}}
{{- $hook := .Values.prePuller.hook -}}
{{- $last := lookup "v1" "ConfigMap" .Release.Namespace (include "practice.name" (list . "hub")) | default dict -}}
{{- $same := eq (include "practice.pullerChecksum" .) (get ($last.data | default dict) "checksum_hook-image-puller") -}}
{{- if and $hook.enabled (not (and $hook.pullOnlyOnChanges $same)) }}yes{{ end }}
{{- end }}
