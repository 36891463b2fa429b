"""Key files of service accounts, and the address where a client changes what one signed into a token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import exceptions, jwt
from google.rpc import code_pb2

from tests.emulators.gke.errors import ApiError
from tests.emulators.gke.services import Services
from tests.emulators.serving import Request

PATH = "/token"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""For whom a client of Google signs, wherever it sends it."""

SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def make_key(services: Services, base: str, path: Path) -> str:
    """Write the key file of a new service account for the emulator at ``base``; return its private key."""
    mail = f"hub@{services.project}.iam.gserviceaccount.com"
    made = rsa.generate_private_key(65537, 2048)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    services.keys[mail] = made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    file = {
        "type": "service_account", "project_id": services.project,
        "private_key_id": "1", "private_key": private,
        "client_email": mail, "client_id": "1", "token_uri": f"{base}{PATH}",
    }  # fmt: skip
    path.touch(0o600)
    path.write_text(json.dumps(file))
    return private


def minted(services: Services, token: str, request: Request) -> dict[str, Any]:
    """Answer who asks for a token; ApiError for what none of our keys signed for Google."""
    services.world.note("mintToken", "", changes=False)
    form = {name: values[0] for name, values in parse_qs(request.data.decode()).items()}
    try:
        issuer = jwt.decode(form["assertion"], verify=False)["iss"]
        signed = jwt.decode(form["assertion"], certs=services.keys[issuer], audience=AUDIENCE)
    except (KeyError, ValueError, exceptions.GoogleAuthError) as error:
        raise ApiError(code_pb2.UNAUTHENTICATED, f"invalid_grant: {type(error).__name__}") from error
    if form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" or signed["scope"] != SCOPE:
        services.world.complain(f"asked for a token with {form['grant_type']} for {signed.get('scope')}")
    return {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
