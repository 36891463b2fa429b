"""Make the pictures anew, those that are named or all."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.snapshots import NAMES, path_of, runs, take

for name in sys.argv[1:] or NAMES:
    with tempfile.TemporaryDirectory(prefix="z2jh-") as folder:
        picture = asyncio.run(take(name, Path(folder)))
    place = path_of(name)
    if not place.exists() or runs(place.read_text()) != runs(picture):
        place.write_text(picture)
        print(place)
