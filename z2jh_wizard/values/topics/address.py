"""Address: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, ShownIf, TopicPage
from z2jh_wizard.values.topics.blocks import SERVICES

BALANCER = ShownIf("address.type", ("LoadBalancer",))
NODE_PORT = ShownIf("address.type", ("NodePort", "LoadBalancer"))

TOPIC = TopicPage(
    "address",
    "Address",
    "How students reach the hub: a load balancer of the cloud, a port of the nodes, or something in front.",
    GUIDE + "administrator/security.html",
    (
        Field(
            "address.type",
            "proxy.service.type",
            Kind.CHOICE,
            "How the hub gets an address that students can open.",
            Level.EVERYDAY,
            choices=SERVICES,
            label="Way in",
        ),
        Field(
            "address.ip",
            "proxy.service.loadBalancerIP",
            Kind.ADDRESS,
            "A fixed IP address that you have reserved, so that the DNS record never changes.",
            Level.OFTEN,
            shown_if=BALANCER,
            label="Fixed address",
        ),
        Field(
            "address.allowed-networks",
            "proxy.service.loadBalancerSourceRanges",
            Kind.NAMES,
            "Only these networks may open the hub, such as that of the campus.",
            Level.OFTEN,
            example="192.0.2.0/24",
            shown_if=BALANCER,
        ),
        Field(
            "address.annotations",
            "proxy.service.annotations",
            Kind.TEXT_MAP,
            "Wishes to the cloud's load balancer, such as an inner address or a certificate.",
            Level.OFTEN,
        ),
        Field(
            "address.node-port-http",
            "proxy.service.nodePorts.http",
            Kind.PORT,
            "The port of every node that answers with plain HTTP.",
            shown_if=NODE_PORT,
            example="30080",
        ),
        Field(
            "address.node-port-https",
            "proxy.service.nodePorts.https",
            Kind.PORT,
            "The port of every node that answers with HTTPS.",
            shown_if=NODE_PORT,
            example="30443",
        ),
        Field(
            "address.https-only",
            "proxy.service.disableHttpPort",
            Kind.SWITCH,
            "Closes port 80 for good; certificates of Let's Encrypt cannot be had then.",
        ),
        Field(
            "address.labels",
            "proxy.service.labels",
            Kind.TEXT_MAP,
            "Kubernetes labels on the public Service, for tools of the cluster that read them.",
        ),
        Field(
            "address.extra-ports",
            "proxy.service.extraPorts",
            Kind.LIST,
            "Further ports of the public Service beside 80 and 443.",
        ),
        Field(
            "address.external-ips",
            "proxy.service.externalIPs",
            Kind.NAMES,
            "IP addresses of nodes at which the hub answers too, when your network routes them there.",
        ),
        Field(
            "address.ip-family-policy",
            "proxy.service.ipFamilyPolicy",
            Kind.TEXT,
            "Whether the public Service has IPv4, IPv6 or both.",
            example="PreferDualStack",
        ),
        Field(
            "address.ip-families",
            "proxy.service.ipFamilies",
            Kind.NAMES,
            "Which of IPv4 and IPv6 the public Service has, the first one preferred.",
            example="IPv4",
        ),
        Field(
            "address.subdomains",
            "hub.config.JupyterHub.subdomain_host",
            Kind.URL,
            "Gives each student a subdomain of this name, which needs wildcard DNS and a wildcard "
            "certificate.",
            example="https://hub.example.org",
        ),
        Field(
            "address.helmforge.port",
            "service.port",
            Kind.PORT,
            "The port at which the HelmForge chart's public Service answers.",
        ),
        Field(
            "address.helmforge.api-port",
            "service.proxyApiPort",
            Kind.PORT,
            "The port at which the hub commands the proxy, inside of the cluster only.",
        ),
    ),
)
