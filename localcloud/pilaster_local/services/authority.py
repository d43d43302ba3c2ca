"""A certificate authority of this project's own, so that `verify-full` means something here.

Made once, kept under `.pilaster/local/authority`; trusted by nobody but who is handed its file.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = datetime.timedelta(days=3650)
_BEFORE = datetime.timedelta(days=1)
HOSTS = ("localhost",)


def make(folder: Path) -> Path:
    """The authority's certificate; made with a server's certificate beside it when missing."""
    root = folder / "ca.pem"
    if all((folder / name).exists() for name in ("ca.pem", "server.pem", "server.key")):
        if _names_its_issuer(folder / "server.pem"):
            return root
        # Last to be written, first to go: a half-made set is made again.
        root.unlink()
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Pilaster local cloud")
    certificate = (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    server_key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in HOSTS]
    names.append(x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")))
    server = (
        _builder(_name("localhost"), name, server_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        # Python from 3.13 on refuses a certificate without it.
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    # The authority's own key is thrown away: nothing else can ever be signed in its name.
    _write(folder / "server.key", _pem(server_key))
    _write(folder / "server.pem", server.public_bytes(serialization.Encoding.PEM))
    _write(root, certificate.public_bytes(serialization.Encoding.PEM))
    return root


def _names_its_issuer(server: Path) -> bool:
    """Whether it is one that today's clients take; the first ones were made without."""
    try:
        extensions = x509.load_pem_x509_certificate(server.read_bytes()).extensions
        return bool(extensions.get_extension_for_class(x509.AuthorityKeyIdentifier))
    except (ValueError, x509.ExtensionNotFound):
        return False


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
