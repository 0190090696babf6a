"""Only whole PEM blocks reach cacerts."""

from typing import Any

import pytest

from design import trust

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAECAw==\n-----END CERTIFICATE-----\n"
KEY = "".join(f"-----{word} EC PRIVATE KEY-----\n" for word in ("BEGIN", "END")).replace("\n", "\nc2VjcmV0\n", 1)
GOOD: dict[str, Any] = {"certificate": CERTIFICATE, "key": KEY, "signing_root": CERTIFICATE, "roots": [CERTIFICATE]}
BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("a truncated certificate", {"certificate": CERTIFICATE[:40]}),
    ("a truncated key", {"key": KEY[:40]}),
    ("no key", {"key": ""}),
    ("a certificate as key", {"key": CERTIFICATE}),
    ("a key as certificate", {"certificate": KEY}),
    ("a key among the roots", {"roots": [CERTIFICATE, KEY]}),
    ("two blocks in one", {"certificate": CERTIFICATE * 2}),
    ("broken base64", {"certificate": CERTIFICATE.replace("AAECAw==", "AAECA")}),
    ("a signing root that is not trusted", {"roots": [CERTIFICATE.replace("AAECAw==", "AAEC")]}),
    ("no roots", {"roots": []}),
]


def test_whole_blocks_are_taken() -> None:
    assert set(trust.cacerts(**GOOD)) == {"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}


@pytest.mark.parametrize(("told", "change"), BROKEN, ids=[told for told, _ in BROKEN])
def test_a_broken_bundle_is_refused_without_showing_it(told: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not one whole PEM block|broken base64|not among the trusted") as refused:
        trust.cacerts(**GOOD | change)
    assert "c2Vj" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_blocks_are_joined_at_line_ends() -> None:
    bare: dict[str, Any] = {key: text.strip() for key, text in GOOD.items() if key != "roots"}
    assert trust.cacerts(**bare, roots=[CERTIFICATE.strip()]) == trust.cacerts(**GOOD)
