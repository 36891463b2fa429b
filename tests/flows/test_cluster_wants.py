"""What a project's settings want of its cluster."""

import pytest

from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.cluster_wants import wants_of
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project.folder import create_project


@pytest.mark.parametrize(
    ("settings", "privileged"),
    [
        ("", True),
        ("singleuser:\n  cloudMetadata:\n    blockWithIptables: true\n", True),
        ("singleuser:\n  cloudMetadata:\n    blockWithIptables: false\n", False),
    ],
)
def test_the_container_that_blocks_the_metadata_server_is_privileged(tmp_path, settings, privileged):
    project = create_project(tmp_path / "hub", "existing", chart=Chart(), release="bio101")
    project.config.write_text(settings)
    assert wants_of(project, files_of(project)).privileged is privileged
