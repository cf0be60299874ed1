"""Certificates that are not to be trusted, and ends that speak no TLS: told at once, with a way out."""

import ipaddress
import ssl
import time
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stress.cloud import ACCESS_KEY, SECRET_KEY, Cloud
from support.cinfra import CREDENTIALS, ERROR, Cinfra

DAY = timedelta(days=1)


def certificate(folder, address="127.0.0.1", days=(-1, 1)):
    """A certificate that has signed itself: the path of it, and of it with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stress")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY).not_valid_after(now + days[1] * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(pem)
    (folder / "both.pem").write_bytes(pem + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "ca.pem", folder / "both.pem"


def serve(folder, **how):
    ca, both = certificate(folder, **how)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return ca, Cloud(context)


def plan(folder, cloud, endpoint=None, **env):
    """Exit code, standard error and seconds of a plan."""
    cinfra = Cinfra(folder / "stack", endpoint or cloud.endpoint, AWS_ACCESS_KEY_ID=ACCESS_KEY,
                    AWS_SECRET_ACCESS_KEY=SECRET_KEY, **env)
    cinfra.write("stack: shop\nqueues: { jobs: {} }\n")
    since = time.monotonic()
    done = cinfra.run("plan")
    return done.code, done.stderr, time.monotonic() - since


def test_a_trusted_certificate(tmp_path):
    ca, cloud = serve(tmp_path)
    with cloud:
        code, errors, _ = plan(tmp_path, cloud, AWS_CA_BUNDLE=str(ca))
    assert code == 0, errors


UNTRUSTED = {
    "unknown issuer": ({}, False, "self-signed certificate"),
    "expired": ({"days": (-9, -1)}, True, "expired"),
    "not yet valid": ({"days": (1, 9)}, True, "not yet valid"),
    "another host's": ({"address": "127.0.0.2"}, True, "127.0.0.1"),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_an_untrusted_certificate(name, tmp_path):
    how, known, word = UNTRUSTED[name]
    ca, cloud = serve(tmp_path, **how)
    with cloud:
        code, errors, seconds = plan(tmp_path, cloud, **({"AWS_CA_BUNDLE": str(ca)} if known else {}))
    assert code in (ERROR, CREDENTIALS)
    assert word in errors and "AWS_CA_BUNDLE" in errors
    assert not cloud.calls and cloud.connections == 1, "no retry would help"


def test_a_bundle_that_cannot_be_read(tmp_path):
    _, cloud = serve(tmp_path)
    with cloud:
        code, errors, _ = plan(tmp_path, cloud, AWS_CA_BUNDLE=str(tmp_path / "none.pem"))
    assert code in (ERROR, CREDENTIALS) and "none.pem" in errors
    assert not cloud.calls


def test_no_tls_behind_https(tmp_path):
    with Cloud() as cloud:
        code, errors, seconds = plan(tmp_path, cloud, cloud.endpoint.replace("http:", "https:"))
    assert code in (ERROR, CREDENTIALS) and "http://" in errors
    assert not cloud.calls and seconds < 15


def test_tls_behind_http(tmp_path):
    _, cloud = serve(tmp_path)
    with cloud:
        code, errors, seconds = plan(tmp_path, cloud, cloud.endpoint.replace("https:", "http:"),
                                     AWS_MAX_ATTEMPTS="2")
    assert code in (ERROR, CREDENTIALS) and "https://" in errors
    assert not cloud.calls
