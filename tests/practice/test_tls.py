"""The practice cluster's own CA, certificate and token."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from z2jh_wizard.practice import tls


def test_everything_is_private_and_stays(tmp_path: Path):
    first = tls.identity(tmp_path)
    token, authority = first.token(), first.ca_file.read_bytes()
    assert len(token) >= 40
    assert token not in repr(first)
    again = tls.identity(tmp_path)
    assert (again.token(), again.ca_file.read_bytes()) == (token, authority)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_the_certificate_is_for_loopback_and_signed_by_the_ca(tmp_path: Path):
    made = tls.identity(tmp_path)
    authority = x509.load_pem_x509_certificate(made.ca_file.read_bytes())
    certificate = x509.load_pem_x509_certificate(made.certificate_file.read_bytes())
    certificate.verify_directly_issued_by(authority)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    key = load_pem_private_key(made.certificate_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.public_key() == certificate.public_key()
    made.server_context()


@pytest.mark.parametrize("damage", ["ca.crt", "ca.key", "both swapped"])
def test_a_damaged_ca_is_made_anew(tmp_path: Path, damage: str):
    before = tls.identity(tmp_path).ca_file.read_bytes()
    if damage == "both swapped":
        other = tmp_path / "other"
        other.mkdir()
        tls.identity(other)
        (other / "ca.key").replace(tmp_path / "ca.key")
    else:
        (tmp_path / damage).write_text("damaged")
    after = tls.identity(tmp_path)
    assert after.ca_file.read_bytes() != before
    after.server_context()


def test_an_empty_token_is_no_token(tmp_path: Path):
    (tmp_path / "token").write_text("")
    assert tls.identity(tmp_path).token()
