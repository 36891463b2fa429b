"""AWS on a loopback port: which service a request is for, whether it is signed, and what answers it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.emulators import serving
from tests.emulators.aws import wire
from tests.emulators.aws.cloud import Cloud
from tests.emulators.aws.people import GRANTED
from tests.emulators.aws.wire import AwsError
from tests.emulators.serving import Reply, Request

KEY = "AKIAEMULATED00000000"
"""The access key of who may do all."""

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")

_UNSIGNED = {
    "/client/register": "sso-oidc", "/device_authorization": "sso-oidc", "/token": "sso-oidc",
    "/assignment/accounts": "sso", "/assignment/roles": "sso", "/federation/credentials": "sso",
}  # fmt: skip

_NAMES = {
    "servicequotas": "service-quotas", "elasticloadbalancing": "elb", "tagging": "resourcegroupstaggingapi",
}  # fmt: skip
"""Services that sign with another name."""


@contextmanager
def serve(cloud: Cloud, key: str = KEY) -> Iterator[str]:
    """Answer on a free loopback port; give its address."""

    def answer(request: Request) -> Reply:
        service, region, who = _service(request)
        try:
            if who not in (None, key, GRANTED):
                raise AwsError("ExpiredToken", "The security token included in the request is expired", 403)
            operation, parameters = wire.read(service, request)
            if wrong := wire.complaints(operation.input_shape, parameters):
                cloud.world.complain(f"{operation.name}: {wrong}")
            found = cloud.answer(service, operation.name, parameters, region)
            if wrong := wire.output_complaints(operation, found):
                cloud.world.complain(f"answer of {operation.name}: {wrong}")
            return wire.write(operation, found)
        except AwsError as error:
            return wire.write_error(service, error)
        except (AssertionError, KeyError, TypeError) as error:
            cloud.world.complain(f"{service}: {error!r}")
            return wire.write_error(service, AwsError("InvalidAction", f"the emulator does not know {error}"))

    with serving.serve(answer) as address:
        yield address


def is_cluster_token(shown: str, key: str = KEY) -> bool:
    """Tell whether a token is what a cluster of EKS takes: a signed question of who one is, for a cluster."""
    kind, _, inside = shown.partition("k8s-aws-v1.")
    if kind or not inside:
        return False
    url = base64.urlsafe_b64decode(inside + "=" * (-len(inside) % 4)).decode()
    return "Action=GetCallerIdentity" in url and key in url and "x-k8s-aws-id" in url


def _service(request: Request) -> tuple[str, str, str | None]:
    """Return service, region and access key of a request; the key is None for one that is never signed."""
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    if not found:
        return _UNSIGNED[request.path], "us-east-1", None
    name = _NAMES.get(found["service"], found["service"])
    if name == "elb" and b"Version=2015-12-01" in request.data:
        name = "elbv2"
    return name, found["region"], found["key"]
