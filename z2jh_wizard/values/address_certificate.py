"""What to say of a hub's certificate."""

from __future__ import annotations

from z2jh_wizard.values.address_items import Item, Mark
from z2jh_wizard.values.address_seen import Certificate, Seen, WayIn, points_here

SOON = 10
"""Days before its end at which a certificate should have been renewed."""

LIMITS = "Let's Encrypt refuses a name for an hour after 5 failed tries, and after 5 certificates in a week."
"""Its rate limits, in the words of a teacher."""

LEAVE_OFF = f"Leave HTTPS off until the name points to the hub and port 80 is open. {LIMITS}"

_CAN_BE_ON = "The name and port 80 are ready: switch HTTPS on in the settings, save, then Apply."


def certificate_item(way: WayIn, seen: Seen, namespace: str) -> Item:
    """Return the line about the certificate; ``namespace`` is the hub's, for commands."""
    if way.https == "nobody":
        ready = points_here(way, seen) and seen.is_open(80)
        return _item(Mark.SKIPPED, "HTTPS is off in the settings.", _CAN_BE_ON if ready else LEAVE_OFF)
    if way.https == "letsencrypt" and not points_here(way, seen):
        return _item(
            Mark.LATER,
            "HTTPS is on, and Let's Encrypt cannot issue a certificate before the name points here.",
            f"Make the record first, or switch HTTPS off until then. {LIMITS}",
        )
    if seen.certificate is None:
        return _none_seen(way, seen)
    return _judged(way, seen, seen.certificate, namespace)


def _none_seen(way: WayIn, seen: Seen) -> Item:
    if not seen.is_open(443):
        return _item(Mark.LATER, "Nothing answers at port 443, so there is no certificate to see.")
    why = f"Port 443 is open but shows no certificate: {seen.no_certificate or 'it does not speak TLS'}."
    if way.https == "letsencrypt":
        return _item(Mark.WAITING, why, "Wait a minute: the part that answers https may be starting.")
    return _item(Mark.WRONG, why, "Look at the HTTPS settings, then Apply.")


def _judged(way: WayIn, seen: Seen, found: Certificate, namespace: str) -> Item:
    until = f"{found.until:%Y-%m-%d}"
    if found.until <= seen.now:
        next_step = _mend(namespace) if way.https == "letsencrypt" else "Put a new one into the settings."
        return _item(Mark.WRONG, f"The certificate of {found.issuer} ended on {until}.", next_step)
    if found.self_signed:
        return _placeholder(way, found, namespace)
    if "staging" in found.issuer.lower():
        return _item(
            Mark.WRONG,
            f"The certificate is from a server for trying things ({found.issuer}): browsers warn of it.",
            "Take the staging server out of the HTTPS settings, save, then Apply.",
        )
    if found.complaint:
        return _item(
            Mark.WRONG,
            f"A browser would not trust the certificate of {found.issuer}: {found.complaint}.",
            _untrusted(way, found, namespace),
        )
    days = (found.until - seen.now).days
    if days < SOON:
        return _item(
            Mark.YOURS,
            f"From {found.issuer}, but it ends on {until}, in {days} days.",
            _mend(namespace) if way.https == "letsencrypt" else "Ask for a new one now.",
        )
    return _item(Mark.DONE, f"From {found.issuer}, until {until}, for {', '.join(found.names[:3])}.")


def _placeholder(way: WayIn, found: Certificate, namespace: str) -> Item:
    if way.https != "letsencrypt":
        return _item(
            Mark.WRONG,
            f"The certificate is signed by itself ({found.issuer}): browsers warn of it.",
            "Put a certificate of an authority into the settings, with its chain, then Apply.",
        )
    return _item(
        Mark.WAITING,
        "There is a placeholder only: the one of Let's Encrypt has not come yet, which takes a few minutes.",
        _mend(namespace),
    )


def _untrusted(way: WayIn, found: Certificate, namespace: str) -> str:
    name = way.hosts[0] if way.hosts else ""
    if name and found.names and not any(_covers(one, name) for one in found.names):
        return f"It is for {', '.join(found.names[:3])}; get one for {name}."
    if way.https == "letsencrypt":
        return _mend(namespace)
    return "Often the chain is missing: put the authority's certificates below yours, in the same text."


def _covers(pattern: str, name: str) -> bool:
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return pattern.lower() == name.lower()


def _mend(namespace: str) -> str:
    place = f"deployment/autohttps --namespace {namespace}"
    return (
        f"If it stays so, see why: kubectl logs {place} --container traefik. A CAA record of the domain must "
        f"allow letsencrypt.org. Then let it try once more: kubectl rollout restart {place}. {LIMITS}"
    )


def _item(mark: Mark, seen: str, next_step: str = "") -> Item:
    return Item("certificate", "Certificate", mark, seen, next_step)
