"""What a practice cluster's server writes about itself, so that others find it."""

from __future__ import annotations

from pathlib import Path

import msgspec

HOST = "127.0.0.1"
SERVER_FILE = "server.json"
CA_FILE = "ca.crt"


class ServerInfo(msgspec.Struct, frozen=True):
    """A running practice cluster: where it is, and which process; the files hold its CA and token.

    ``complaint`` is one sentence when the state of an earlier run could not be read.
    """

    port: int
    pid: int
    started: float
    ca_file: str
    token_file: str
    complaint: str = ""

    @property
    def url(self) -> str:
        """Return the address of the API server."""
        return f"https://{HOST}:{self.port}"

    def token(self) -> str:
        """Return the bearer token; OSError when its file is gone."""
        return Path(self.token_file).read_text("ascii").strip()


def read_info(folder: Path) -> ServerInfo | None:
    """Return what the last server of a state folder wrote about itself, running or not."""
    try:
        return msgspec.json.decode((folder / SERVER_FILE).read_bytes(), type=ServerInfo)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
