"""Versions of Helm and the flags that differ between them."""

import pytest

from z2jh_wizard.helm.flags import (
    ALL_STATES,
    FORCE_CONFLICTS,
    ROLL_BACK_ON_FAILURE,
    parse_version,
    version_text,
)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("v4.3.1+gc0d08d0\n", (4, 3, 1)),
        ("v3.9.4+gdbc6d8e", (3, 9, 4)),
        ("Client: v2.16.1+gbbdfe5e", (2, 16, 1)),
        ('version.BuildInfo{Version:"v4.3.1", GitCommit:""}', (4, 3, 1)),
        ("v4.0.0-rc.1", (4, 0, 0)),
        ("helm: not a version", None),
        ("", None),
    ],
)
def test_reads_the_version_of_any_helm(said, version):
    assert parse_version(said) == version


def test_writes_a_version_as_people_do():
    assert version_text((4, 3, 1)) == "4.3.1"


@pytest.mark.parametrize(
    ("flag", "helm3", "helm4"),
    [
        (ROLL_BACK_ON_FAILURE, ("--atomic",), ("--rollback-on-failure",)),
        (FORCE_CONFLICTS, (), ("--force-conflicts",)),
        (ALL_STATES, ("--all",), ()),
    ],
)
def test_flags_follow_the_version(flag, helm3, helm4):
    assert flag.for_version((3, 8, 0)) == flag.for_version((3, 99, 9)) == helm3
    assert flag.for_version((4, 0, 0)) == flag.for_version((4, 3, 1)) == helm4
