"""Facts of AWS that several services of the emulator need."""

from __future__ import annotations

ZONES = {
    "eu-south-1": {"eu-south-1a": "eus1-az1", "eu-south-1b": "eus1-az2", "eu-south-1c": "eus1-az3"},
    "us-east-1": {"us-east-1a": "use1-az3", "us-east-1b": "use1-az1", "us-east-1c": "use1-az2"},
}
"""The zones of each region with their ids; Milan is a region that is off until somebody wants it."""

AROUND = ("account", "iam", "sso", "sso-oidc")
"""Services that answer for the whole account."""

CORES = {
    "t3.medium": 1,
    "t3.large": 1,
    "m5.large": 1,
    "m5.xlarge": 2,
    "m7i.large": 1,
    "m7i.xlarge": 2,
    "r5.large": 1,
}
"""Machine types that the region has, with their cores of two threads each."""
