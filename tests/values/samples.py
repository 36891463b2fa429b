"""The sample files of this folder: one peculiarity of YAML each."""

from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
DUPLICATES = {"duplicate_inner", "duplicate_keys"}


def sample(name: str) -> bytes:
    return (FOLDER / f"{name}.yaml").read_bytes()
