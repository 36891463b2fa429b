"""Write the expected config.yaml of every course anew."""

import tempfile
from pathlib import Path

from tests.courses import HERE, courses

for course in courses():
    with tempfile.TemporaryDirectory() as folder:
        made = course.make(Path(folder) / "hub").config.read_bytes()
    (HERE / f"{course.name}.config.yaml").write_bytes(made)
    print(course.name)
