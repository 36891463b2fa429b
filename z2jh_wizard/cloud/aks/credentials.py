"""What opens the API of an Azure cluster: a certificate of its own, or a token of the directory.

A cluster without local accounts gives no certificate. Its kubeconfig names the application that the directory
makes tokens for, and the wizard asks for one itself, as kubelogin would.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.core.errors import InvalidInput


async def credential(azure: Azure, user: Mapping[str, Any]) -> dict[str, Any]:
    """Return the status of an ExecCredential for the ``user`` entry of a kubeconfig that Azure gave."""
    if token := user.get("token"):
        return {"token": token}
    if "client-certificate-data" in user and "client-key-data" in user:
        return {
            "clientCertificateData": base64.b64decode(user["client-certificate-data"]).decode(),
            "clientKeyData": base64.b64decode(user["client-key-data"]).decode(),
        }
    application = _application(user)
    if not application:
        raise InvalidInput(
            "Azure gives no credentials for this cluster",
            "Its kubeconfig has neither a certificate nor the name of an application to sign in to.",
            next_step="Switch local accounts on, or use the cluster as an existing one with kubelogin.",
        )
    token, until = await azure.token(f"{application}/.default")
    end = datetime.fromtimestamp(until, timezone.utc)
    return {"token": token, "expirationTimestamp": end.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _application(user: Mapping[str, Any]) -> str:
    """Return the application that tokens are for, from the arguments of kubelogin or the older form."""
    told = [str(one) for one in (user.get("exec") or {}).get("args") or ()]
    for at, one in enumerate(told):
        name, _, value = one.partition("=")
        if name == "--server-id":
            return value or next(iter(told[at + 1 :]), "")
    return str(((user.get("auth-provider") or {}).get("config") or {}).get("apiserver-id", ""))
