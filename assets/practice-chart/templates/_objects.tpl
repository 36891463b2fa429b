{{/* (dict "root" . "component" "hub" "pdb" {…}) -> a PodDisruptionBudget, if it is enabled. */}}
{{- define "practice.disruptionBudget" -}}
{{- if .pdb.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
{{ include "practice.metadata" . }}
spec:
  {{- include "practice.given" (pick .pdb "maxUnavailable" "minAvailable") | nindent 2 }}
  selector:
    matchLabels:
      {{- include "practice.selector" (list .root .component) | nindent 6 }}
{{- end }}
{{- end }}

{{/* What "practice.metadata" takes, and account: {create, name, annotations} -> a ServiceAccount, if it is to be created. */}}
{{- define "practice.serviceAccount" -}}
{{- if .account.create }}
---
apiVersion: v1
kind: ServiceAccount
{{ include "practice.metadata" (merge (dict "annotations" (merge (dict) (.account.annotations | default dict) (.annotations | default dict))) .) }}
{{- end }}
{{- end }}

{{/* What "practice.metadata" takes, account: a name, and rules -> a Role and its RoleBinding, if the chart may make them. */}}
{{- define "practice.role" -}}
{{- if .root.Values.rbac.create }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
{{ include "practice.metadata" . }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
{{ include "practice.metadata" . }}
subjects:
  - {kind: ServiceAccount, name: {{ .account }}, namespace: {{ .root.Release.Namespace | quote }}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .name }}}
{{- end }}
{{- end }}

{{/*
A NetworkPolicy, if it is enabled. policy: the networkPolicy setting; selects: the component whose pods it
guards; doors: port lists by the label hub.jupyter.org/network-access-<door> that opens them;
reaches: port lists by the component that the guarded pods talk to.
*/}}
{{- define "practice.networkPolicy" -}}
{{- $root := .root -}}
{{- $policy := .policy -}}
{{- if $policy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
{{ include "practice.metadata" . }}
spec:
  podSelector:
    matchLabels:
      {{- include "practice.selector" (list $root (.selects | default .component)) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- with $policy.allowedIngressPorts }}
    - ports: {{ include "practice.ports" . }}
    {{- end }}
    {{- range $door, $ports := .doors }}
    {{- $label := printf "{matchLabels: {hub.jupyter.org/network-access-%s: \"true\"}}" $door }}
    - ports: {{ include "practice.ports" $ports }}
      from:
        - podSelector: {{ $label }}
        {{- if eq $policy.interNamespaceAccessLabels "accept" }}
          namespaceSelector: {matchLabels: {}}
        - namespaceSelector: {{ $label }}
        {{- end }}
    {{- end }}
    {{- with $policy.ingress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  egress:
    {{- range $component, $ports := .reaches }}
    - ports: {{ include "practice.ports" $ports }}
      to:
        - podSelector:
            matchLabels:
              {{- include "practice.selector" (list $root $component) | nindent 14 }}
    {{- end }}
    {{- include "practice.egress" (list $policy $root.Values.singleuser.cloudMetadata.ip) | nindent 4 }}
{{- end }}
{{- end }}

{{- define "practice.ports" -}}
[{{ range $i, $port := . }}{{ if $i }}, {{ end }}{port: {{ $port }}}{{ end }}]
{{- end }}

{{/* (list policy metadata-address) -> the rules that egressAllowRules switches on, then the user's own. */}}
{{- define "practice.egress" -}}
{{- $policy := first . -}}
{{- $allow := $policy.egressAllowRules -}}
{{- $metadata := list (dict "ipBlock" (dict "cidr" (printf "%s/32" (last .)))) -}}
{{- $kubeSystem := list (dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" "kube-system"))) -}}
{{- $private := list (dict "ipBlock" (dict "cidr" "10.0.0.0/8")) (dict "ipBlock" (dict "cidr" "172.16.0.0/12")) (dict "ipBlock" (dict "cidr" "192.168.0.0/16")) -}}
{{- $names := concat (ternary $metadata list (default false $allow.dnsPortsCloudMetadataServer))
    (ternary $kubeSystem list (default false $allow.dnsPortsKubeSystemNamespace)) (ternary $private list (default false $allow.dnsPortsPrivateIPs)) -}}
{{- with $names }}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
  to:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- if $allow.nonPrivateIPs }}
- to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, {{ last . }}/32]}}]
{{- end }}
{{- if $allow.privateIPs }}
- to:
    {{- toYaml $private | nindent 4 }}
{{- end }}
{{- if $allow.cloudMetadataServer }}
- to:
    {{- toYaml $metadata | nindent 4 }}
{{- end }}
{{- with $policy.egress }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* extraFiles -> data and stringData of a Secret. */}}
{{- define "practice.files" -}}
{{- $binary := dict -}}
{{- $text := dict -}}
{{- range $key, $file := . }}
{{- $ending := ext $file.mountPath }}
{{- if ne 1 (without (list $file.data $file.stringData $file.binaryData | compact) nil | len) }}
{{- fail (printf "\n\nextraFiles.%s: give it one of data, stringData or binaryData, and not an empty one." $key) }}
{{- else if not $file.mountPath }}
{{- fail (printf "\n\nextraFiles.%s: say with mountPath where the file should be." $key) }}
{{- else if $file.binaryData }}{{ $_ := set $binary $key ($file.binaryData | nospace) }}
{{- else if $file.stringData }}{{ $_ := set $text $key $file.stringData }}
{{- else if has $ending (list ".yaml" ".yml") }}{{ $_ := set $text $key (toYaml $file.data) }}
{{- else if eq $ending ".json" }}{{ $_ := set $text $key (toJson $file.data) }}
{{- else if eq $ending ".toml" }}{{ $_ := set $text $key (toToml $file.data) }}
{{- else }}
{{- fail (printf "\n\nextraFiles.%s: data is written as YAML, JSON or TOML, so %s should end in .yaml, .yml, .json or .toml." $key $file.mountPath) }}
{{- end }}
{{- end }}
{{- dict "data" $binary "stringData" $text | toJson }}
{{- end }}
