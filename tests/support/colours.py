"""How well colours can be told apart: contrast by WCAG 2, distance by CIEDE2000, red-green blindness."""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

RGB = tuple[int, int, int]
Lab = tuple[float, float, float]

_DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
"""Linear RGB as a person without green cones sees it (Machado, Oliveira and Fernandes 2009, severity 1.0)."""

_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)
"""D65, the white of sRGB."""


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def as_seen_without_green(colour: RGB) -> RGB:
    """Return how a colour looks to a person with deuteranopia."""
    linear = [_linear(part) for part in colour]
    red, green, blue = (
        _encoded(sum(a * b for a, b in zip(row, linear, strict=True))) for row in _DEUTERANOPIA
    )
    return red, green, blue


def distance(one: RGB, other: RGB) -> float:
    """Return the CIEDE2000 distance of two colours; some 2 can just be seen side by side."""
    return lab_distance(_lab(one), _lab(other))


def lab_distance(one: Lab, other: Lab) -> float:
    """Return the CIEDE2000 distance (Sharma, Wu and Dalal 2005)."""
    (light1, a1, b1), (light2, a2, b2) = one, other
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    grey = 1 + 0.5 * (1 - sqrt(mean**7 / (mean**7 + 25**7)))
    chroma1, chroma2 = hypot(grey * a1, b1), hypot(grey * a2, b2)
    hue1, hue2 = _hue(grey * a1, b1), _hue(grey * a2, b2)
    turn = 0.0 if not chroma1 * chroma2 else (hue2 - hue1 + 180) % 360 - 180
    middle = hue1 + hue2 if not chroma1 * chroma2 else _middle(hue1, hue2)
    light, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    weight = (
        1 - 0.17 * _cos(middle - 30) + 0.24 * _cos(2 * middle)
        + 0.32 * _cos(3 * middle + 6) - 0.20 * _cos(4 * middle - 63)
    )  # fmt: skip
    by_light = (light2 - light1) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    by_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(chroma1 * chroma2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    blueish = (
        -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * exp(-(((middle - 275) / 25) ** 2))))
    )
    return sqrt(by_light**2 + by_chroma**2 + by_hue**2 + blueish * by_chroma * by_hue)


def _hue(a: float, b: float) -> float:
    return degrees(atan2(b, a)) % 360


def _middle(hue1: float, hue2: float) -> float:
    both = hue1 + hue2
    if abs(hue1 - hue2) <= 180:
        return both / 2
    return (both + 360) / 2 if both < 360 else (both - 360) / 2


def _cos(angle: float) -> float:
    return cos(radians(angle))


def _luminance(colour: RGB) -> float:
    red, green, blue = (_linear(part) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def _lab(colour: RGB) -> Lab:
    linear = [_linear(part) for part in colour]
    x, y, z = (
        _lab_part(sum(a * b for a, b in zip(row, linear, strict=True)) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _lab_part(value: float) -> float:
    return value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
