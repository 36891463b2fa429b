"""Class lists: every usual spelling of a CSV gives the same names, and what gives none is listed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.roster import LARGEST, admit, normalise, read_roster, why_unusable


def names(text, column="", encoding="utf-8"):
    """The names in a class list."""
    return read_roster(text.encode(encoding), column).names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada\ngrace\n", ("ada", "grace")),
        ("ada\r\ngrace", ("ada", "grace")),
        ("Ada@Example.ORG\n", ("ada@example.org",)),
        ("email\nada@example.org\n", ("ada@example.org",)),
        ("name\nada\n", ("ada",)),
        ("Name;E-Mail-Adresse\nAda L;ada@example.org\n", ("ada@example.org",)),
        ("name\tlogin\nAda L\tada\n", ("ada",)),
        ("User name,Email\nada,a@example.org\n", ("ada",)),
        ("Student,ID,SIS User ID,SIS Login ID,Section\nAda,1,u1,ada,A\n", ("ada",)),
        ('"Lovelace, Ada","ada@example.org"\n"Hopper, Grace","grace@example.org"\n', None),
        ('name,user\n"Lovelace; Ada; Dr.","ada"\n', ("ada",)),
        ('email,notes\nada@example.org,"two\nlines"\ngrace@example.org,\n', None),
        ("sep=;\nuser;n\nada;1\n", ("ada",)),
        ("\n\nada\n\n , \n", ("ada",)),
    ],
)
def test_the_usual_spellings(text, found):
    assert names(text) == (found or ("ada@example.org", "grace@example.org"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encodings_of_spreadsheets(encoding):
    assert names("name;login\nJörg;jörg\nAda;ada\n", encoding=encoding) == ("jörg", "ada")


def test_the_column_can_be_chosen():
    text = "login,email,Matrikel Nr\nada,ada@example.org,12\n"
    assert names(text, "EMAIL") == ("ada@example.org",)
    assert names(text, "matrikel nr") == ("12",)
    roster = read_roster(text.encode())
    assert (roster.column, roster.columns) == ("login", ("login", "email", "Matrikel Nr"))
    with pytest.raises(InvalidInput, match="no column 'mail'"):
        names(text, "mail")


def test_what_gives_no_name_is_listed_with_its_line():
    text = (
        "login,name\nada,Ada\nADA,Ada again\n,Nobody\na/b,Slash\nAda Lovelace,Ada\n" + "x" * 256 + ",long\n"
    )
    roster = read_roster(text.encode())
    assert roster.names == ("ada",)
    assert [(one.line, one.text, one.reason) for one in roster.duplicates] == [
        (3, "ada", "it stands in line 2 already")
    ]
    assert [(one.line, one.text[:12]) for one in roster.unusable] == [
        (4, "Nobody"),
        (5, "a/b"),
        (6, "Ada Lovelace"),
        (7, "x" * 12),
    ]


def test_line_numbers_are_those_of_the_file():
    roster = read_roster(b'sep=,\nuser,notes\n\nada,"one\ntwo"\na/b,\n')
    assert [one.line for one in roster.unusable] == [6]


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"", "empty"),
        (b"\n , \n", "empty"),
        (b"PK\x03\x04 a workbook", "no text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        (b"a" * (LARGEST + 1), "too large"),
        (b"Ada,Lovelace\nGrace,Hopper\n", "Which column"),
        (b'user\n"' + b"x" * 140000, "cannot be read"),
    ],
)
def test_what_is_no_class_list_is_refused(data, title):
    with pytest.raises(InvalidInput, match=title):
        read_roster(data)


def test_hostile_text_is_shown_without_control_characters():
    (skipped,) = read_roster(b"user\nada\x1b[31mred\n").unusable
    assert skipped.text == "ada?[31mred"
    assert skipped.reason == "it has invisible characters in it"


MINE = b"""\
hub:
  config:
    Authenticator:
      allowed_users:  # the first week
        - Ada
"""


@pytest.mark.parametrize(
    ("version", "path"),
    [("v0.6", "auth.whitelist.users"), ("4.4.0", "hub.config.Authenticator.allowed_users")],
)
def test_a_roster_is_written_where_the_chart_says_it(version, path):
    document = admit(Document.read(b""), ["Ada", "grace", "ada"], version)
    assert document.get(parse_path(path)) == ["ada", "grace"]
    assert admit(document, ["GRACE"], version) is document


def test_people_are_added_after_those_that_are_there():
    document = admit(Document.read(MINE), ["ada", "grace"], "4.4.0")
    assert document.values["hub"]["config"]["Authenticator"]["allowed_users"] == ["Ada", "grace"]
    assert b"# the first week" in document.data


def test_a_roster_that_cannot_be_written_is_refused():
    with pytest.raises(InvalidInput, match="HelmForge"):
        admit(Document.read(b""), ["ada"], "1.0.6", "helmforge")
    with pytest.raises(InvalidInput, match="is no list"):
        admit(Document.read(MINE.replace(b"        - Ada", b"        ada: true")), ["grace"], "4.4.0")


class Quoted(csv.excel):
    """As spreadsheets write everything in quotes."""

    quoting = csv.QUOTE_ALL


USER = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters='/,;\t|"'),
    min_size=1,
    max_size=20,
).filter(lambda text: not why_unusable(normalise(text)))


@given(
    st.lists(USER, min_size=1, max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_what_a_spreadsheet_writes_is_read_back(users, delimiter, encoding, end, quoted):
    written = io.StringIO()
    dialect = Quoted if quoted else csv.excel
    table = csv.writer(written, dialect, delimiter=delimiter, lineterminator=end)
    table.writerow(["Student", "Login ID", "Email"])
    for user in users:
        table.writerow([f"The{delimiter} person", user, "someone@example.org"])
    roster = read_roster(written.getvalue().encode(encoding))
    assert roster.names == tuple(dict.fromkeys(normalise(user) for user in users))
    assert len(roster.names) + len(roster.duplicates) == len(users)
    assert not roster.unusable


@given(st.binary(max_size=300))
def test_any_bytes_give_a_roster_or_a_sentence(data):
    try:
        roster = read_roster(data)
    except InvalidInput:
        return
    assert all(not why_unusable(name) and normalise(name) == name for name in roster.names)
    assert len(set(roster.names)) == len(roster.names)
