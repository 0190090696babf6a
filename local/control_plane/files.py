"""Keys, certificates and kubeconfigs of one control plane, made anew for each."""

import datetime
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from components.settings import clock
from local.control_plane.network import SERVICE_ADDRESS

LIFETIME = datetime.timedelta(days=2)
# Clocks of the two sides are one and the same; the margin is for a leap of it.
EARLIER = datetime.timedelta(minutes=5)
# As pods and clients address the API server.
SERVER_NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)
# Names and groups that the API server's own roles are bound to.
ADMIN = ("admin", ("system:masters",))
CLIENTS = {
    "kube-controller-manager": ("system:kube-controller-manager", ()),
    "kube-scheduler": ("system:kube-scheduler", ()),
    "kube-proxy": ("system:kube-proxy", ()),
}


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Authority:
    """Signs what the parts of a control plane know each other by; everything lands in ``folder``, for its owner."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kubernetes")])
        made = (
            _builder(self._name, self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = _write(folder / "ca.crt", made.public_bytes(Encoding.PEM))

    def server(self, address: str) -> Pair:
        """Return the certificate of the API server for its address, its Service and their names."""
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in SERVER_NAMES]
        addresses = (address, SERVICE_ADDRESS, "127.0.0.1")
        alternatives += [x509.IPAddress(ipaddress.ip_address(each)) for each in addresses]
        return self._issue("kube-apiserver", (), x509.SubjectAlternativeName(alternatives))

    def client(self, name: str, groups: Sequence[str]) -> Pair:
        """Return the certificate of a user of this name in these groups."""
        return self._issue(name, groups, None)

    def _issue(self, name: str, groups: Sequence[str], alternatives: x509.SubjectAlternativeName | None) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                *(x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, group) for group in groups),
                x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
            ]
        )
        use = ExtendedKeyUsageOID.SERVER_AUTH if alternatives else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = _builder(subject, self._name, key).add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        if alternatives:
            builder = builder.add_extension(alternatives, critical=False)
        made = builder.sign(self._key, hashes.SHA256())
        file = self.folder / name.replace(":", "-")
        return Pair(
            certificate=_write(file.with_suffix(".crt"), made.public_bytes(Encoding.PEM)),
            key=_write(file.with_suffix(".key"), _private(key)),
        )


@dataclass(frozen=True, kw_only=True)
class Files:
    """What the programs of a control plane are started with.

    kubeconfigs: by program, and ``admin``. tokens: the key that ServiceAccounts' tokens are signed with.
    """

    authority: Path
    server: Pair
    tokens: Pair
    kubeconfigs: dict[str, Path]


def write(folder: Path, address: str, port: int) -> Files:
    """Write all files for an API server at this address."""
    authority = Authority(folder)
    url = f"https://{address}:{port}"
    users = {"admin": ADMIN, **CLIENTS}
    pairs = {name: authority.client(*user) for name, user in users.items()}
    return Files(
        authority=authority.certificate,
        server=authority.server(address),
        tokens=_token_keys(folder),
        kubeconfigs={
            name: _kubeconfig(folder / f"{name}.kubeconfig", url, authority.certificate, pair)
            for name, pair in pairs.items()
        },
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + LIFETIME)
    )


def _token_keys(folder: Path) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Pair(_write(folder / "service-accounts.pub", public), _write(folder / "service-accounts.key", _private(key)))


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _kubeconfig(path: Path, url: str, authority: Path, pair: Pair) -> Path:
    name = path.stem
    cluster = {"server": url, "certificate-authority": str(authority)}
    user = {"client-certificate": str(pair.certificate), "client-key": str(pair.key)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "local", "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": name}}],
        "current-context": "local",
    }
    return _write(path, yaml.safe_dump(content).encode())


def _write(path: Path, content: bytes) -> Path:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
    return path
