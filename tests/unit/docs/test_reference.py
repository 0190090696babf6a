"""The settings table says what the models check."""

import pytest

from components.settings import Settings
from ops.docs import settings

ROWS = {row.path: row for row in settings.rows(Settings)}


@pytest.mark.parametrize(
    ("path", "allowed", "default"),
    [
        ("network.cidr", "IPv4 range", "`10.0.0.0/16`"),
        ("network.nat", "`single`, `per-zone`", "`single`"),
        ("network.existing.privateSubnetIds", "list of subnet id", "*required*"),
        ("cluster.version", "version, quoted", "`1.36`"),
        ("cluster.deployer", "role or user ARN", ""),
        ("cluster.nodes.{system,apps}.diskGib", "20 to 16384", "`50`"),
        ("cluster.addons.<name>.configuration", "map", ""),
        ("mesh.certificates.{root,intermediate}.generations[].issued", "date, quoted", "*required*"),
        ("gateways.<name>.idleTimeoutSeconds", "60 to 6000", "`350`"),
        ("gateways.<name>.hosts", "list of namespace/host", ""),
        ("namespaces[].kubernetesApi", "true or false", "`false`"),
        ("tags", "map to text", ""),
        ("protect", "true or false", "`false`"),
    ],
)
def test_a_row(path: str, allowed: str, default: str) -> None:
    row = ROWS[path]
    assert (row.allowed, row.default) == (allowed, default)
    assert row.meaning


def test_the_names_of_add_ons_are_listed() -> None:
    assert "`aws-ebs-csi-driver`" in ROWS["cluster.addons.<name>"].allowed


def test_every_setting_is_described_and_no_type_leaks() -> None:
    for row in ROWS.values():
        assert row.meaning.endswith("."), row.path
        assert not any(word in row.allowed for word in ("<class", "typing", "Annotated", "|")), row


def test_every_top_level_key_has_a_place() -> None:
    found = settings.markdown()
    for field in Settings.model_fields.values():
        assert f"| `{field.alias}`" in found or f"### `{field.alias}`" in found


def test_cells_survive_markdown() -> None:
    widths = {line.count("|") - line.count("\\|") for line in settings.markdown().splitlines() if line.startswith("|")}
    assert widths == {6}
