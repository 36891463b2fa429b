"""Versions of the Zero to JupyterHub and HelmForge charts: what is inside, what they need, what is unsafe.

The catalogue is ``assets/charts/versions.json`` and ``advisories.json``, each with its source and date.
"""

from __future__ import annotations

import enum
import functools
from typing import Literal, TypeAlias

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.checks import VersionKey, version_key
from z2jh_wizard.core.errors import InvalidInput

Family: TypeAlias = Literal["z2jh", "helmforge"]
"""Which chart: the key names and versions of the two have nothing to do with each other."""

CHART_TITLES = {"z2jh": "Zero to JupyterHub", "helmforge": "HelmForge JupyterHub"}


class Generation(enum.Enum):
    """A range of chart versions that share key names; the value is the first version, after the family."""

    Z2JH_0_4 = "z2jh 0.4"
    Z2JH_0_7 = "z2jh 0.7"
    Z2JH_0_9 = "z2jh 0.9"
    Z2JH_1 = "z2jh 1.0"
    Z2JH_4 = "z2jh 4.0"
    HELMFORGE_1 = "helmforge 1.0"

    @property
    def family(self) -> Family:
        """The chart that has these key names."""
        return "helmforge" if self is Generation.HELMFORGE_1 else "z2jh"

    @property
    def first(self) -> str:
        """The first version of this generation, as major and minor number."""
        return self.value.split()[1]

    @property
    def next(self) -> Generation | None:
        """The generation that came after this one, None for the newest of its chart."""
        later = generations(self.family)
        place = later.index(self) + 1
        return later[place] if place < len(later) else None


class Standing(enum.Enum):
    """What the catalogue knows about a version."""

    RELEASED = "released"
    BETWEEN = "between"
    NEWER = "newer"
    OLDER = "older"


class ChartVersion(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One released version of a chart; an empty text means that it is not known or not in the image."""

    version: str
    jupyterhub: str
    family: Family = "z2jh"
    released: str = ""
    """The day, as YYYY-MM-DD."""
    kubernetes: str = ""
    """The oldest version of Kubernetes that it takes."""
    declared: bool = True
    """Whether the chart itself names its Kubernetes, so that Helm refuses an older one."""
    helm: str = ""
    """The oldest version of Helm that it takes."""
    helm_2_only: bool = False
    hub_image: str = ""
    """The Zero to JupyterHub version whose hub image this chart uses, when it is another chart."""
    kubespawner: str = ""
    oauthenticator: str = ""
    ldapauthenticator: str = ""
    ltiauthenticator: str = ""
    nativeauthenticator: str = ""


class Advisory(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A known security hole: in charts from ``affects_from`` until, not including, ``mended_in``."""

    id: str
    affects_from: str
    mended_in: str | None
    """The first chart version without it; None when no known version is."""
    summary: str
    mended_by: str
    """The package and version that closes it, for hub images of one's own."""
    severity: Literal["low", "moderate", "high", "critical", ""] = ""
    range_checked: bool = True
    """False when the range was not read in the advisory itself."""


class About(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a data file holds, where that comes from, and the day it was gathered (YYYY-MM-DD)."""

    what: str
    source: str
    date: str


class Placement(msgspec.Struct, frozen=True):
    """Where a version belongs: its generation, and whether the catalogue knows it."""

    version: str
    generation: Generation
    standing: Standing

    @property
    def note(self) -> str:
        """One sentence when the key names are a guess or a version is no release; otherwise empty."""
        title = CHART_TITLES[self.generation.family]
        names = f"the key names of {self.generation.first} are used"
        known = chart_versions(self.generation.family)
        return {
            Standing.RELEASED: "",
            Standing.BETWEEN: f"{title} {self.version} is no release known on {as_of()}; {names}.",
            Standing.NEWER: f"{title} {self.version} is newer than {known[-1].version}, the newest known on "
            f"{as_of()}; {names}, and newer keys are not known.",
            Standing.OLDER: f"{title} {self.version} is older than {known[0].version}, the oldest known; "
            f"{names}.",
        }[self.standing]


class Exposure(msgspec.Struct, frozen=True):
    """That a chart version has a known hole; not certain when the version itself is not known."""

    advisory: Advisory
    version: str
    family: Family
    certain: bool

    @property
    def sentence(self) -> str:
        """One sentence: the hole, and the chart version that mends it or the truth that none does yet."""
        has = "has" if self.certain else "may have"
        hole = f"{CHART_TITLES[self.family]} {self.version} {has} {self.advisory.id}: {self.advisory.summary}"
        mended = self.advisory.mended_in
        if mended and self.family == "z2jh":
            return f"{hole}; mended in {mended}."
        if mended:
            return f"{hole}; mended in the hub image {mended}, which no version known on {as_of()} uses."
        return f"{hole}; no version known on {as_of()} mends it ({self.advisory.mended_by} does)."


def generations(family: Family = "z2jh") -> tuple[Generation, ...]:
    """Return the generations of a chart, the oldest first."""
    return tuple(generation for generation in Generation if generation.family == family)


def chart_versions(family: Family = "z2jh") -> tuple[ChartVersion, ...]:
    """Return the known releases of a chart, the oldest first."""
    return tuple(version for version in _versions().versions if version.family == family)


def newest(family: Family = "z2jh") -> ChartVersion:
    """Return the newest known release of a chart."""
    return chart_versions(family)[-1]


def find(version: str, family: Family = "z2jh") -> ChartVersion | None:
    """Return the release with this version (``v0.6`` and ``0.6.0`` are one); InvalidInput for no version."""
    wanted = sort_key(version)
    return next((known for known in chart_versions(family) if sort_key(known.version) == wanted), None)


@functools.lru_cache(maxsize=1024)
def sort_key(version: str) -> VersionKey:
    """Return a key that sorts chart versions by age; InvalidInput for what is no version."""
    try:
        return version_key(version)
    except ValueError:
        raise InvalidInput(
            f"{version!r} is no chart version",
            "A chart version looks like 4.4.0, 0.9.0-beta.3 or v0.6.",
            next_step=f"Give one, such as {newest().version}.",
        ) from None


def generation_of(version: str, family: Family = "z2jh") -> Placement:
    """Return the generation of a chart version and how sure that is; InvalidInput for what is no version.

    Pre-releases have the key names of the version that they lead to. What is newer than the catalogue falls
    in the newest generation, what is older in the oldest; the placement says so.
    """
    release = sort_key(version)[:3]
    found = generations(family)[0]
    for generation in generations(family):
        if sort_key(generation.first)[:3] <= release:
            found = generation
    return Placement(version, found, _standing(version, family))


def _standing(version: str, family: Family) -> Standing:
    key = sort_key(version)
    known = [sort_key(release.version) for release in chart_versions(family)]
    if key in known:
        return Standing.RELEASED
    if key > known[-1]:
        return Standing.NEWER
    return Standing.OLDER if key < known[0] else Standing.BETWEEN


def advisories(version: str, family: Family = "z2jh") -> tuple[Exposure, ...]:
    """Return the known holes of a chart version, those that nothing mends yet last; InvalidInput as above.

    HelmForge has the holes of the hub image that it uses. Where the version is no known release the holes of
    its neighbours are said as possible ones.
    """
    certain = _standing(version, family) is Standing.RELEASED
    image = version
    if family != "z2jh":
        image = (find(version, family) or newest(family)).hub_image
    return tuple(
        Exposure(advisory, version, family, certain)
        for advisory in _advisories().advisories
        if _affected(advisory, image)
    )


def _affected(advisory: Advisory, version: str) -> bool:
    key = sort_key(version)
    if key[:3] < sort_key(advisory.affects_from)[:3]:
        return False
    return advisory.mended_in is None or key < sort_key(advisory.mended_in)


def safer_release(version: str) -> ChartVersion | None:
    """Return the first later release with the fewest known holes, None when none has fewer; z2jh only."""
    key = sort_key(version)
    later = [release for release in chart_versions() if sort_key(release.version) > key]
    best = min(later, key=lambda release: len(advisories(release.version)), default=None)
    if best is None or len(advisories(best.version)) >= len(advisories(version)):
        return None
    return best


def as_of() -> str:
    """Return the day (YYYY-MM-DD) on which versions and advisories were last gathered."""
    return min(_versions().about.date, _advisories().about.date)


class _VersionsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: About
    versions: tuple[ChartVersion, ...]


class _AdvisoriesFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: About
    advisories: tuple[Advisory, ...]


@functools.cache
def _versions() -> _VersionsFile:
    return msgspec.json.decode(asset_path("charts/versions.json").read_bytes(), type=_VersionsFile)


@functools.cache
def _advisories() -> _AdvisoriesFile:
    return msgspec.json.decode(asset_path("charts/advisories.json").read_bytes(), type=_AdvisoriesFile)
