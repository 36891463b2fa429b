"""How an instructor plays with the practice cluster over HTTP: students, faults, pools, speed, the journal.

``POST /practice/v1/{action}`` with a JSON object goes to the world; ``GET /practice/v1/requests?limit=N``
shows the newest API requests. Both need the cluster's token, and no fault stops them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web

from z2jh_wizard.practice import media, query, status
from z2jh_wizard.practice.backend import Backend
from z2jh_wizard.practice.request_journal import RequestJournal

VERSION = "v1"
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 10_000


class Control:
    """Answers what comes under ``/practice``."""

    def __init__(self, backend: Backend, journal: RequestJournal, changed: Callable[[], None]) -> None:
        self._backend = backend
        self._journal = journal
        self._changed = changed

    async def answer(self, request: web.Request, segments: Sequence[str]) -> web.Response:
        """Answer one request; ApiError for an unknown action or a body that it cannot use."""
        if len(segments) != 2 or segments[0] != VERSION:
            raise status.page_not_found()
        action = segments[1]
        if action == "requests" and request.method == "GET":
            limit = query.integer(request.query, "limit")
            newest = self._journal.newest(min(DEFAULT_LIMIT if limit is None else limit, LARGEST_LIMIT))
            return media.json_response({"requests": msgspec.to_builtins(newest)})
        if request.method != "POST":
            raise status.method_not_allowed()
        raw = await media.read_raw(request)
        body = media.decode_object(raw, media.JSON_TYPE) if raw.strip() else {}
        try:
            result = self._backend.control(action, body)
        except (ValueError, KeyError, TypeError) as error:
            raise status.bad_request(f"{action}: {_sentence(error)}") from None
        self._changed()
        return media.json_response(result)


def _sentence(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
