"""A certificate authority for one room: made here, trusted by hand on each tablet, good for this network only.

Its certificate says itself that it may vouch for private addresses and local names alone (RFC 5280 4.2.1.10), so a
tablet that trusts it trusts nobody new on the internet, even if the key is stolen.
"""

import ipaddress
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from backend.core.clock import now
from backend.core.settings import keep_secret
from backend.trouble import Trouble

AUTHORITY_YEARS = 10
LEAF_DAYS = 90
RENEWED_BEFORE_DAYS = 30
NAMES = ("localhost", "local", "lan", "internal", "home.arpa")
NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
    *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
"""Addresses that belong to nobody on the internet (RFC 1918, 6598, 3927, 5737, 4193, 4291)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Papers(Struct, frozen=True, kw_only=True):
    """What HTTPS needs, as files (PEM), and what a person compares before trusting it."""

    authority: Path
    certificate: Path
    key: Path
    fingerprint: str
    """Of the authority's certificate."""
    addresses: list[str]
    """The local network's addresses it vouches for, the likeliest first."""


def papers(data_dir: Path, addresses: list[str], names: list[str]) -> Papers:
    """The authority of this data folder and a certificate for these addresses, made or renewed where needed."""
    folder = data_dir / "secrets" / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = [ipaddress.ip_address(address) for address in (*addresses, "127.0.0.1", "::1")]
    for address in wanted:
        if not any(address in network for network in map(ipaddress.ip_network, NETWORKS)):
            raise Trouble(
                f"{address} is no private address: --lan is for a local network; use serve with a certificate."
            )
    kept_names = [name for name in ("localhost", *names) if name.rpartition(".")[2] in NAMES]
    authority, authority_key = _authority(folder)
    if not _still_good(folder, authority, wanted, kept_names):
        _issue(folder, authority, authority_key, wanted, kept_names)
    return Papers(
        authority=folder / "authority.pem",
        certificate=folder / "server.pem",
        key=folder / "server.key",
        fingerprint=fingerprint(authority),
        addresses=addresses,
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in pairs of hex digits, as a tablet's settings show it."""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The key is written first: a certificate is never without its key."""
    certificate, key = folder / "authority.pem", folder / "authority.key"
    if not certificate.exists() or _certificate(certificate).not_valid_after_utc < now() + timedelta(days=LEAF_DAYS):
        key.unlink(missing_ok=True)
        made = ec.generate_private_key(ec.SECP256R1())
        keep_secret(key, _pem(made))
        _write(certificate, _self_signed(made).public_bytes(Encoding.PEM))
    return _certificate(certificate), _key(key)


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bedside"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Bedside, this hospital only ({secrets.token_hex(3)})"),
        ]
    )
    permitted = [
        *(x509.DNSName(name) for name in NAMES),
        *(x509.IPAddress(ipaddress.ip_network(network)) for network in NETWORKS),
    ]
    begins = _midnight()
    return (
        _builder(name, name, key.public_key(), begins, begins + timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def _issue(
    folder: Path,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    addresses: list[Address],
    names: list[str],
) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    begins = _midnight()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bedside")])
    alternatives = [*(x509.DNSName(name) for name in names), *(x509.IPAddress(address) for address in addresses)]
    leaf = (
        _builder(authority.subject, name, made.public_key(), begins, begins + timedelta(days=LEAF_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(made.public_key()), critical=False)
        .sign(authority_key, SHA256())
    )
    (folder / "server.key").unlink(missing_ok=True)
    keep_secret(folder / "server.key", _pem(made))
    _write(folder / "server.pem", leaf.public_bytes(Encoding.PEM))


def _still_good(folder: Path, authority: x509.Certificate, addresses: list[Address], names: list[str]) -> bool:
    certificate, key = folder / "server.pem", folder / "server.key"
    if not certificate.exists() or not key.exists():
        return False
    leaf = _certificate(certificate)
    vouched = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        leaf.public_key() == _key(key).public_key()
        and leaf.issuer == authority.subject
        and leaf.not_valid_after_utc > now() + timedelta(days=RENEWED_BEFORE_DAYS)
        and set(addresses) <= set(vouched.get_values_for_type(x509.IPAddress))
        and set(names) <= set(vouched.get_values_for_type(x509.DNSName))
    )


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _midnight() -> datetime:
    """Yesterday's: a tablet whose clock is some hours behind still takes the certificate."""
    return now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Trouble(f"{path} is no key of ours: take it away and start again.")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(content)
    os.chmod(unfinished, 0o644)
    unfinished.replace(path)
