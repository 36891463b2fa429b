"""What a page of settings offers besides its questions: screens of their own that work on the same draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from z2jh_wizard.flows.ways import QUICK_ADDRESS
from z2jh_wizard.values import class_list, sign_in_discovery, trees
from z2jh_wizard.values.fields import TopicPage
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.presets import GROUPS, PresetGroup
from z2jh_wizard.values.profile_additions import menu_path


@dataclass(frozen=True, slots=True)
class Tool:
    """A screen that belongs to a page; ``applies`` says with which values it helps.

    ``where`` is its name in the app, or ``name/topic`` for a screen that is made for several pages.
    """

    topic: str
    where: str
    label: str
    about: str
    applies: Callable[[Scene], bool] = lambda _scene: True


def _offers(group: PresetGroup, scene: Scene) -> bool:
    return bool(group.offered(scene.version, scene.family))


def makes_disks(scene: Scene) -> bool:
    """Tell whether each student gets a disk of a kind that can be chosen."""
    kind = trees.look_up(scene.values, ("singleuser", "storage", "type"))
    return scene.family == "helmforge" or kind in (trees.MISSING, "dynamic")


TOOLS: tuple[Tool, ...] = (
    Tool(
        "sign-in",
        "sign-in-steps",
        "Steps outside",
        "What to do on the site of the sign-in service, with the addresses to copy.",
    ),
    Tool(
        "sign-in",
        "discover",
        "Look up provider",
        "Takes the addresses over from what the provider says about itself.",
        sign_in_discovery.applies,
    ),
    Tool(
        "sign-in",
        "who-may",
        "Who may sign in?",
        "Type somebody, and see whether these settings let them in.",
    ),
    Tool(
        "sign-in",
        "class-list",
        "Class list",
        "Lets everybody on a list from your course platform sign in.",
        class_list.applies,
    ),
    Tool(
        "resources",
        "class-size/resources",
        "Class size",
        "How many students fit on which machines, and what they cost.",
    ),
    Tool(
        "address",
        "address-check/address",
        "Check the address",
        "The DNS record to make, and whether name, ports and certificate are right by now.",
    ),
    Tool(
        "https",
        "address-check/https",
        "Check the address",
        "HTTPS needs a name that leads to the hub: this waits for it and tests it.",
    ),
    Tool(
        "image",
        "course-image/image",
        "Course images",
        "Images that courses use, what is in each, and what it would change.",
    ),
    *(
        Tool(
            topic,
            f"course-files/{topic}",
            "Course files",
            "Notebooks from a git repository: a link for students, or fetched at each start.",
        )
        for topic in ("image", "environment")
    ),
    *(
        Tool(
            group.topic,
            f"presets/{group.topic}",
            "Presets",
            f"{group.title}: settings that belong together, with what each would change.",
            partial(_offers, group),
        )
        for group in GROUPS
    ),
    Tool(
        "storage",
        "storage-class",
        "Kinds of disks",
        "Standard or SSD, or what the cluster has: what each is and about what it costs.",
        makes_disks,
    ),
    Tool(
        "image",
        "image-builder",
        "Build an image",
        "repo2docker makes one of your course's repository, here or elsewhere.",
    ),
    *(
        Tool(
            topic,
            f"profiles/{topic}",
            "Profiles",
            "Sizes, images or a GPU that students choose from before they start.",
            lambda scene: menu_path(scene) is not None,
        )
        for topic in ("environment", "resources", "image")
    ),
)
"""In the order in which a page shows them; the screens are in the table of the app."""


def tools_of(page: TopicPage) -> tuple[Tool, ...]:
    """Return the tools of a page; where it is made of several topics, one of each name."""
    topics = {field.topic for field in page.fields} if page.id == QUICK_ADDRESS else {page.id}
    found: dict[str, Tool] = {}
    for tool in TOOLS:
        if tool.topic in topics:
            found.setdefault(tool.label, tool)
    return tuple(found.values())


class ToolButton(Button):
    """Opens a tool of the page."""

    def __init__(self, tool: Tool) -> None:
        super().__init__(
            Content(tool.label),
            id=f"tool-{tool.where.replace('/', '-')}",
            action=f"screen.tool('{tool.where}')",
            tooltip=tool.about,
            compact=True,
        )
        self.tool = tool


class ToolRow(Horizontal):
    """The tools of a page, which stay in sight above Back and Next."""

    def __init__(self, tools: Sequence[Tool], scene: Scene) -> None:
        self._buttons = [ToolButton(tool) for tool in tools]
        super().__init__(*self._buttons, id="tools", classes="button-row -flat-row")
        self.show_for(scene)

    def show_for(self, scene: Scene) -> None:
        """Show those that help with these values, and no empty row."""
        for button in self._buttons:
            button.display = button.tool.applies(scene)
        self.display = bool(self.shown)

    @property
    def shown(self) -> list[Tool]:
        """Return the tools that are offered now."""
        return [button.tool for button in self._buttons if button.display]
