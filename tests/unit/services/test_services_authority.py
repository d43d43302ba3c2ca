from __future__ import annotations

import ssl
import stat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pilaster_local.services import authority


def test_the_authority_is_made_once_and_keeps_no_key_to_sign_with(tmp_path: Path):
    root = authority.make(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(made) == {"ca.pem", "server.pem", "server.key"}
    assert authority.make(tmp_path) == root
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == made
    assert stat.S_IMODE((tmp_path / "server.key").stat().st_mode) == 0o600


def test_a_client_that_trusts_the_authority_verifies_localhost_and_nobody_else(tmp_path: Path):
    root = authority.make(tmp_path)
    server = x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())
    server.verify_directly_issued_by(x509.load_pem_x509_certificate(root.read_bytes()))
    assert _handshake(root, tmp_path, "localhost") is None
    assert "Hostname mismatch" in str(_handshake(root, tmp_path, "elsewhere"))


def test_a_certificate_that_todays_clients_refuse_is_made_again(tmp_path: Path):
    root = authority.make(tmp_path)
    current = root.read_bytes()
    former = x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    without = (
        x509.CertificateBuilder()
        .subject_name(former.subject)
        .issuer_name(former.issuer)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(former.not_valid_before_utc)
        .not_valid_after(former.not_valid_after_utc)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "server.pem").write_bytes(without.public_bytes(serialization.Encoding.PEM))
    assert authority.make(tmp_path).read_bytes() != current
    assert _handshake(root, tmp_path, "localhost") is None


def _handshake(root: Path, folder: Path, host: str) -> Exception | None:
    """A TLS handshake in memory: what the client says against it."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "server.pem", folder / "server.key")
    trusting = ssl.create_default_context(cafile=root)
    # What Python demands from 3.13 on.
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=host)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(5):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error
    return None
