"""Targets of a played target group, on a clock of their own."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gateways import drain
from local.nlb.proxy_header import header
from local.nlb.targets import REGISTRATION, Key, Rules, State, Target, Targets

A, B = ("10.244.0.5", 80), ("10.244.0.6", 80)
RULES = Rules(deregistration=drain.drain().deregistration)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def targets(clock: Clock) -> Targets:
    return Targets(RULES, clock)


def found(targets: Targets, key: Key) -> Target:
    return next(each for each in targets.to_check() if each.key == key)


def check(targets: Targets, key: Key, *passed: bool) -> None:
    for each in passed:
        targets.checked(found(targets, key), each)


def serve(targets: Targets, clock: Clock, *keys: Key) -> None:
    """Register these and let them become healthy."""
    targets.registered(keys)
    clock.now += REGISTRATION
    for key in keys:
        check(targets, key, True, True)


def served(targets: Targets, connections: int = 8) -> set[Key]:
    chosen = (targets.next() for _ in range(connections))
    return {each.key for each in chosen if each}


def state(targets: Targets, key: Key) -> State | None:
    return targets.states(in_use=True).get(key, (None, ""))[0]


def test_a_target_is_healthy_after_its_registration_and_its_checks(targets: Targets, clock: Clock) -> None:
    targets.registered([A])
    check(targets, A, True, True, True)
    assert targets.states(in_use=True)[A] == ("initial", "Elb.RegistrationInProgress")
    assert targets.next() is None
    clock.now += REGISTRATION
    assert targets.states(in_use=True)[A] == ("initial", "Elb.InitialHealthChecking")
    check(targets, A, True)
    assert targets.states(in_use=True)[A] == ("healthy", "")
    assert served(targets) == {A}


def test_checks_count_in_a_row(targets: Targets, clock: Clock) -> None:
    targets.registered([A])
    clock.now += REGISTRATION
    check(targets, A, True, False, True)
    assert state(targets, A) == "initial"
    check(targets, A, True)
    assert state(targets, A) == "healthy"
    check(targets, A, False, True, False)
    assert state(targets, A) == "healthy"
    check(targets, A, False)
    assert targets.states(in_use=True)[A] == ("unhealthy", "Target.FailedHealthChecks")
    check(targets, A, True, True)
    assert state(targets, A) == "healthy"


def test_a_group_without_a_listener_is_not_in_use(targets: Targets) -> None:
    targets.registered([A])
    assert targets.states(in_use=False)[A] == ("unused", "Target.NotInUse")


def test_connections_go_round_the_healthy(targets: Targets, clock: Clock) -> None:
    serve(targets, clock, A, B)
    chosen = [each.key for each in (targets.next() for _ in range(10)) if each]
    assert chosen.count(A) == chosen.count(B) == 5
    check(targets, A, False, False)
    assert served(targets) == {B}


def test_failing_targets_serve_when_nobody_is_healthy(targets: Targets, clock: Clock) -> None:
    serve(targets, clock, A)
    check(targets, A, False, False)
    targets.registered([A, B])
    assert served(targets) == {A}


def test_a_deregistered_target_gets_new_connections_for_the_lag(targets: Targets, clock: Clock) -> None:
    serve(targets, clock, A, B)
    targets.registered([B])
    assert targets.states(in_use=True)[A] == ("draining", "Target.DeregistrationInProgress")
    clock.now += drain.NLB_LAG - 1
    assert served(targets) == {A, B}
    assert [each.key for each in targets.to_check()] == [B]
    clock.now += 1
    assert served(targets) == {B}


def test_the_lag_is_no_favour_to_a_target_that_never_served(targets: Targets, clock: Clock) -> None:
    targets.registered([A])
    targets.registered([])
    assert targets.next() is None


def test_draining_ends_with_its_delay_but_not_before_the_lag(clock: Clock) -> None:
    targets = Targets(Rules(deregistration=10), clock)
    serve(targets, clock, A)
    targets.registered([])
    assert not targets.terminated(A)
    clock.now += 10
    assert targets.terminated(A)
    assert state(targets, A) is None
    assert targets.forget() == []
    assert served(targets) == {A}
    clock.now += drain.NLB_LAG - 10
    assert targets.forget() == [A]
    assert targets.next() is None


def test_who_is_registered_again_starts_anew(targets: Targets, clock: Clock) -> None:
    serve(targets, clock, A)
    old = found(targets, A)
    targets.registered([])
    targets.registered([A])
    assert state(targets, A) == "initial"
    # A check that was under way when the target was registered anew.
    targets.checked(old, True)
    assert targets.next() is None


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("ABab+-."), st.integers(0, 90)), max_size=40))
def test_only_who_was_healthy_ever_serves(steps: list[tuple[str, int]]) -> None:
    """A, B: registered; a, b: deregistered; + -: every check passes, fails."""
    clock = Clock()
    targets, group, was_healthy = Targets(RULES, clock), set[Key](), set[Key]()
    by_name = {"a": A, "b": B}
    for step, seconds in steps:
        clock.now += seconds
        if step.lower() in by_name:
            group ^= {by_name[step.lower()]} if step.islower() == (by_name[step.lower()] in group) else set()
            targets.registered(group)
        elif step in "+-":
            for each in targets.to_check():
                targets.checked(each, step == "+")
        targets.forget()
        was_healthy |= {key for key in (A, B) if state(targets, key) in ("healthy", "unhealthy")}
        assert served(targets) <= was_healthy
        if any(state(targets, key) == "healthy" for key in group):
            assert served(targets)


def test_the_proxy_header_is_version_2() -> None:
    sent = header(("203.0.113.9", 40000), ("198.51.100.1", 443))
    assert sent == (
        b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c"
        + socket.inet_aton("203.0.113.9")
        + socket.inet_aton("198.51.100.1")
        + bytes([0x9C, 0x40, 0x01, 0xBB])
    )
