"""Reading a file out of a chart."""

import io
import tarfile

import pytest

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.helm import chart_files
from z2jh_wizard.helm.chart_files import SCHEMA, read_chart_file


def test_reads_a_folder(chart):
    assert b'"object"' in (read_chart_file(chart, SCHEMA) or b"")
    assert read_chart_file(chart, "README.md") is None


def test_reads_a_package_and_passes_over_subcharts(tmp_path):
    packed = tmp_path / "tiny.tgz"
    with tarfile.open(packed, "w:gz") as opened:
        for name, data in (
            (f"tiny/charts/sub/{SCHEMA}", b"the subchart's"),
            (f"tiny/{SCHEMA}", b"its own"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            opened.addfile(info, io.BytesIO(data))
    assert read_chart_file(packed, SCHEMA) == b"its own"
    assert read_chart_file(packed, "values.yaml") is None


def test_a_link_in_a_package_is_not_followed(tmp_path):
    packed = tmp_path / "tiny.tgz"
    with tarfile.open(packed, "w:gz") as opened:
        info = tarfile.TarInfo(f"tiny/{SCHEMA}")
        info.type = tarfile.SYMTYPE
        info.linkname = "/etc/passwd"
        opened.addfile(info)
    assert read_chart_file(packed, SCHEMA) is None


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b broken"])
def test_a_broken_package_is_told(tmp_path, content):
    packed = tmp_path / "tiny.tgz"
    packed.write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_chart_file(packed, SCHEMA)


def test_a_missing_package_is_told(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_chart_file(tmp_path / "none.tgz", SCHEMA)


def test_large_files_are_refused(chart, tmp_path, monkeypatch):
    monkeypatch.setattr(chart_files, "LARGEST_FILE", 10)
    with pytest.raises(InvalidInput, match="too large"):
        read_chart_file(chart, SCHEMA)
    monkeypatch.setattr(chart_files, "LARGEST_CHART", 10)
    packed = tmp_path / "tiny.tgz"
    with tarfile.open(packed, "w:gz") as opened:
        opened.add(chart, "tiny")
    with pytest.raises(InvalidInput, match="too large"):
        read_chart_file(packed, "values.yaml")
