"""What is wrong with how a screen is laid out: words that are cut, parts on top of each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from rich.cells import cell_len
from textual.errors import NoWidget
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Static
from textual.widgets._footer import FooterKey

from z2jh_wizard.widgets.choice_list import ChoiceList
from z2jh_wizard.widgets.controls import SwitchLine
from z2jh_wizard.widgets.virtual_table import VirtualTable

QUOTES = {"preview-text", "preview-lines", "written-lines", "student-page"}
"""Lines of files beside the page: they are cut where the pane ends, as in any editor."""


def has_layout(screen: Screen[object]) -> bool:
    """Tell whether everything that is shown has a place: new widgets get theirs with the next layout."""
    try:
        for widget in shown(screen):
            screen.find_widget(widget)
    except NoWidget:
        return False
    return True


def faults(screen: Screen[object]) -> list[str]:
    """Return a sentence for each label, button or pane that one cannot see whole."""
    return [*_cut(screen), *_overlaps(screen)]


def shown(screen: Screen[object]) -> list[Widget]:
    """Return the widgets that are displayed and have a place of their own."""
    return [one for one in screen.walk_children(Widget) if is_shown(one)]


def hides_focus(screen: Screen[object]) -> str:
    """Return which part of the focused widget cannot be seen, empty when all of it can.

    Of something higher than its viewport at least as much must be seen as there is room for.
    """
    widget = screen.focused
    if widget is None:
        return "nothing has the focus"
    place = screen.find_widget(widget)
    region, seen = place.region, place.visible_region
    most = min(region.height, place.clip.height)
    if seen.width == region.width and seen.height >= most and seen.area:
        return ""
    return f"{_name(widget)} at {region} shows only {seen}"


def is_shown(widget: Widget) -> bool:
    """Tell whether a widget is displayed, wherever the page is scrolled to."""
    return all(one.display and one.visible for one in widget.ancestors_with_self if isinstance(one, Widget))


def _name(widget: Widget) -> str:
    path = [one for one in widget.ancestors_with_self if isinstance(one, Widget)][:3]
    return " < ".join(f"{type(one).__name__}{'#' + one.id if one.id else ''}" for one in path)


def _cut(screen: Screen[object]) -> Iterator[str]:
    for widget in shown(screen):
        if widget.id in QUOTES:
            continue
        name = _name(widget)
        for words, room in _lines(widget):
            if cell_len(words) > room:
                yield f"{name}: {words[:60]!r} needs {cell_len(words)} cells and has {room}"
        if isinstance(widget, Static) and _wraps(widget) and widget.size.width and not _scrolls(widget):
            needs, room = _height(widget), widget.content_size.height
            if needs > room:
                yield f"{name}: {str(widget.visual)[:60]!r} needs {needs} lines and has {room}"
        yield from _clipped(screen, widget)


def _lines(widget: Widget) -> Iterator[tuple[str, int]]:
    """Return the lines that are never wrapped, with the cells that there are for each."""
    width = widget.content_size.width
    if isinstance(widget, Button):
        yield str(widget.label), width
    elif isinstance(widget, SwitchLine):
        yield str(widget.render()), width
    elif isinstance(widget, ChoiceList):
        yield from ((f"(*) {offer.label}", width) for offer in widget._offers)
    elif isinstance(widget, VirtualTable):
        yield from zip((one.title for one in widget.columns), widget.widths(width), strict=True)
    elif isinstance(widget, Input):
        yield widget.placeholder, width
    elif isinstance(widget, FooterKey):
        yield str(widget.render()), width
    elif isinstance(widget, Static) and not _wraps(widget):
        yield from ((line, width) for line in str(widget.visual).splitlines())


def _height(widget: Static) -> int:
    rules = widget.styles.get_rules()
    return widget.visual.get_height(rules, widget.content_size.width)


def _wraps(widget: Widget) -> bool:
    return widget.styles.text_wrap != "nowrap"


def _scrolls(widget: Widget) -> bool:
    return any(one.allow_vertical_scroll for one in widget.ancestors_with_self if isinstance(one, Widget))


def _moves_along(widget: Widget) -> bool:
    """Tell whether it stands in a row of buttons that Tab and the wheel move, as on 60 columns."""
    return any(
        (one.has_class("button-row") or one.has_class("pane-buttons")) and one.allow_horizontal_scroll
        for one in widget.ancestors
        if isinstance(one, Widget)
    )


def _clipped(screen: Screen[object], widget: Widget) -> Iterator[str]:
    """Say what of a text or control lies outside the panes that it is in, and no scrolling brings in."""
    if not isinstance(widget, (Static, FooterKey)) and not widget.focusable:
        return
    place = screen.find_widget(widget)
    region, clip = place.region, place.clip
    if not region.area:
        if isinstance(widget, Static) and not str(widget.visual).strip():
            return
        yield f"{_name(widget)} has no room: {region}"
        return
    across = (region.x < clip.x or region.right > clip.right) and not _moves_along(widget)
    along = (region.y < clip.y or region.bottom > clip.bottom) and not _scrolls(widget)
    if across or along:
        yield f"{_name(widget)} at {region} is cut by {clip}"


def _overlaps(screen: Screen[object]) -> Iterator[str]:
    for parent in [screen, *shown(screen)]:
        children = [(one, _region(screen, one)) for one in parent.children if is_shown(one)]
        for (one, first), (other, second) in combinations(children, 2):
            if one.layer == other.layer and first.overlaps(second) and first.area and second.area:
                yield f"{_name(one)} at {first} and {_name(other)} at {second} lie on each other"


def _region(screen: Screen[object], widget: Widget) -> Region:
    return screen.find_widget(widget).region if widget.size.area or widget.region.area else Region()
