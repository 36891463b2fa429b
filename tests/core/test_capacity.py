"""Students on nodes: the formulas against tables of real nodes, and which limit comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.capacity import GIB, Machine, Student, allocatable, capacity, machine, machines
from z2jh_wizard.core.errors import InvalidInput

CLOUDS = ("gke", "aks", "eks")

ALLOCATABLE = [
    ("gke", "e2-standard-2", 1.93, 5.9), ("gke", "e2-standard-4", 3.92, 13.0),
    ("gke", "e2-standard-8", 7.91, 27.8),
    ("gke", "e2-highmem-8", 7.91, 57.4), ("gke", "n1-standard-2", 1.93, 5.5), ("eks", "t3.medium", 1.93, 3.1),
    ("eks", "m5.large", 1.93, 6.9), ("eks", "m5.xlarge", 3.92, 14.3), ("eks", "m7i.2xlarge", 7.91, 29.9),
    ("eks", "r5.large", 1.93, 14.7), ("eks", "r7i.2xlarge", 7.91, 61.1), ("aks", "Standard_B2ms", 1.90, 5.7),
    ("aks", "Standard_D4s_v5", 3.86, 13.3), ("aks", "Standard_E8s_v5", 7.82, 60.6),
]  # fmt: skip
"""Cores and GiB that pods get, from the clouds' own tables."""


@pytest.mark.parametrize(("provider", "name", "cores", "gib"), ALLOCATABLE)
def test_formulas_fit_the_tables(provider: str, name: str, cores: float, gib: float) -> None:
    room = allocatable(machine(provider, name))
    assert room.cpu == pytest.approx(cores, abs=0.011)
    assert room.memory_bytes / GIB == pytest.approx(gib, abs=0.06)


def test_disks_can_be_the_first_limit() -> None:
    found = capacity(machine("aks", "Standard_D4s_v5"), 60, Student())
    assert (found.binding, found.students_per_node, found.nodes) == ("disks", 8, 8)
    assert found.limits["memory"] == 12
    without = capacity(machine("aks", "Standard_D4s_v5"), 60, Student(has_disk=False))
    assert (without.binding, without.students_per_node, without.nodes) == ("memory", 12, 5)


def test_pods_can_be_the_first_limit() -> None:
    found = capacity(machine("eks", "t3.medium"), 10, Student(memory_bytes=64 * 1024 * 1024))
    assert (found.binding, found.students_per_node) == ("pods", 7)


def test_processors_are_counted_in_millicores() -> None:
    found = capacity(machine("eks", "m5.large"), 1, Student(memory_bytes=0, cpu=0.1))
    assert found.limits["cpu"] == 17
    assert found.binding == "cpu"


def test_nobody_fits_on_too_small_a_node() -> None:
    found = capacity(machine("eks", "t3.medium"), 10, Student(memory_bytes=8 * GIB))
    assert (found.students_per_node, found.nodes) == (0, 0)
    assert "Not one student fits" in found.sentence


def test_the_sentence_names_what_is_used_up() -> None:
    assert (
        "its disks are used up first" in capacity(machine("aks", "Standard_D4s_v5"), 60, Student()).sentence
    )
    assert "its memory is used up first" in capacity(machine("gke", "e2-standard-4"), 60, Student()).sentence


def test_an_unknown_machine_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match=r"did you mean m5\.large"):
        machine("eks", "m5.lage")
    with pytest.raises(InvalidInput, match="no machine type"):
        machine("practice", "m5.large")


def test_the_catalogue_is_whole() -> None:
    for cloud in CLOUDS:
        found = machines(cloud)
        assert found
        assert len({one.name for one in found}) == len(found)


@given(
    st.sampled_from([one for cloud in CLOUDS for one in machines(cloud)]),
    st.integers(0, 2000),
    st.integers(1, 64 * GIB),
    st.floats(0, 8),
    st.booleans(),
)
def test_a_class_always_fits_on_the_nodes_named(
    kind: Machine, students: int, memory: int, cpu: float, disk: bool
) -> None:
    found = capacity(kind, students, Student(memory, cpu, disk))
    assert found.students_per_node == min(found.limits.values())
    assert found.limits[found.binding] == found.students_per_node
    if found.students_per_node:
        assert (
            found.nodes - 1
        ) * found.students_per_node < students <= found.nodes * found.students_per_node or not students
        assert found.students_per_node * memory <= found.allocatable.memory_bytes
