"""Azure Resource Manager on a loopback port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.emulators import serving
from tests.emulators.aks.manager import ArmError, Manager
from tests.emulators.serving import Reply, Request

TOKEN = "eyJhbGciOiJub25lIn0.eyJ1cG4iOiJhZGFAZXhhbXBsZS5lZHUifQ.e30"
"""What a signed-in person sends: a token that says it belongs to ada@example.edu."""


def sign_in_ended() -> ArmError:
    """Return the error for a token that has ended."""
    return ArmError(401, "ExpiredAuthenticationToken", "The access token expiry is earlier than now.")


@contextmanager
def serve(manager: Manager, token: str = TOKEN) -> Iterator[str]:
    """Answer on a free loopback port; give its address."""

    def answer(request: Request) -> Reply:
        try:
            if request.headers.get("Authorization") != f"Bearer {token}":
                raise ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.")
            return manager.answer(request)
        except ArmError as error:
            return _reply(error)
        except KeyError as error:
            manager.world.complain(error)
            return _reply(ArmError(404, "InvalidResourceType", f"the emulator does not know {error}"))

    with serving.serve(answer) as address:
        yield address


def _reply(error: ArmError) -> Reply:
    headers = {"Content-Type": "application/json", **getattr(error, "headers", {})}
    return Reply(error.status, json.dumps(error.body()).encode(), headers)
