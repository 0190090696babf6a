"""istiod's signing service, asked as a proxy's agent asks it (istio.v1.auth.IstioCertificateService)."""

from typing import Any

import grpc  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from components import trust
from local.authority.credentials import Credential

METHOD = "/istio.v1.auth.IstioCertificateService/CreateCertificate"
# What tokens must be for (the volume `istio-token` of every proxy).
AUDIENCE = "istio-ca"
PATIENCE = 10.0
_FIELD = descriptor_pb2.FieldDescriptorProto


def credential(address: str, host: str, roots: str, token: str, identity: str, told: str) -> tuple[Credential, str]:
    """Return a certificate for a new key, and the roots that come with it, as PEM. Raises grpc.RpcError.

    address: host:port of an istiod, trusted by ``roots`` under the name ``host``. token: of the ServiceAccount that
    ``identity`` names.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    options = [("grpc.ssl_target_name_override", host), ("grpc.enable_http_proxy", 0)]
    credentials = grpc.ssl_channel_credentials(root_certificates=roots.encode())
    with grpc.secure_channel(address, credentials, options=options) as channel:
        chain = signed(channel, token, request(key))
    # The last is every trusted root; an agent takes it for these, and shows all of the chain.
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Credential(identity=identity, chain="".join(chain), key=private, told=told), chain[-1]


def request(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a signing request without a name: the token identifies the requester."""
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return made.public_bytes(Encoding.PEM).decode()


def signed(channel: Any, token: str, csr: str) -> list[str]:
    """Return the signed chain, the certificate itself first, the roots last. Raises grpc.RpcError."""
    call = channel.unary_unary(
        METHOD,
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=_MESSAGES["Response"].FromString,
    )
    asked = _MESSAGES["Request"](csr=csr, validity_duration=int(trust.WORKLOAD_LIFETIME.total_seconds()))
    metadata = (("authorization", f"Bearer {token}"), ("clusterid", "Kubernetes"))
    return list(call(asked, metadata=metadata, timeout=PATIENCE).cert_chain)


def _messages() -> dict[str, Any]:
    """Return the messages that are used of istio.io/api (security/v1alpha1/ca.proto)."""
    file = descriptor_pb2.FileDescriptorProto(name="istio-ca.proto", package="authority", syntax="proto3")
    asked = file.message_type.add(name="Request")
    asked.field.add(name="csr", number=1, type=_FIELD.TYPE_STRING, label=_FIELD.LABEL_OPTIONAL)
    asked.field.add(name="validity_duration", number=3, type=_FIELD.TYPE_INT64, label=_FIELD.LABEL_OPTIONAL)
    answer = file.message_type.add(name="Response")
    answer.field.add(name="cert_chain", number=1, type=_FIELD.TYPE_STRING, label=_FIELD.LABEL_REPEATED)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        each.name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"authority.{each.name}"))
        for each in file.message_type
    }


_MESSAGES = _messages()
