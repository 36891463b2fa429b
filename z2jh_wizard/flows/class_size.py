"""How big the class is: what each student needs, which machines take how many, costs, and what it sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from z2jh_wizard.core import capacity, cost
from z2jh_wizard.core.capacity import GIB, Capacity, Cloud, Machine, Student
from z2jh_wizard.core.cost import Bill
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.prices import Price, PriceList, shipped
from z2jh_wizard.core.quantity import exact, spec_bytes, whole
from z2jh_wizard.core.spec import Pool, Spec

WORKSHOP_DAYS: Final = 2
WORKSHOP_HOURS: Final = 8.0
"""Hours a day in which students' nodes run; the workshop that the second price is for."""

CORE_POOL: Final = "core"
USER_POOL: Final = "user"

_CORE_MACHINES: Final[Mapping[str, str]] = {
    "gke": "e2-standard-2",
    "eks": "t3.large",
    "aks": "Standard_B2ms",
}
"""What the hub itself runs on: two processors and 8 GiB."""

_MOST_STUDENTS: Final = 100_000
STUDENTS, HOURS, MEMORY, CPU, DISK = "students", "hours", "memory", "cpu", "disk"


@dataclass(frozen=True, slots=True)
class SizeQuestion:
    """One question about the class; ``help`` is shown while it is answered."""

    id: str
    label: str
    help: str
    default: str


QUESTIONS: Final = (
    SizeQuestion(STUDENTS, "Students", "How many work at the same time, on the busiest day.", "30"),
    SizeQuestion(HOURS, "Hours a week", "How long their nodes run in a week: lectures and homework.", "10"),
    SizeQuestion(MEMORY, "Memory each", "Kept for each student, such as 512M or 2G; pandas likes 1G.", "1G"),
    SizeQuestion(CPU, "Cores each", "Kept for each student; 0.1 suffices where few compute at once.", "0.1"),
    SizeQuestion(DISK, "Disk each", "The home folder that stays, such as 10Gi; 0 for none.", "10Gi"),
)


@dataclass(frozen=True, slots=True)
class ClassSize:
    """A class: how many students, how long, and what is kept for each; the texts are as they were typed."""

    students: int
    hours_a_week: float
    memory: str
    cpu: str
    disk: str

    @property
    def student(self) -> Student:
        """What one student's server is promised."""
        return Student(spec_bytes(self.memory), float(self.cpu), self.disk_gib > 0)

    @property
    def disk_gib(self) -> float:
        """The disk of one student in GiB, 0 for none."""
        return whole(self.disk) / GIB


@dataclass(frozen=True, slots=True)
class MachineChoice:
    """How the class fits on a machine type, and what it costs; no bills where not one student fits."""

    machine: Machine
    price: Price
    """Of an hour."""
    fit: Capacity
    month: Bill | None
    workshop: Bill | None

    @property
    def sentence(self) -> str:
        """Say what is used up first, and on how many nodes the class fits."""
        if not self.fit.nodes:
            return self.fit.sentence
        nodes = "1 node" if self.fit.nodes == 1 else f"{self.fit.nodes} nodes"
        return f"{self.fit.sentence} The class needs {nodes} of {self.machine.name}."


def problems(answers: Mapping[str, str]) -> dict[str, str]:
    """Return one sentence with the fix for each answer that cannot be used, by its question."""
    found = {name: _wrong(name, answers.get(name, "").strip()) for name in (one.id for one in QUESTIONS)}
    return {name: sentence for name, sentence in found.items() if sentence}


def class_size(answers: Mapping[str, str]) -> ClassSize:
    """Return the class that the answers describe; InvalidInput for an answer that cannot be used."""
    wrong = problems(answers)
    if wrong:
        raise InvalidInput("The size of the class cannot be used", next(iter(wrong.values())))
    given = {name: answers[name].strip() for name in (one.id for one in QUESTIONS)}
    return ClassSize(int(given[STUDENTS]), float(given[HOURS]), given[MEMORY], given[CPU], given[DISK])


def _wrong(name: str, text: str) -> str:
    try:
        return _checked(name, text)
    except (ValueError, OverflowError):
        return {
            STUDENTS: "Type a whole number, such as 30.",
            HOURS: "Type hours, such as 10 or 2.5.",
            MEMORY: "Type an amount with M or G, such as 512M or 1.5G.",
            CPU: "Type a number of cores, such as 0.1 or 2.",
            DISK: "Type a size with Gi, such as 10Gi, or 0 for no disk.",
        }[name]


def _checked(name: str, text: str) -> str:
    """Return a sentence for an amount that makes no sense; ValueError for what is no amount."""
    if name == STUDENTS:
        return "" if 1 <= int(text) <= _MOST_STUDENTS else f"Type 1 to {_MOST_STUDENTS:,} students."
    if name == HOURS:
        return "" if 0 < float(text) <= 168 else "A week has 168 hours; type more than 0."
    if name == MEMORY:
        return "" if spec_bytes(text) >= 64 * capacity.MIB else "A server needs 64M at least, better 512M."
    if name == CPU:
        return "" if 0 < float(text) <= 256 else "Type more than 0 cores, such as 0.1."
    size = whole(text)
    return "" if size == 0 or size >= GIB // 10 else "Type a size with Gi, such as 10Gi, or 0 for no disk."


def first_answers(spec: Spec, values: Mapping[str, object]) -> dict[str, str]:
    """Return what the project says already, with a safe default for all else.

    ``values`` are those of the fields that the screen sets, by key.
    """
    answers = {one.id: one.default for one in QUESTIONS}
    if spec.workshop.students:
        answers[STUDENTS] = str(spec.workshop.students)
    for name, key in ((MEMORY, MEMORY_KEPT), (CPU, CPU_KEPT), (DISK, DISK_SIZE)):
        value = values.get(key)
        if value is not None and not _wrong(name, str(value)):
            answers[name] = str(value)
    return answers


def has_catalogue(provider: str) -> bool:
    """Return whether the machine types of a provider are known."""
    return provider in _CORE_MACHINES


def choices(provider: str, size: ClassSize, price_list: PriceList | None = None) -> tuple[MachineChoice, ...]:
    """Return every machine type of a cloud, those that fit first and the cheapest of them on top.

    Nothing for providers without a catalogue. A price that is not known makes a bill a lower limit; without
    a list the shipped prices are taken.
    """
    if provider not in _CORE_MACHINES:
        return ()
    cloud = cast(Cloud, provider)
    known = price_list or shipped(cloud)
    core = capacity.machine(cloud, _CORE_MACHINES[cloud])
    return tuple(
        sorted((_choice(one, core, size, known) for one in capacity.machines(cloud)), key=_cheapest_first)
    )


def _choice(machine: Machine, core: Machine, size: ClassSize, known: PriceList) -> MachineChoice:
    fit = capacity.capacity(machine, size.students, size.student)
    price = known.of("machine", machine.name)
    if not fit.nodes:
        return MachineChoice(machine, price, fit, None, None)
    month = cost.a_month(
        students=size.students, nodes=fit.nodes, hours_a_week=size.hours_a_week, disk_gib=size.disk_gib
    )
    workshop = cost.a_workshop(
        students=size.students,
        nodes=fit.nodes,
        days=WORKSHOP_DAYS,
        hours_a_day=WORKSHOP_HOURS,
        disk_gib=size.disk_gib,
    )
    return MachineChoice(
        machine,
        price,
        fit,
        cost.bill(machine, core, month, price_list=known),
        cost.bill(machine, core, workshop, price_list=known),
    )


def _cheapest_first(one: MachineChoice) -> tuple[bool, bool, float, int]:
    hourly = one.price.usd
    return not one.fit.nodes, hourly is None, (hourly or 0.0) * one.fit.nodes, one.fit.nodes


MEMORY_KEPT, MEMORY_MOST = "singleuser.memory.guarantee", "singleuser.memory.limit"
CPU_KEPT, CPU_MOST = "singleuser.cpu.guarantee", "singleuser.cpu.limit"
DISK_SIZE, DISK_KIND = "singleuser.storage.capacity", "singleuser.storage.type"
KEYS: Final = (MEMORY_KEPT, MEMORY_MOST, CPU_KEPT, CPU_MOST, DISK_SIZE)
"""The settings of ``config.yaml`` that follow from the size of the class, in the newest chart's names."""


def settings(size: ClassSize, values: Mapping[str, object]) -> dict[str, str]:
    """Return what the class sets in ``config.yaml``, by key.

    A limit that leaves room above what is kept stays; else it becomes twice the memory, and four times the
    cores but one at least. Without a disk the size in the file stays, for only the kind of storage says that.
    """
    found = {MEMORY_KEPT: size.memory, CPU_KEPT: size.cpu}
    most = values.get(MEMORY_MOST)
    if not isinstance(most, (str, int)) or _bytes(most) < spec_bytes(size.memory):
        found[MEMORY_MOST] = _twice(size.memory)
    cores = values.get(CPU_MOST)
    if not isinstance(cores, (str, int, float)) or _cores(cores) < float(size.cpu):
        found[CPU_MOST] = f"{max(1.0, 4 * float(size.cpu)):g}"
    if size.disk_gib:
        found[DISK_SIZE] = size.disk
    return found


def _bytes(value: str | int) -> int:
    try:
        return spec_bytes(value)
    except ValueError:
        return 0


def _cores(value: str | float) -> float:
    try:
        return float(exact(str(value)))
    except ValueError:
        return 0.0


def _twice(memory: str) -> str:
    """Return twice an amount, with the same letter behind it."""
    return f"{2 * float(memory[:-1]):g}{memory[-1]}"


def with_pools(spec: Spec, size: ClassSize, choice: MachineChoice | None) -> Spec:
    """Return the spec with the students, and with the pools of a chosen machine.

    Only clouds have pools by machine. The bounds of a pool that is there stay, but the upper one never
    stands below the nodes that the class needs.
    """
    from msgspec.structs import replace as changed

    spec = changed(spec, workshop=changed(spec.workshop, students=size.students))
    if choice is None:
        return spec
    before = spec.pools.get(USER_POOL, Pool())
    nodes = choice.fit.nodes
    maximum = None if before.maximum is None else max(before.maximum, nodes)
    user = changed(before, nodes=nodes, machine=choice.machine.name, maximum=maximum)
    core = spec.pools.get(CORE_POOL, Pool(1, _CORE_MACHINES[cast(Cloud, spec.provider)]))
    return changed(spec, pools={**spec.pools, CORE_POOL: core, USER_POOL: user})
