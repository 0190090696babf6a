"""Keys, requests and certificates as the tls provider makes them (terraform-provider-tls, internal/provider)."""

import datetime
import ipaddress
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from local.providers.protocol.failures import RefusedError
from local.providers.tls import keys
from local.providers.tls.keys import PrivateKey
from local.timestamps import format_utc

# common_cert.go, keyUsages: the order of x509.KeyUsage's own arguments.
USES = (
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
# common_cert.go, extendedKeyUsages; the two of Microsoft's and Netscape's server gated crypto are left out.
EXTENDED_USES = {
    "any_extended": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ocsp_signing": ExtendedKeyUsageOID.OCSP_SIGNING,
}
# In the order of Go's pkix.Name.ToRDNSequence, which decides the bytes of a name.
NAMES = (
    ("country", x509.NameOID.COUNTRY_NAME),
    ("organization", x509.NameOID.ORGANIZATION_NAME),
    ("organizationalUnit", x509.NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("locality", x509.NameOID.LOCALITY_NAME),
    ("province", x509.NameOID.STATE_OR_PROVINCE_NAME),
    ("streetAddresses", x509.NameOID.STREET_ADDRESS),
    ("postalCode", x509.NameOID.POSTAL_CODE),
    ("commonName", x509.NameOID.COMMON_NAME),
    ("serialNumber", x509.NameOID.SERIAL_NUMBER),
)


def request(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of a CertRequest."""
    key = keys.load(inputs["privateKeyPem"])
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(inputs.get("subject", {})))
    if alternatives := _alternatives(inputs):
        builder = builder.add_extension(alternatives, False)
    return {
        "certRequestPem": keys.pem(builder.sign(key, _digest(key))),
        "keyAlgorithm": keys.algorithm(key),
    }


def throw_away(host: str, now: datetime.datetime, hours: int = 24) -> tuple[str, str]:
    """Create key and self-signed certificate of a host, as PEM, for a caller that needs any pair at all."""
    key = keys.private_key({"algorithm": "ECDSA", "ecdsaCurve": "P256"})["privateKeyPem"]
    asked = {
        "privateKeyPem": key,
        "subject": {"commonName": host},
        "dnsNames": [host],
        "allowedUses": ["digital_signature", "server_auth"],
        "validityPeriodHours": hours,
    }
    return key, str(self_signed(asked, now)["certPem"])


def self_signed(inputs: Mapping[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """Return the outputs of a SelfSignedCert, valid from ``now``."""
    key, subject = keys.load(inputs["privateKeyPem"]), _name(inputs.get("subject", {}))
    builder = _certificate(inputs, subject, key.public_key(), now).issuer_name(subject)
    if alternatives := _alternatives(inputs):
        builder = builder.add_extension(alternatives, False)
    if inputs.get("setAuthorityKeyId"):
        if not _has_subject_key(inputs):
            raise RefusedError("could not determine the authority key identifier: there is no subject key identifier")
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    return _signed(builder, key, inputs, now) | {"keyAlgorithm": keys.algorithm(key), "setAuthorityKeyId": False}


def locally_signed(inputs: Mapping[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """Return the outputs of a LocallySignedCert, valid from ``now``.

    A certificate that is no authority signs all the same, as with the provider; only a verifier of the chain notices.
    """
    asked = x509.load_pem_x509_csr(inputs["certRequestPem"].encode())
    authority = x509.load_pem_x509_certificate(inputs["caCertPem"].encode())
    key = keys.load(inputs["caPrivateKeyPem"])
    if keys.public_pem(key.public_key()) != keys.public_pem(authority.public_key()):
        raise RefusedError("x509: provided PrivateKey doesn't match parent's PublicKey")
    builder = _certificate(inputs, asked.subject, asked.public_key(), now).issuer_name(authority.subject)
    for extension in asked.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            builder = builder.add_extension(extension.value, extension.critical)
    for extension in authority.extensions:
        if isinstance(extension.value, x509.SubjectKeyIdentifier):
            identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(extension.value)
            builder = builder.add_extension(identifier, False)
    return _signed(builder, key, inputs, now) | {"caKeyAlgorithm": keys.algorithm(key)}


def _certificate(
    inputs: Mapping[str, Any], subject: x509.Name, key: Any, now: datetime.datetime
) -> x509.CertificateBuilder:
    authority = bool(inputs.get("isCaCertificate"))
    if authority and not list(subject):
        raise RefusedError("must contain at least one Distinguished Name when creating Certificate Authority (CA)")
    used, extended = _uses(inputs["allowedUses"])
    # A length of 0 is written here. Go writes it only with MaxPathLenZero, which common_cert.go as read does not set.
    depth = inputs.get("maxPathLength", -1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=inputs["validityPeriodHours"]))
        .add_extension(x509.BasicConstraints(authority, int(depth) if authority and depth >= 0 else None), True)
    )
    if used:
        builder = builder.add_extension(x509.KeyUsage(*(use in used for use in USES)), True)
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), False)
    if _has_subject_key(inputs):
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
    return builder


def _has_subject_key(inputs: Mapping[str, Any]) -> bool:
    return bool(inputs.get("isCaCertificate") or inputs.get("setSubjectKeyId"))


def _uses(allowed: list[str]) -> tuple[set[str], list[x509.ObjectIdentifier]]:
    for use in allowed:
        if use not in USES and use not in EXTENDED_USES:
            raise RefusedError(f"allowed_uses: {use} is none of {', '.join(sorted({*USES, *EXTENDED_USES}))}")
    return {use for use in allowed if use in USES}, [EXTENDED_USES[use] for use in allowed if use in EXTENDED_USES]


def _signed(
    builder: x509.CertificateBuilder, key: PrivateKey, inputs: Mapping[str, Any], now: datetime.datetime
) -> dict[str, Any]:
    made = builder.sign(key, _digest(key))
    return {
        "certPem": keys.pem(made),
        "validityStartTime": format_utc(now),
        "validityEndTime": format_utc(now + datetime.timedelta(hours=inputs["validityPeriodHours"])),
        "readyForRenewal": False,
        "earlyRenewalHours": 0,
        "isCaCertificate": False,
        "maxPathLength": -1,
        "setSubjectKeyId": False,
        "id": str(made.serial_number),
    }


def _digest(key: PrivateKey) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _name(subject: Mapping[str, Any]) -> x509.Name:
    unknown = subject.keys() - {name for name, _ in NAMES}
    if unknown:
        raise RefusedError(f"subject: {', '.join(sorted(unknown))} is not put into names by this stand-in")
    return x509.Name(
        [
            x509.NameAttribute(oid, value)
            for name, oid in NAMES
            if name in subject
            for value in (subject[name] if isinstance(subject[name], list) else [subject[name]])
        ]
    )


def _alternatives(inputs: Mapping[str, Any]) -> x509.SubjectAlternativeName | None:
    names: list[x509.GeneralName] = [x509.DNSName(each) for each in inputs.get("dnsNames", ())]
    names += [x509.IPAddress(ipaddress.ip_address(each)) for each in inputs.get("ipAddresses", ())]
    names += [x509.UniformResourceIdentifier(each) for each in inputs.get("uris", ())]
    return x509.SubjectAlternativeName(names) if names else None
