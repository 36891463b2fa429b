"""The one table of actions: key bindings, footer, command palette and the F1 help are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

FOOTER_FIRST = ("help", "back", "next")
"""The actions that begin every footer, in this order."""

FOOTER_MOST = 5
"""More keys than these, and that of the command palette at the right end, do not fit 80 columns."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do: ``call`` is the Textual action, ``keys`` may be empty (button and palette).

    ``footer`` tells whether it may stand in the footer; ``palette`` whether the command palette offers it.
    """

    id: str
    call: str
    keys: str
    label: str
    tooltip: str
    group: str
    help: str
    footer: bool = True
    palette: bool = True

    @property
    def shown_keys(self) -> str:
        """Return the keys as people write them: F1, Esc, ^n, or nothing."""
        return " ".join(_shown(key) for key in self.keys.split(",") if key)

    def binding(self, *, shown: bool = False) -> Binding:
        """Return it as a key binding, shown in the footer or not."""
        return Binding(
            self.keys,
            self.call,
            self.label,
            show=shown,
            key_display=self.shown_keys,
            tooltip=self.tooltip,
            id=self.id,
        )


def _shown(key: str) -> str:
    names = {
        "escape": "Esc",
        "enter": "Enter",
        "space": "Space",
        "slash": "/",
        "pageup": "PgUp",
        "pagedown": "PgDn",
    }
    if key.startswith("ctrl+"):
        return "^" + key[5:]
    return names.get(key, key.capitalize())


_EVERYWHERE, _WIZARD, _RUN, _HUB, _LISTS = "Everywhere", "Wizard", "Run", "Hub", "Lists and logs"

ACTIONS: tuple[Action, ...] = (
    Action("help", "app.help", "f1", "Help", "Keys and what this screen is for", _EVERYWHERE,
           "Shows this page: what the screen is for and every key."),
    Action("back", "back", "escape", "Back", "One screen back; answers are kept", _EVERYWHERE,
           "Goes back, or closes a dialog. What you typed is kept."),
    Action("next", "next", "ctrl+n,f12", "Next", "Go on, or jump to the first problem", _WIZARD,
           "Goes on to the next page; if an answer cannot be used, jumps there instead."),
    Action("details", "details", "f2", "Details", "Commands and details of what is marked", _WIZARD,
           "Shows the commands a person would type instead, or the details of the marked row."),
    Action("panes", "panes", "f3", "Panes", "Show the next pane: log, pods, events", _RUN,
           "Shows the next pane in the lower half; wide terminals show them all."),
    Action("find", "find", "f4,slash", "Find", "Find text in the log", _LISTS,
           "Finds text in the log; Enter goes to the next place, Esc ends it.", footer=False),
    Action("refresh", "refresh", "f5", "Refresh", "Look again now", _HUB,
           "Looks at the world again at once."),
    Action("reveal", "reveal", "f6", "Reveal", "Show or hide the secrets", _WIZARD,
           "Shows the secrets on the screen, or hides them again; mind who is watching."),
    Action("copy", "copy", "f7", "Copy", "Copy what has the focus, or its address", _EVERYWHERE,
           "Copies what has the focus, such as an answer, a row, a log or a callback URL, to the clipboard "
           "of your terminal, and says what it copied."),
    Action("words", "words", "ctrl+g", "Words", "What the underlined words mean", _EVERYWHERE,
           "Explains the underlined words of this screen; a click on one does so too.", footer=False),
    Action("glossary", "glossary", "", "Glossary", "All words of the guide, with a search", _EVERYWHERE,
           "Lists all words of the guide with what they mean."),
    Action("read", "read", "ctrl+r", "Read more", "Pages of the guide about this", _EVERYWHERE,
           "Lists pages that say more, of the guide and others, to copy or to open.", footer=False),
    Action("edit", "edit", "ctrl+o", "Edit file", "Open config.yaml in your editor", _EVERYWHERE,
           "Opens config.yaml in your editor ($VISUAL or $EDITOR), at the setting that has the focus, and "
           "reads it again afterwards. What you typed here stays.", footer=False),
    Action("earlier", "earlier", "", "Earlier texts", "Take an earlier config.yaml back", _EVERYWHERE,
           "Lists the backups of config.yaml with what each would change, and takes one back."),
    Action("stop", "stop", "f8", "Stop", "Stop the run; asks first", _RUN,
           "Asks whether to stop; what was made so far is kept and shown."),
    Action("retry", "retry", "f9", "Retry", "Run again: it looks first and carries on", _RUN,
           "Runs again. What is done already is found and skipped."),
    Action("skip", "skip", "", "Skip", "Leave this step out", _RUN,
           "Leaves a step of yours out and goes on; the screen says what that costs.", footer=False),
    Action("follow", "follow", "end", "Follow", "Jump to the newest line and stay there", _LISTS,
           "Jumps to the end of the log and follows new lines.", footer=False, palette=False),
    Action("settings", "settings", "", "Settings", "Sign-in, memory, storage, HTTPS and all else", _WIZARD,
           "Opens the settings of the hub: a short way, all pages in order, or a search."),
    Action("more", "more", "", "More", "Show the settings that few people need", _WIZARD,
           "Shows the settings of this page that few people need, or hides them again."),
    Action("entry_add", "entry_add", "", "Add", "Add a profile, a list in one, or a choice", _WIZARD,
           "Adds to the menu of profiles: a profile, a list of sizes or images in one, or a choice."),
    Action("entry_edit", "entry_edit", "", "Edit", "Edit the marked line of the menu", _WIZARD,
           "Asks about the marked entry: name, image, memory, cores, graphics cards."),
    Action("entry_copy", "entry_copy", "", "Copy it", "Add a copy of the marked line", _WIZARD,
           "Adds a copy of the marked profile or choice, with a name of its own."),
    Action("entry_remove", "entry_remove", "", "Remove", "Remove the marked line; asks first", _WIZARD,
           "Asks, then removes the marked entry from the menu of profiles."),
    Action("entry_up", "entry_up", "", "Up", "Show the marked profile further up", _WIZARD,
           "Students see the marked profile one place further up."),
    Action("entry_down", "entry_down", "", "Down", "Show the marked profile further down", _WIZARD,
           "Students see the marked profile one place further down."),
    Action("entry_default", "entry_default", "", "Default", "Taken when students choose nothing", _WIZARD,
           "Students who choose nothing get the marked profile or choice."),
    Action("images", "images", "", "Images", "Images that courses use", _WIZARD,
           "Lists images that courses use, with what is in each."),
    Action("undo", "undo", "", "Undo", "Take the last answer, or the last save, back", _WIZARD,
           "Takes the last answer back; when all are saved, the last save."),
    Action("quick", "quick", "", "Quick", "A new hub in four screens; or go on that way", _WIZARD,
           "The quick way: four screens, with safe defaults for all that they do not ask."),
    Action("guided", "guided", "", "Guided", "A new hub page by page; or go on that way", _WIZARD,
           "The guided way: every page in the order of the guide; Next skips what you leave alone."),
    Action("go_on", "go_on", "", "Go on", "Go on with the new hub that was begun", _WIZARD,
           "Goes on with the new hub where you left its questions; what you typed is still there."),
    Action("fix", "fix", "", "Fix", "Write the sure fix of the marked problem", _WIZARD,
           "Writes the sure fix of the marked problem, with a backup; Undo takes it back."),
    Action("reveal_all", "reveal_all", "", "Reveal all", "Show or hide all secrets", _WIZARD,
           "Shows all secrets on the screen, or hides them again; mind who is watching."),
    Action("rotate", "rotate", "", "New secret", "Make the marked secret anew; says what breaks", _WIZARD,
           "Makes the marked secret anew, with a backup; says first what that breaks."),
    Action("give", "give", "", "Give secret", "Type or paste the marked secret", _WIZARD,
           "Asks for the marked secret, masked; a key or certificate may have several lines."),
    Action("secrets", "secrets", "", "Secrets", "Which secrets the hub has; show, replace or give one", _HUB,
           "Lists the secrets of the hub: what each is for and where it stands."),
    Action("checks", "checks", "", "Check the cluster", "The account, or the cluster: what is not ok", _HUB,
           "Looks at the account or the cluster for all that can stop a hub, and says what mends it."),
    Action("mend", "mend", "", "Mend", "Do the step that mends the marked check", _WIZARD,
           "Does the step that mends the marked check, such as switching a service on; then look again."),
    Action("prove", "prove", "", "Prove disks", "Makes a disk of 1 GiB and removes it; asks first", _HUB,
           "Proves that the cluster makes disks: one of 1 GiB is made and removed again; asks first."),
    Action("sign_in", "sign_in", "", "Sign in", "Sign in to the cloud in the way that is chosen", _WIZARD,
           "Signs in to the cloud in the way that is chosen, and shows who is signed in."),
    Action("other_way", "other_way", "", "Sign in otherwise", "The other ways to sign in", _WIZARD,
           "Shows the ways to sign in again, to choose another one or other credentials."),
    Action("switch_on", "switch_on", "", "Switch it on", "Switch on what is off; it is free", _WIZARD,
           "Switches on the cloud's services that a cluster needs, which is free, and looks again."),
    Action("look_up", "look_up", "", "Look up", "Ask the provider for its addresses", _WIZARD,
           "Asks the provider that you typed for its addresses, and shows them."),
    Action("column", "column", "", "Other column", "Choose the column with the user names", _WIZARD,
           "Chooses which column of the class list has the user names."),
    Action("decides", "decides", "", "Go to the setting", "To the setting that decides", _WIZARD,
           "Goes to the setting that decides whether this person may sign in."),
    Action("practice", "practice", "", "Practice", "The whole journey, free and offline", _WIZARD,
           "Makes a practice project: the whole journey on this computer, nothing costs money."),
    Action("open_project", "open_project", "", "Open", "Open a project folder", _WIZARD,
           "Opens the project in the folder that you typed."),
    Action("resume", "resume", "", "Resume", "Carry on with the interrupted run", _RUN,
           "Carries on with a run that was interrupted: it looks first and skips what is done."),
    Action("apply", "apply", "", "Apply again", "Converge to config.yaml", _HUB,
           "Brings the hub to what config.yaml and z2jh.yaml say."),
    Action("upgrade", "upgrade", "", "Upgrade", "Backups, then a new chart version", _HUB,
           "Upgrades the hub to the chart version of this project or another one."),
    Action("resize", "resize", "", "Resize", "More or fewer nodes", _HUB,
           "Changes the number of nodes of a pool."),
    Action("build", "build", "", "Build", "Build the image here and push it; asks first", _HUB,
           "Builds an image of the repository with repo2docker on this computer, and pushes it."),
    Action("built", "built", "", "I have built it", "Use the image of this name and tag", _HUB,
           "Takes the image that you built elsewhere into the settings."),
    Action("address", "address", "", "Address", "DNS record, HTTPS and ports: what is right by now", _HUB,
           "Shows the DNS record to make, and tests name, ports, certificate and hub until all is well."),
    Action("power_off", "power_off", "", "Stop the cluster", "No machine runs until you start it again", _HUB,
           "Stops the cluster's machines between two courses; students' disks and the address stay."),
    Action("power_on", "power_on", "", "Start the cluster", "Machines run again, and are paid for", _HUB,
           "Starts the machines of a cluster that was stopped; the hub comes back by itself."),
    Action("copy_mail", "copy_mail", "", "Copy e-mail", "An e-mail that asks for the DNS record", _HUB,
           "Copies an e-mail that asks your DNS administrators for the record."),
    Action("students", "students", "", "Students", "Practice: students arrive or leave", _HUB,
           "Practice only: lets this many students use the hub."),
    Action("fault", "fault", "", "Fault", "Practice: make something go wrong", _HUB,
           "Practice only: makes something go wrong on purpose, or clears all faults."),
    Action("teardown", "teardown", "", "Tear down", "Remove the hub; lists first, asks for its name", _HUB,
           "Lists what would be removed; deletes only after the hub name is typed."),
    Action("leftovers", "leftovers", "", "Leftovers", "What a cluster left, and what it costs", _HUB,
           "Looks round the cloud for what a cluster left, and deletes what you tick of it."),
    Action("tick", "tick", "space", "Tick", "Tick the marked row, or take its tick away", _LISTS,
           "Ticks the marked row, or takes its tick away."),
    Action("delete", "delete", "", "Delete ticked", "Delete what is ticked; asks for the hub's name", _HUB,
           "Deletes what is ticked, after the hub name is typed."),
    Action("runbook", "runbook", "", "Runbook", "Write the steps down for doing them by hand", _HUB,
           "Writes the steps as a Markdown document and says where it is."),
    Action("answers", "answers", "", "Answers file", "Write answers.yaml, for another such hub", _WIZARD,
           "Saves, and writes answers.yaml, which makes another hub like it. Secrets are left out."),
    Action("home", "home", "", "Projects", "Back to the list of projects", _EVERYWHERE,
           "Goes back to the first screen with the list of projects."),
    Action("theme", "app.next_theme", "f10", "Theme", "Dark, light, contrast, red-green safe", _EVERYWHERE,
           "Changes the colours: dark, light, high contrast, safe for red-green blindness.", footer=False),
    Action("palette", "app.command_palette", "ctrl+p", "Commands", "Find any command by name", _EVERYWHERE,
           "Finds any command by name.", footer=False, palette=False),
    Action("quit", "app.quit", "ctrl+q", "Quit", "Leave; asks while a run is at work", _EVERYWHERE,
           "Leaves the wizard; asks first while a run is at work."),
    Action("row_up", "move(-1)", "up", "Up", "One row up", _LISTS, "One row up.", False, False),
    Action("row_down", "move(1)", "down", "Down", "One row down", _LISTS, "One row down.", False, False),
    Action("answer_left", "move(-1)", "left", "Left", "The answer to the left", _LISTS,
           "The answer to the left.", False, False),
    Action("answer_right", "move(1)", "right", "Right", "The answer to the right", _LISTS,
           "The answer to the right.", False, False),
    Action("rows_up", "page(-1)", "pageup", "Page up", "One page up", _LISTS, "One page up.", False, False),
    Action("rows_down", "page(1)", "pagedown", "Page down", "One page down", _LISTS, "One page down.",
           False, False),
    Action("first_row", "edge(-1)", "home", "First", "To the first row", _LISTS, "To the first row.",
           False, False),
    Action("last_row", "edge(1)", "end", "Last", "To the last row", _LISTS, "To the last row.",
           False, False),
    Action("edit_value", "edit_value", "enter", "Edit", "Open the file at this value", _LISTS,
           "Opens the file at a value that can only be changed there.", False, False),
    Action("choose_row", "choose", "enter", "Choose", "Details of the marked row", _LISTS,
           "Opens the details of the marked row.", False, False),
)  # fmt: skip

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def bindings(*ids: str) -> list[BindingType]:
    """Return the key bindings of these actions, in this order; those without keys are left out."""
    return [BY_ID[one].binding() for one in ids if BY_ID[one].keys]


def screen_bindings(*ids: str) -> list[BindingType]:
    """Return a screen's bindings in the footer's fixed order: help, back, next, the screen's own, quit.

    The footer shows the first ones that fit; the others are in the palette and on the help page.
    """
    first = [one for one in FOOTER_FIRST if one == "help" or one in ids]
    keyed = [
        BY_ID[one] for one in (*first, *(one for one in ids if one not in first), "quit") if BY_ID[one].keys
    ]
    shown = [action for action in keyed[:-1] if action.footer][: FOOTER_MOST - 1] + keyed[-1:]
    return [action.binding(shown=action in shown) for action in keyed]
