"""HTTPS for one room: the leaf verifies under the authority, and the authority can vouch for nothing else."""

import ipaddress
import ssl
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from litestar.testing import TestClient

from backend.core.clock import now
from backend.core.settings import Settings
from backend.local_authority import Papers, fingerprint, papers
from backend.trouble import Trouble
from backend.trust import trust_app, trust_url

LAN = "192.168.7.20"


def shaken(server: Papers, name: str) -> str:
    """The TLS version agreed on, over memory: the client trusts only the authority and asks for this name."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server.certificate, server.key)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(server.authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    other = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.version() or ""


def verified_by_openssl(authority: Path, certificate: Path, *name: str) -> str:
    asked = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", str(authority), *name, str(certificate)],
        capture_output=True,
        text=True,
        check=False,
    )
    return (asked.stdout + asked.stderr).strip()


@pytest.mark.parametrize("name", [LAN, "127.0.0.1", "localhost", "ward.local"])
def test_a_tablet_that_trusts_the_authority_trusts_the_server(name: str, tmp_path: Path) -> None:
    made = papers(tmp_path, [LAN], ["ward.local"])
    assert shaken(made, name) == "TLSv1.3"
    how = "-verify_hostname" if name[0].isalpha() else "-verify_ip"
    assert verified_by_openssl(made.authority, made.certificate, how, name).endswith("server.pem: OK")


@pytest.mark.parametrize("name", ["192.168.7.21", "example.org", "other.local"])
def test_and_no_other_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(papers(tmp_path, [LAN], ["ward.local"]), name)


def test_a_tablet_that_does_not_trust_it_is_told(tmp_path: Path) -> None:
    made, strange = papers(tmp_path / "a", [LAN], []), papers(tmp_path / "b", [LAN], [])
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(msgspec.structs.replace(made, authority=strange.authority), LAN)


def test_the_authority_cannot_vouch_for_the_internet(tmp_path: Path) -> None:
    """Even whoever steals its key: the certificate's own name constraints say where it ends."""
    made = papers(tmp_path, [LAN], [])
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    key = load_pem_private_key((made.authority.parent / "authority.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    forged = (
        x509.CertificateBuilder()
        .issuer_name(authority.subject)
        .subject_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("example.org")]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    (tmp_path / "forged.pem").write_bytes(forged.public_bytes(Encoding.PEM))
    assert "permitted subtree violation" in verified_by_openssl(made.authority, tmp_path / "forged.pem")


def test_keys_are_ours_alone_and_papers_are_kept(tmp_path: Path) -> None:
    first = papers(tmp_path, [LAN], [])
    for name in ("authority.key", "server.key"):
        assert stat.S_IMODE((first.key.parent / name).stat().st_mode) == 0o600
    before = first.certificate.read_bytes()
    assert papers(tmp_path, [LAN], []) == first
    assert first.certificate.read_bytes() == before


def test_another_address_gets_another_leaf_under_the_same_authority(tmp_path: Path) -> None:
    first = papers(tmp_path, [LAN], [])
    before = first.certificate.read_bytes()
    second = papers(tmp_path, ["10.0.0.5"], [])
    assert second.fingerprint == first.fingerprint
    assert second.certificate.read_bytes() != before
    assert shaken(second, "10.0.0.5") == "TLSv1.3"


def test_lifetimes(tmp_path: Path) -> None:
    """A leaf over 398 days is refused by Apple's tablets."""
    made = papers(tmp_path, [LAN], [])
    leaf, authority = (x509.load_pem_x509_certificate(path.read_bytes()) for path in (made.certificate, made.authority))
    assert leaf.not_valid_before_utc < now() - timedelta(hours=12)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)
    assert authority.not_valid_after_utc > now() + timedelta(days=365)


def test_a_public_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"8\.8\.8\.8 is no private address"):
        papers(tmp_path, ["8.8.8.8"], [])
    assert not ipaddress.ip_address("8.8.8.8").is_private


def settings_with(tmp_path: Path, authority: Path | None) -> Settings:
    return Settings(
        database_url="",
        owner_url="",
        data_dir=tmp_path,
        public_url=f"https://{LAN}:8500",
        facility="Bệnh viện <Thử>",
        authority=authority,
    )


def test_the_trust_page_says_everything_in_both_languages(tmp_path: Path) -> None:
    made = papers(tmp_path, [LAN], [])
    settings = settings_with(tmp_path, made.authority)
    assert trust_url(settings) == f"http://{LAN}:8501/trust"
    with TestClient(trust_app(settings)) as client:
        page = client.get("/")
        assert str(page.url).endswith("/trust")
        for words in ("Tải chứng chỉ", "Download the certificate", "So dấu vân tay", "Compare the SHA-256 fingerprint"):
            assert words in page.text
        assert page.text.replace("<wbr>", "").count(made.fingerprint) == 2
        assert page.text.count(f'href="https://{LAN}:8500"') == 2
        assert "Bệnh viện &lt;Thử&gt;" in page.text
        assert "'unsafe-inline'" not in page.headers["content-security-policy"]
        given = client.get("/trust/bedside-ca.crt")
        assert fingerprint(x509.load_der_x509_certificate(given.content)) == made.fingerprint
        assert given.headers["content-type"] == "application/x-x509-ca-cert"
        assert client.get("/trust/qr.svg").headers["content-type"] == "image/svg+xml"
        assert client.get("/trust/style.css").headers["content-type"].startswith("text/css")
        assert client.get("/api/commands").status_code == 404


def test_without_an_authority_there_is_nothing_to_trust(tmp_path: Path) -> None:
    with TestClient(trust_app(settings_with(tmp_path, None))) as client:
        assert client.get("/trust").status_code == 404
        assert client.get("/trust/bedside-ca.crt").status_code == 404
