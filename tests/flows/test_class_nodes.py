"""Students on nodes: every student has a place in the picture, and the first limit is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.capacity import GIB, Student
from z2jh_wizard.flows.class_nodes import NodeRoom, cluster_sentence, on_cluster, packed, picture

ROOMS = st.lists(st.integers(0, 110), max_size=30)


def test_nodes_of_a_cluster_take_students_by_what_they_give() -> None:
    nodes = [
        NodeRoom("a", "m", 4000, 16 * GIB, 110),
        NodeRoom("b", "m", 1000, 16 * GIB, 110),
        NodeRoom("c", "m", 4000, 16 * GIB, 14),
        NodeRoom("d", "m", 4000, 0, 110),
    ]
    fits = on_cluster(nodes, Student(GIB, 0.25))
    assert [(one.students, one.binding) for one in fits] == [
        (16, "memory"),
        (4, "cpu"),
        (4, "pods"),
        (0, "memory"),
    ]
    assert cluster_sentence(fits, 20) == (
        "About 24 students fit on its 4 nodes: the class does. First to run out: memory."
    )
    assert cluster_sentence(fits[1:2], 20).startswith("Only about 4 of 20 students fit on its 1 node. First")
    assert "no node" in cluster_sentence((), 20)


@given(st.integers(0, 5000), ROOMS)
def test_students_are_packed_node_by_node(students: int, rooms: list[int]) -> None:
    found = packed(students, rooms)
    assert sum(found) == min(students, sum(rooms))
    assert all(0 <= used <= room for used, room in zip(found, rooms, strict=True))
    for at in range(1, len(rooms)):
        assert found[at] == 0 or found[at - 1] == rooms[at - 1]


@given(st.integers(0, 500), ROOMS, st.integers(40, 140), st.integers(2, 12), st.booleans())
def test_a_picture_fits_its_place_and_shows_every_student(
    students: int, rooms: list[int], width: int, rows: int, ascii_only: bool
) -> None:
    lines = picture(students, rooms, width=width, rows=rows, ascii_only=ascii_only)
    if not any(rooms):
        assert lines == []
        return
    assert len(lines) <= rows + 1
    assert all(len(line) <= max(width, 60) for line in lines)
    taken = "#" if ascii_only else "█"
    drawn = sum(line.count(taken) for line in lines[:-1])
    if len(rooms) <= rows and max(rooms) <= width - len(f"node {len(rooms)} ") - 8:
        assert drawn == min(students, sum(rooms))
    if ascii_only:
        assert all(line.isascii() for line in lines)


@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_picture_explains_itself(ascii_only: bool) -> None:
    taken, free = ("#", ".") if ascii_only else ("█", "░")
    lines = picture(10, [8, 8], width=40, rows=4, ascii_only=ascii_only)
    assert lines == [
        f"node 1 {taken * 8} 8/8",
        f"node 2 {taken * 2}{free * 6} 2/8",
        f"{taken} a student  {free} free  2/8: 2 of 8 places taken",
    ]


def test_many_nodes_and_large_nodes_are_drawn_smaller() -> None:
    lines = picture(1000, [100] * 11, width=60, rows=4)
    assert len(lines) == 5
    assert lines[3] == "and 8 more nodes, the last with 0 of 100"
    assert "up to 3 students" in lines[4]
