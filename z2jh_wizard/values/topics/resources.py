"""Memory, CPU and GPU: the settings of this topic."""

from __future__ import annotations

from z2jh_wizard.values.fields import GUIDE, Field, Kind, Level, TopicPage

TOPIC = TopicPage(
    "resources",
    "Memory, CPU and GPU",
    "What one student may use, and what is kept for each: it decides how many fit on a node.",
    GUIDE + "jupyterhub/customizing/user-resources.html",
    (
        Field(
            "resources.memory-limit",
            "singleuser.memory.limit",
            Kind.BYTES,
            "The most memory a student may use; beyond it the kernel is killed and says so.",
            Level.EVERYDAY,
            example="2G",
        ),
        Field(
            "resources.memory-guarantee",
            "singleuser.memory.guarantee",
            Kind.BYTES,
            "Memory kept for each student, used or not; it decides how many students fit on a node.",
            Level.EVERYDAY,
            example="1G",
        ),
        Field(
            "resources.cpu-limit",
            "singleuser.cpu.limit",
            Kind.NUMBER,
            "The most processor cores a student may use; more work is then only slower.",
            Level.EVERYDAY,
            unit="cores",
            example="2",
        ),
        Field(
            "resources.cpu-guarantee",
            "singleuser.cpu.guarantee",
            Kind.NUMBER,
            "Processor cores kept for each student; a small share suffices, as few compute at the same time.",
            Level.EVERYDAY,
            unit="cores",
            example="0.1",
        ),
        Field(
            "resources.gpu-limit",
            "singleuser.extraResource.limits",
            Kind.TEXT_MAP,
            "Graphics cards and the like for each server.",
            example='nvidia.com/gpu: "1"',
        ),
        Field(
            "resources.gpu-guarantee",
            "singleuser.extraResource.guarantees",
            Kind.TEXT_MAP,
            "Graphics cards and the like kept for each server.",
            example='nvidia.com/gpu: "1"',
        ),
    ),
)
