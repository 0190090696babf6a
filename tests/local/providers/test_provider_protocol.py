"""Stand-ins over the engine's own protocol."""

from collections.abc import Iterator
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from local.providers.protocol import server, wire
from local.providers.protocol.base import Failure, Inputs, Outputs, StandIn
from local.providers.protocol.failures import RefusedError
from local.providers.protocol.naming import AutoName
from ops.diff.tables.replacement import Rule
from ops.diff.tables.unknown import UNKNOWN
from tests.support.unit.provider_client import Client, connected

BOX = "boxes:index:Box"


class Boxes(StandIn):
    """Boxes with a size; those above ten do not fit."""

    package = "tls"
    rules = {BOX: Rule(replaces=("colour",), identity=("name",), source="made up")}  # noqa: RUF012 - the class of one test
    naming = {BOX: AutoName(longest=12)}  # noqa: RUF012 - the class of one test
    secret_outputs = {BOX: frozenset({"code"})}  # noqa: RUF012 - the class of one test

    def check(self, type_: str, inputs: Inputs) -> tuple[Inputs, list[Failure]]:
        failures = [] if "size" in inputs else [Failure(property="size", reason="is missing")]
        return {"colour": "red"} | inputs, failures

    def plan(self, type_: str, inputs: Inputs) -> Outputs:
        return {"volume": UNKNOWN}

    def create(self, type_: str, name: str, inputs: Inputs) -> tuple[str, Outputs]:
        if inputs["size"] > 10:
            raise RefusedError(f"a box of {inputs['size']} does not fit")
        return f"{name}-id", {"volume": inputs["size"] ** 3, "code": "1234", "shop": self.request.config.get("shop")}

    def update(self, type_: str, id_: str, olds: Inputs, news: Inputs, outputs: Outputs) -> Outputs:
        return outputs | {"volume": news["size"] ** 3}

    def read(self, type_: str, id_: str, inputs: Inputs, outputs: Outputs) -> tuple[Inputs, Outputs] | None:
        return None if id_ == "lost" else (inputs, outputs)

    def invoke(self, token: str, args: Inputs) -> Outputs:
        return {"token": token, **args}


@pytest.fixture
def boxes() -> Boxes:
    return Boxes()


@pytest.fixture
def engine(boxes: Boxes) -> Iterator[Client]:
    with connected(boxes, {"shop": "north"}) as client:
        yield client


def test_a_resource_lives_and_dies_in_plain_python(engine: Client, boxes: Boxes) -> None:
    made = engine.create(BOX, "b", {"size": 2})
    larger = engine.update(made, {"size": 3})
    engine.delete(larger)

    assert made.id == "b-id"
    assert made.plain == {"size": 2, "volume": 8, "code": "1234", "shop": "north"}
    assert larger.plain["volume"] == 27
    assert [(deed.operation, deed.name, deed.id) for deed in boxes.deeds] == [
        ("create", "b", "b-id"),
        ("update", "b", "b-id"),
        ("delete", "b", "b-id"),
    ]


def test_a_preview_does_nothing_and_says_what_is_not_known(engine: Client, boxes: Boxes) -> None:
    planned = engine.create(BOX, "b", {"size": 2, "label": UNKNOWN}, preview=True)
    made = engine.create(BOX, "b", {"size": 2})
    larger = engine.update(made, {"size": 3, "label": UNKNOWN}, preview=True)

    assert planned.plain == {"size": 2, "label": UNKNOWN, "volume": UNKNOWN}
    assert larger.plain == {"size": 3, "label": UNKNOWN, "volume": 8, "code": "1234", "shop": "north"}
    assert [deed.operation for deed in boxes.deeds] == ["create"]


def test_secret_inputs_and_secret_outputs_stay_secret(engine: Client) -> None:
    made = engine.create(BOX, "b", {"size": 2, "owner": {"name": "x", "pin": "0"}}, secrets=(("owner", "pin"),))

    assert made.secrets == {("owner", "pin"), ("code",)}


def test_an_envelope_is_no_change(engine: Client) -> None:
    made = engine.create(BOX, "b", {"size": 2, "pin": "0"}, secrets=(("pin",),))

    assert engine.diff(made, {"size": 2, "pin": "0"}).changes == proto.DiffResponse.DIFF_NONE


def test_a_diff_tells_updates_from_replacements(engine: Client) -> None:
    made = engine.create(BOX, "b", {"name": "b", "size": 2, "colour": "red"})

    larger = engine.diff(made, {"name": "b", "size": 3, "colour": "red"})
    bluer = engine.diff(made, {"name": "b", "size": 2, "colour": "blue"})

    assert (larger.changes, list(larger.replaces), larger.deleteBeforeReplace) == (
        proto.DiffResponse.DIFF_SOME,
        [],
        False,
    )
    assert list(larger.diffs) == ["size"]
    assert (list(bluer.replaces), bluer.deleteBeforeReplace) == (["colour"], True)
    assert bluer.detailedDiff["colour"].kind == proto.PropertyDiff.UPDATE_REPLACE


def test_checks_fill_in_defaults_and_name_what_is_wrong(engine: Client) -> None:
    good, bad = engine.check(BOX, "b", {"name": "n", "size": 1}), engine.check(BOX, "b", {"name": "n"})

    assert wire.read(good.inputs).plain == {"name": "n", "size": 1, "colour": "red"}
    assert [(failure.property, failure.reason) for failure in bad.failures] == [("size", "is missing")]


def test_a_made_up_name_stays_for_life_and_is_new_for_a_replacement(engine: Client) -> None:
    first = engine.check(BOX, "long-logical-name", {"size": 1})
    again = engine.check(BOX, "long-logical-name", {"size": 1}, olds=first.inputs)
    replacement = engine.check(BOX, "long-logical-name", {"size": 1})

    name = wire.read(first.inputs).plain["name"]
    assert len(name) == 12
    assert name.startswith("long-")
    assert wire.read(again.inputs).plain["name"] == name
    assert wire.read(replacement.inputs).plain["name"] != name


def test_a_refusal_is_the_text_a_user_sees(engine: Client, boxes: Boxes) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        engine.create(BOX, "b", {"size": 11})

    assert refused.value.details() == "a box of 11 does not fit"
    assert boxes.deeds == []


def test_a_fault_of_the_stand_in_itself_shows_where_it_is(engine: Client) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        engine.create(BOX, "b", {})

    assert "KeyError: 'size'" in failed.value.details()
    assert "test_provider_protocol.py" in failed.value.details()


@pytest.mark.parametrize("what", [BOX, "b"])
def test_a_creation_fails_once_on_demand(engine: Client, boxes: Boxes, what: str) -> None:
    boxes.faults.once(what)
    with pytest.raises(grpc.RpcError, match="because a test wants it so"):
        engine.create(BOX, "b", {"size": 1})

    assert engine.create(BOX, "b", {"size": 1}).id == "b-id"
    assert boxes.faults.waiting == []


def test_what_does_not_become_ready_is_kept_with_its_secrets(engine: Client, boxes: Boxes) -> None:
    boxes.faults.once("b", "ready")
    with pytest.raises(grpc.RpcError) as unready:
        engine.create(BOX, "b", {"size": 2})

    kept = _kept(unready.value)
    assert kept.id == "b-id"
    assert wire.read(kept.properties).plain["volume"] == 8
    assert wire.read(kept.properties).secrets == {("code",)}
    assert [deed.operation for deed in boxes.deeds] == ["create"]


def _kept(error: Any) -> proto.ErrorResourceInitFailed:
    trailing = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    (packed,) = status.details
    kept = proto.ErrorResourceInitFailed()
    assert isinstance(packed, Packed)
    assert packed.Unpack(kept)
    return kept


def test_a_fault_that_cannot_happen_is_refused(boxes: Boxes) -> None:
    with pytest.raises(ValueError, match="preview is no operation"):
        boxes.faults.once(BOX, "preview")


def test_a_resource_that_is_gone_is_read_as_nothing(engine: Client) -> None:
    assert engine.stub.Read(proto.ReadRequest(id="lost", type=BOX, name="b")).id == ""
    assert engine.stub.Read(proto.ReadRequest(id="b-id", type=BOX, name="b")).id == "b-id"


def test_a_type_without_a_rule_has_no_answer(engine: Client) -> None:
    made = engine.create("boxes:index:Crate", "c", {"size": 1})

    with pytest.raises(grpc.RpcError, match="what replaces a boxes:index:Crate is not known"):
        engine.diff(made, {"size": 1})


def test_functions_answer(engine: Client) -> None:
    answer = engine.stub.Invoke(proto.InvokeRequest(tok="boxes:index:find", args=wire.write({"size": 1})))

    assert wire.read(getattr(answer, "return")).plain == {"token": "boxes:index:find", "size": 1}


def test_two_provider_resources_keep_their_own_configuration(boxes: Boxes) -> None:
    with (
        server.serve({"boxes": boxes}) as ports,
        grpc.insecure_channel(f"127.0.0.1:{ports['boxes']}", OWN_CONNECTION) as one,
        grpc.insecure_channel(f"127.0.0.1:{ports['boxes']}", OWN_CONNECTION) as other,
    ):
        north = Client(ResourceProviderStub(one), {"shop": "north"})
        south = Client(ResourceProviderStub(other), {"shop": "south"})

        shops = [client.create(BOX, "b", {"size": 1}).plain["shop"] for client in (north, south, north)]

    assert shops == ["north", "south", "north"]


OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]


def test_the_engine_learns_what_it_may_send(engine: Client) -> None:
    agreed = engine.stub.Handshake(proto.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    configured = engine.stub.Configure(proto.ConfigureRequest())

    assert agreed.accept_secrets
    assert configured.supportsPreview
    assert engine.stub.GetPluginInfo(Empty()).version


def test_servers_end_with_their_block() -> None:
    with server.serve({"one": Boxes(), "other": Boxes()}) as ports:
        assert len(set(ports.values())) == 2
        target = f"127.0.0.1:{ports['one']}"

    with grpc.insecure_channel(target) as channel, pytest.raises(grpc.FutureTimeoutError):
        grpc.channel_ready_future(channel).result(0.3)


def test_the_engine_is_told_of_all_ports() -> None:
    assert server.environment({"tls": 2, "aws": 1})["PULUMI_DEBUG_PROVIDERS"] == "aws:1,tls:2"
