{{/* How HTTPS is done: letsencrypt, manual, secret, offload, or nothing. Let's Encrypt needs hosts. */}}
{{- define "practice.https" -}}
{{- with .Values.proxy.https }}
{{- if and .enabled (or .hosts (ne .type "letsencrypt")) }}{{ .type }}{{ end }}
{{- end }}
{{- end }}

{{/* (list . "hub.config.X.y" explicit) -> the explicit secret, else the one in the cluster, else a new one of 64 hex digits. */}}
{{- define "practice.secret" -}}
{{- $hub := lookup "v1" "Secret" (first .).Release.Namespace (include "practice.name" (list (first .) "hub")) | default dict -}}
{{- $kept := get ($hub.data | default dict) (index . 1) | b64dec -}}
{{ last . | default $kept | default (randAlphaNum 64 | sha256sum) }}
{{- end }}

{{/* Secrets written by the user: hub.config wins over the shorter way to say it. */}}
{{- define "practice.proxyToken" -}}
{{ dig "ConfigurableHTTPProxy" "auth_token" "" .Values.hub.config | default .Values.proxy.secretToken | default "" }}
{{- end }}
{{- define "practice.cookieSecret" -}}
{{ dig "JupyterHub" "cookie_secret" "" .Values.hub.config | default .Values.hub.cookieSecret | default "" }}
{{- end }}
{{- define "practice.cryptKeys" -}}
{{ dig "CryptKeeper" "keys" list .Values.hub.config | join ";" }}
{{- end }}

{{/* The merged values as the hub reads them: with chart, release, and the app label of what it makes. */}}
{{- define "practice.values" -}}
{{- $chart := dict "Name" .Chart.Name "Version" .Chart.Version "AppVersion" .Chart.AppVersion -}}
{{- $release := pick .Release "Name" "Namespace" "Service" -}}
{{- merge (dict "Chart" $chart "Release" $release "nameOverride" (include "practice.app" .)) .Values | toYaml }}
{{- end }}

{{/* Settings that cannot work: a line each; any of them stops the installation. */}}
{{- define "practice.mistakes" -}}
{{- $user := .Values.singleuser -}}
{{- range $path := list "hub.service" "hub.networkPolicy.egressAllowRules" "hub.livenessProbe" "hub.readinessProbe"
    "proxy.chp.livenessProbe" "proxy.chp.readinessProbe" "proxy.chp.networkPolicy.egressAllowRules" "proxy.traefik.pdb"
    "proxy.traefik.serviceAccount" "singleuser.extraNodeAffinity" "singleuser.networkTools.image" "scheduling.userPlaceholder" }}
{{- $section := $.Values }}
{{- range splitList "." $path }}{{ $section = get ($section | default dict) . }}{{ end }}
{{- if not (kindIs "map" $section) }}
- {{ $path }} or the section around it is empty, which takes its defaults away: write settings below, or remove the line.
{{- end }}
{{- end }}
{{- if hasKey .Values "auth" }}
- auth: chart 0.11 replaced this section by hub.config, with class names as sections.
{{- end }}
{{- if hasKey .Values.rbac "enabled" }}
- rbac.enabled: since chart 2.0 it is rbac.create, and serviceAccount.create of hub, proxy.traefik, scheduling.userScheduler and prePuller.hook.
{{- end }}
{{- if hasKey .Values.hub "fsGid" }}
- hub.fsGid: since chart 2.0 it is hub.podSecurityContext.fsGroup.
{{- end }}
{{- if hasKey $user.cloudMetadata "enabled" }}
- singleuser.cloudMetadata.enabled: since chart 1.0 it is blockWithIptables, with the opposite meaning.
{{- end }}
{{- if and $user.cloudMetadata.blockWithIptables $user.networkPolicy.enabled $user.networkPolicy.egressAllowRules.cloudMetadataServer }}
- singleuser.cloudMetadata.blockWithIptables and singleuser.networkPolicy.egressAllowRules.cloudMetadataServer: one forbids what the other allows; switch one of them off.
{{- end }}
{{- end }}

{{/* Settings that install but will disappoint: a line each, shown after the installation. */}}
{{- define "practice.warnings" -}}
{{- $placeholder := .Values.scheduling.userPlaceholder -}}
{{- $config := .Values.hub.config -}}
{{- if and $placeholder.enabled $placeholder.replicas (not .Values.scheduling.podPriority.enabled) }}
- scheduling.userPlaceholder without scheduling.podPriority.enabled: placeholders will not make room for users.
{{- end }}
{{- if not (include "practice.proxyToken" . | regexMatch "^([0-9a-f]{64})?$") }}
- proxy.secretToken is not 64 hex digits: make one with "openssl rand -hex 32".
{{- end }}
{{- if not (include "practice.cookieSecret" . | regexMatch "^([0-9a-f]{64})?$") }}
- hub.cookieSecret is not 64 hex digits: the real hub would not start.
{{- end }}
{{- if and (eq "dummy" (dig "JupyterHub" "authenticator_class" "dummy" $config)) (not (dig "DummyAuthenticator" "password" "" $config)) }}
- Sign-in is "dummy" without a password: anybody who finds the address gets in.
{{- end }}
{{- end }}
