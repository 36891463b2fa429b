"""The guided way by keyboard alone: every kind of sign-in, storage and HTTPS, and Esc on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.courses import Page
from tests.tui.conftest import LARGE, SMALL, Open, Person
from tests.tui.walking import PATIENCE, answer_page, begin, on_page
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.linting import lint_files
from z2jh_wizard.flows.questionnaire import Questionnaire
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.trees import MISSING, look_up
from z2jh_wizard.widgets.choice_list import ChoiceList
from z2jh_wizard.widgets.controls import SwitchLine
from z2jh_wizard.widgets.form_field import FormField

pytestmark = pytest.mark.timeout(600)

Answers = Mapping[str, str]

LTI = "ltiauthenticator.lti13.auth.LTI13Authenticator"
SECRET = "canary-of-the-class"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBsjCCAVmgAwIB\n-----END CERTIFICATE-----\n"

_CLIENT = {"client-id": "hub-of-the-class", "client-secret": SECRET}
_SITE = "https://id.example.edu"
SIGN_IN: Mapping[str, Answers] = {
    "shared-password": {
        "shared.password": SECRET,
        "shared.admin-password": "canary-of-the-teacher-32-characters-long",
    },
    "dummy": {"dummy.password": SECRET},
    "native": {"native.sign-up": "on", "native.length": "10"},
    "firstuse": {"firstuse.create": "off", "allowed": "grace, alan"},
    "github": {
        f"github.{name}": text for name, text in {**_CLIENT, "organizations": "example-course"}.items()
    },
    "google": {f"google.{name}": text for name, text in {**_CLIENT, "domains": "example.edu"}.items()},
    "gitlab": {
        f"gitlab.{name}": text for name, text in {**_CLIENT, "url": _SITE, "groups": "course"}.items()
    },
    "azuread": {f"azuread.{name}": text for name, text in {**_CLIENT, "tenant": "0123-4567"}.items()},
    "generic-oauth": {
        **{f"oidc.{name}": text for name, text in _CLIENT.items()},
        "oidc.authorize-url": f"{_SITE}/auth",
        "oidc.token-url": f"{_SITE}/token",
        "oidc.userdata-url": f"{_SITE}/userinfo",
        "oidc.name": "preferred_username",
    },
    LTI: {
        "lti13.client-ids": "125900000000000042",
        "lti13.issuer": "https://canvas.instructure.com",
        "lti13.authorize-url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "lti13.keys": "https://sso.canvaslms.com/api/lti/security/jwks",
        "lti13.name": "email",
    },
    "cilogon": {
        **{f"cilogon.{name}": text for name, text in _CLIENT.items()},
        "cilogon.idps": (
            "https://idp.example.edu/idp:\n  username_derivation: {username_claim: email}\n  allow_all: true"
        ),
    },
}
STORAGE: Mapping[str, Answers] = {
    "dynamic": {"capacity": "4Gi", "storage-class": "standard-rwo"},
    "static": {"shared-claim": "homes", "shared-folder": "home/{username}"},
    "none": {},
}
HTTPS: Mapping[str, Answers] = {
    "off": {},
    "letsencrypt": {"hosts": "hub.example.edu", "email": "ada@example.edu"},
    "manual": {"hosts": "hub.example.edu", "manual-cert": CERTIFICATE, "manual-key": KEY},
    "secret": {"hosts": "hub.example.edu", "secret-name": "hub-tls"},
    "offload": {},
}


@dataclass(frozen=True, slots=True)
class Choices:
    """One way to sign in, one kind of storage and one kind of HTTPS."""

    sign_in: str
    storage: str
    https: str

    @property
    def typed(self) -> dict[str, str]:
        """What is answered on the pages, by the ids of the questions."""
        found = {"provider": "existing", "sign-in.method": self.sign_in, "sign-in.admins": "ada"}
        found |= {f"sign-in.{name}": text for name, text in SIGN_IN[self.sign_in].items()}
        found["storage.type"] = self.storage
        found |= {f"storage.{name}": text for name, text in STORAGE[self.storage].items()}
        found["https.enabled"] = "off" if self.https == "off" else "on"
        found |= {} if self.https == "off" else {"https.type": self.https}
        return found | {f"https.{name}": text for name, text in HTTPS[self.https].items()}

    @property
    def set(self) -> dict[str, object]:
        """What must stand in the files then, by path; MISSING for what must not."""
        return {
            "hub.config.JupyterHub.authenticator_class": self.sign_in,
            "hub.config.Authenticator.admin_users": ["ada"],
            "singleuser.storage.type": self.storage,
            "singleuser.storage.dynamic.storageClass": "standard-rwo"
            if self.storage == "dynamic"
            else MISSING,
            "singleuser.storage.static.pvcName": "homes" if self.storage == "static" else MISSING,
            "proxy.https.enabled": self.https != "off",
            "proxy.https.type": MISSING if self.https == "off" else self.https,
            "proxy.https.secret.name": "hub-tls" if self.https == "secret" else MISSING,
            "proxy.https.manual.cert": CERTIFICATE if self.https == "manual" else MISSING,
            "proxy.https.manual.key": KEY if self.https == "manual" else MISSING,
            "proxy.https.letsencrypt.contactEmail": (
                "ada@example.edu" if self.https == "letsencrypt" else MISSING
            ),
        }


JOURNEYS = [
    Choices(method, tuple(STORAGE)[at % len(STORAGE)], tuple(HTTPS)[at % len(HTTPS)])
    for at, method in enumerate(SIGN_IN)
]
FAST = (JOURNEYS[1], SMALL)

journeys = [
    pytest.param(
        choices,
        size,
        id=f"{choices.sign_in.rpartition('.')[2]}-{choices.storage}-{choices.https}-{size[0]}",
        marks=[] if (choices, size) == FAST else [pytest.mark.slow],
    )
    for choices in JOURNEYS
    for size in (SMALL, LARGE)
]


def test_every_kind_is_walked() -> None:
    assert len(SIGN_IN) >= 8
    assert {one.storage for one in JOURNEYS} == set(STORAGE)
    assert {one.https for one in JOURNEYS} == set(HTTPS)


@pytest.mark.parametrize(("choices", "size"), journeys)
async def test_guided_writes_what_was_chosen(
    open_app: Open, choices: Choices, size: tuple[int, int], tmp_path: Path
) -> None:
    asked = Questionnaire(tmp_path / "asked")
    assert [asked.answer(name, text) for name, text in choices.typed.items()] == [""] * len(choices.typed)
    folder = tmp_path / "hub"
    async with open_app(size) as person:
        await begin(person, folder)
        for page in _pages(asked):
            await answer_page(person, page)
        await on_page(person, f"{ways.TOPIC}ingress")
        text = person.app.export_screenshot()
        assert "canary" not in text
        assert "hkiG9w0BAQEFAASC" not in text
    files = files_of(open_project(folder))
    values = files.subject.values
    assert {path: look_up(values, parse_path(path)) for path in choices.set} == choices.set
    assert [one for one in lint_files(files).findings if one.severity is Severity.ERROR] == []
    made = asked.save()
    assert "canary" not in made.config.read_text()
    assert (folder / "config.yaml").read_bytes() == made.config.read_bytes()
    assert (folder / "secrets.yaml").exists() is made.secrets.exists()
    if made.secrets.exists():
        assert (folder / "secrets.yaml").read_bytes() == made.secrets.read_bytes()


def _pages(asked: Questionnaire) -> list[Page]:
    """Return the pages behind the folder's up to that of HTTPS, with what is answered on each."""
    found = []
    for stage in asked.stages(ways.GUIDED):
        ids = [item.id for item in asked.items(stage, more=True)]
        found.append(Page(stage, {name: asked.typed[name] for name in ids if name in asked.typed}))
        if stage.id == f"{ways.TOPIC}https":
            break
    return found[1:]


# ---- Esc ----


@pytest.mark.slow
@pytest.mark.parametrize(("size", "part"), [(SMALL, 0), (LARGE, 1)], ids=["80x24", "140x40"])
async def test_escape_keeps_the_answer_on_every_page(
    open_app: Open, project: Project, size: tuple[int, int], part: int
) -> None:
    pages = ways.setting_pages(ways.GUIDED, ways.scene_of({}))
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen", PATIENCE)
        await person.activate("do-settings")
        for at in range(part, len(pages), 2):
            stage_id = f"{ways.TOPIC}{pages[at].id}"
            await _open(person, at, stage_id)
            for place in (0, 1):
                for name in _asked(person)[place : place + 1]:
                    await person.tab_to(name)
                    typed = await _change(person)
                    await person.press("escape")
                    await _open(person, at, stage_id)
                    assert _answer(person, name) == typed, f"{name} of {stage_id}"
            await person.press("escape")


async def _open(person: Person, at: int, stage_id: str) -> None:
    """Open a page from the list of settings."""
    await person.at("SettingsScreen", PATIENCE)
    await person.until(lambda: person.focused == "ways", "focus on the list", PATIENCE)
    before = len(ways.WAYS) + 1  # the class size stands before the pages
    await person.press("home", *["down"] * (before + at), "enter")
    await on_page(person, stage_id)


def _asked(person: Person) -> list[str]:
    controls = [one.control_widget for one in person.app.screen.query(FormField)]
    return [one.id or "" for one in controls if isinstance(one, Input | TextArea | ChoiceList)]


async def _change(person: Person) -> str:
    """Answer what has the focus in another way, usable or not; return the answer."""
    control = person.app.screen.focused
    if isinstance(control, ChoiceList):
        before = control.value
        await person.press("home" if before else "right" if isinstance(control, SwitchLine) else "down")
        assert control.value != before
    else:
        await person.press("z")
    return _answer(person, person.focused)


def _answer(person: Person, name: str) -> str:
    control = person.widget(f"#{name}")
    assert isinstance(control, Input | TextArea | ChoiceList)
    return control.text if isinstance(control, TextArea) else control.value
