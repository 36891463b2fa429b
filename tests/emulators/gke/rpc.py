"""The ClusterManager of Google by gRPC, on the same clusters as by REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.unknown_fields import UnknownFieldSet
from grpc_status import rpc_status

from tests.emulators.gke.clusters import METHODS
from tests.emulators.gke.errors import ApiError, sign_in_ended
from tests.emulators.gke.server import TOKEN
from tests.emulators.gke.services import Services

SERVICE = "/google.container.v1.ClusterManager/"


@contextmanager
def serve(services: Services, token: str = TOKEN) -> Iterator[str]:
    """Answer on a free loopback port; give it with its host, such as 127.0.0.1:40001."""
    threads = ThreadPoolExecutor(8)
    server = grpc.server(threads, handlers=(_Methods(services, token),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()
        threads.shutdown()


class _Methods(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, services: Services, token: str) -> None:
        self._services = services
        self._token = token

    def service(self, asked: Any) -> Any:
        """Return what answers a method; nothing, with a complaint, for one that Google does not have."""
        name = asked.method.removeprefix(SERVICE)
        if name not in METHODS:
            self._services.world.complain(f"gRPC {asked.method}")
            return None
        request, reply = METHODS[name]
        return grpc.unary_unary_rpc_method_handler(
            self._answering(name),
            request_deserializer=request.deserialize,
            response_serializer=reply.serialize if reply else empty_pb2.Empty.SerializeToString,
        )

    def _answering(self, name: str) -> Callable[[Any, Any], Any]:
        def answer(request: Any, context: Any) -> Any:
            try:
                if dict(context.invocation_metadata()).get("authorization") != f"Bearer {self._token}":
                    raise sign_in_ended()
                for number in unknown_fields(type(request).pb(request)):
                    self._services.world.complain(f"gRPC {name} has no field with the number {number}")
                return self._services.clusters.call(name, request)
            except ApiError as error:
                context.abort_with_status(rpc_status.to_status(error.status()))

        return answer


def unknown_fields(message: Any) -> Iterator[int]:
    """Give the numbers of the fields of a message, and of those in it, that its type does not have."""
    yield from (one.field_number for one in UnknownFieldSet(message))
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inside = [one for one in value.values() if hasattr(one, "ListFields")]
        else:
            inside = value if hasattr(value, "__len__") and not hasattr(value, "ListFields") else [value]
        for one in inside:
            yield from unknown_fields(one)


class SignedIn(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc]
    """Puts a token into each call: gRPC's own credentials refuse a channel without TLS."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def intercept_unary_unary(self, go_on: Any, details: Any, request: Any) -> Any:
        shown = [*(details.metadata or ()), ("authorization", f"Bearer {self._credentials.token}")]
        return go_on(details._replace(metadata=shown), request)


def transport(address: str, credentials: Any) -> Any:
    """Return what Google's client of clusters sends by, to an emulator's address."""
    from google.cloud.container_v1.services.cluster_manager.transports import ClusterManagerGrpcTransport

    channel = grpc.intercept_channel(grpc.insecure_channel(address), SignedIn(credentials))
    return ClusterManagerGrpcTransport(channel=channel)
