"""A stand-in for the tls provider that really makes keys and certificates, and keeps them from one `up` to the next."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from components.certificate_authority import CertificateAuthority, CertificateAuthorityArgs
from design import names, trust
from ops import document, recorder
from ops.monitor import Monitor
from tests.unit.harness import Stack

USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "cert_signing",
    "crl_signing",
    "encipher_only",
    "decipher_only",
)
CURVES: dict[str, ec.EllipticCurve] = {"P256": ec.SECP256R1()}


@dataclass
class Cluster:
    """A certificate authority over several `up`s: what is made stays until its inputs change or it is dropped.

    now: validity of what an `up` makes begins here.
    cacerts: data of the Secret as last applied.
    stack: the last `up` as a document.
    """

    now: datetime.datetime
    cacerts: dict[str, str] = field(default_factory=dict)
    _state: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def up(self, plan: trust.TrustPlan, *, protect: bool = False) -> Stack:
        """Apply the component as it is, with real certificates in place of the provider's, and export its outputs."""
        self._seen.clear()
        args = CertificateAuthorityArgs(plan=plan, namespace=names.ISTIO_SYSTEM, protect=protect)

        def program() -> None:
            made = CertificateAuthority("certificate-authority", args)
            pulumi.export("rootCertificateFingerprints", made.root_fingerprints)
            pulumi.export("certificates", made.certificates)

        recording = recorder.record_program(program, "test", {}, answers=self)
        self._state = {key: made for key, made in self._state.items() if key in self._seen}
        return Stack(document.build(recording))

    def resource(self, args: MockResourceArgs, monitor: Monitor) -> tuple[str, dict[str, Any]]:
        key = (args.typ, args.name)
        self._seen.add(key)
        inputs = revealed(args.inputs)
        if args.typ == "kubernetes:core/v1:Secret":
            self.cacerts = inputs["stringData"]
        if not args.typ.startswith("tls:"):
            return args.name, args.inputs
        if self._state.get(key, (None,))[0] != inputs:
            self._state[key] = (inputs, outputs(args.typ, inputs, self.now))
        return args.name, args.inputs | self._state[key][1]

    def invoke(self, args: MockCallArgs) -> dict[str, Any]:
        raise NotImplementedError(args.token)


def revealed(value: Any) -> Any:
    """A value without the envelopes of its secrets."""
    if isinstance(value, Mapping):
        if value.get(document.ENVELOPE_KEY) == document.SECRET_ENVELOPE:
            return revealed(value["value"])
        return {key: revealed(each) for key, each in value.items()}
    return [revealed(each) for each in value] if isinstance(value, list) else value


def outputs(type_: str, inputs: Mapping[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """What the provider puts out for a resource created at ``now``; a key type or use it does not know is an error."""
    match type_.rpartition(":")[2]:
        case "PrivateKey":
            return private_key(inputs)
        case "CertRequest":
            return request(inputs)
        case "SelfSignedCert":
            return self_signed(inputs, now)
        case "LocallySignedCert":
            return locally_signed(inputs, now)
    raise NotImplementedError(type_)


def private_key(inputs: Mapping[str, Any]) -> dict[str, str]:
    assert inputs["algorithm"] == "ECDSA"
    key = ec.generate_private_key(CURVES[inputs["ecdsaCurve"]])
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return {"privateKeyPem": pem.decode()}


def request(inputs: Mapping[str, Any]) -> dict[str, str]:
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(inputs["subject"]))
    return {"certRequestPem": _pem(builder.sign(_key(inputs["privateKeyPem"]), hashes.SHA256()))}


def self_signed(inputs: Mapping[str, Any], now: datetime.datetime) -> dict[str, str]:
    key, name = _key(inputs["privateKeyPem"]), _name(inputs["subject"])
    builder = _certificate(inputs, name, key.public_key(), now).issuer_name(name)
    if inputs.get("setAuthorityKeyId"):
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    return _signed(builder, key, now, inputs)


def locally_signed(inputs: Mapping[str, Any], now: datetime.datetime) -> dict[str, str]:
    asked = x509.load_pem_x509_csr(inputs["certRequestPem"].encode())
    authority = x509.load_pem_x509_certificate(inputs["caCertPem"].encode())
    asked_key = asked.public_key()
    assert isinstance(asked_key, ec.EllipticCurvePublicKey)
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _certificate(inputs, asked.subject, asked_key, now)
        .issuer_name(authority.subject)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False)
    )
    return _signed(builder, _key(inputs["caPrivateKeyPem"]), now, inputs)


def _certificate(
    inputs: Mapping[str, Any], subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    depth = inputs.get("maxPathLength")
    used = set(inputs["allowedUses"])
    assert used <= set(USAGES), f"extended usages are not asked for: {used}"
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=inputs["validityPeriodHours"]))
        .add_extension(x509.KeyUsage(*(usage in used for usage in USAGES)), True)
        .add_extension(x509.BasicConstraints(inputs["isCaCertificate"], None if depth is None else int(depth)), True)
    )
    if inputs.get("setSubjectKeyId"):
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
    return builder


def _signed(
    builder: x509.CertificateBuilder,
    key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
    inputs: Mapping[str, Any],
) -> dict[str, str]:
    ends = now + datetime.timedelta(hours=inputs["validityPeriodHours"])
    return {
        "certPem": _pem(builder.sign(key, hashes.SHA256())),
        "validityStartTime": now.isoformat(),
        "validityEndTime": ends.isoformat(),
    }


def _key(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _name(subject: Mapping[str, str]) -> x509.Name:
    kinds = {"organization": x509.NameOID.ORGANIZATION_NAME, "commonName": x509.NameOID.COMMON_NAME}
    return x509.Name([x509.NameAttribute(kinds[kind], value) for kind, value in sorted(subject.items(), reverse=True)])


def _pem(made: x509.Certificate | x509.CertificateSigningRequest) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()
