"""The table of the class size: machines of a cloud, or the nodes that are there."""

from __future__ import annotations

from z2jh_wizard.flows.class_nodes import LIMIT_WORDS, NodeFit
from z2jh_wizard.flows.class_size import MachineChoice
from z2jh_wizard.flows.class_words import about
from z2jh_wizard.widgets.virtual_table import Cells, Column

MACHINE_COLUMNS = (
    Column("machine", weight=1),
    Column("per node", 8),
    Column("nodes", 5),
    Column("full first", 10),
    Column("a month", 8),
    Column("workshop", 8),
)
NODE_COLUMNS = (
    Column("node", weight=1),
    Column("machine", 18),
    Column("students", 9),
    Column("first limit", 11),
)


def node_cells(fit: NodeFit) -> Cells:
    """Return the row of a node."""
    return Cells((fit.node.name, fit.node.machine, str(fit.students), LIMIT_WORDS[fit.binding]))


def machine_cells(one: MachineChoice) -> Cells:
    """Return the row of a machine type, dim where not one student fits."""
    limit = LIMIT_WORDS[one.fit.binding]
    if not one.fit.nodes:
        return Cells((one.machine.name, "0", "-", limit, "-", "-"), "dim")
    counts = (str(one.fit.students_per_node), str(one.fit.nodes), limit)
    return Cells((one.machine.name, *counts, about(one.month), about(one.workshop)))
