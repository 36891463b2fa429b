"""The practice cluster's own certificate authority, the certificate of its server, and its bearer token."""

from __future__ import annotations

import datetime
import ipaddress
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from z2jh_wizard.practice.objects import time_text
from z2jh_wizard.practice.server_info import CA_FILE, HOST
from z2jh_wizard.practice.token import TOKEN_FILE
from z2jh_wizard.system.files import write_atomic

NAMES = ("localhost", "kubernetes", "kubernetes.default.svc")

_CA_DAYS = 3650
_SERVER_DAYS = 365
_CLOCK_SKEW = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Identity:
    """What a server proves itself with, and what its clients have to show; the token is in no ``repr``."""

    ca_file: Path
    certificate_file: Path
    token_file: Path

    def server_context(self) -> ssl.SSLContext:
        """Return how the server speaks TLS; at least version 1.2, HTTP/1.1 only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate_file)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def token(self) -> str:
        """Return the bearer token."""
        return self.token_file.read_text("ascii").strip()


def identity(folder: Path) -> Identity:
    """Return the identity kept in a private folder, made at the first call; the CA and token stay the same.

    The server's own certificate is made anew each time, so that it never runs out.
    """
    ca_file, ca_key_file = folder / CA_FILE, folder / "ca.key"
    certificate_file, token_file = folder / "server.pem", folder / TOKEN_FILE
    ca = _load_ca(ca_file, ca_key_file)
    if ca is None:
        ca = _make_ca()
        write_atomic(ca_key_file, _private(ca[1]))
        write_atomic(ca_file, _public(ca[0]))
    certificate, key = _make_server_certificate(*ca)
    write_atomic(certificate_file, _private(key) + _public(certificate))
    if not token_file.is_file() or not token_file.read_bytes().strip():
        write_atomic(token_file, secrets.token_urlsafe(32).encode())
    return Identity(ca_file, certificate_file, token_file)


_Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _load_ca(ca_file: Path, key_file: Path) -> _Pair | None:
    """Return the CA of an earlier run, or None when it is missing, damaged or about to run out."""
    try:
        certificate = x509.load_pem_x509_certificate(ca_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError):
        return None
    soon = _utc_now() + datetime.timedelta(days=_SERVER_DAYS)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.not_valid_after_utc < soon:
        return None
    same = key.public_key().public_numbers() == _public_numbers(certificate)
    return (certificate, key) if same else None


def _public_numbers(certificate: x509.Certificate) -> ec.EllipticCurvePublicNumbers | None:
    key = certificate.public_key()
    return key.public_numbers() if isinstance(key, ec.EllipticCurvePublicKey) else None


def _make_ca() -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"z2jh-wizard practice cluster {time_text(_utc_now())}")
    builder = _builder(name, name, key, _CA_DAYS)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def _make_server_certificate(ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = [x509.IPAddress(ipaddress.ip_address(HOST)), *map(x509.DNSName, NAMES)]
    certificate = (
        _builder(_name("z2jh-wizard practice API server"), ca.subject, key, _SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    return certificate, key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = _utc_now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
