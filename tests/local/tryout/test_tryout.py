"""``make try`` believes nothing: what is wrong is shown as wrong, whatever goes wrong on the way, and is its status."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from rich.console import Console

from local.engine.runs import Run, RunFailedError
from local.machine import relay
from local.nlb.browser import Answer
from local.processes import ProcessFailedError
from local.tryout import page, telling
from local.tryout.check import Check, tried
from local.tryout.shop import USER, Shop, visited

PAGE = "http://bookinfo.localhost/productpage"
COOKIE = "session=of-jason"


@dataclass
class Site:
    """Bookinfo as it answers. signed_in, anybody: version of the reviews that each sees. asked: where, how."""

    anybody: str = "v1"
    signed_in: str = "v2"
    greets: Mapping[str, str] = field(default_factory=lambda: {"set-cookie": f"{COOKIE}; HttpOnly"})
    asked: list[tuple[str, str]] = field(default_factory=list)

    def ask(
        self, url: str, *, at: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        self.asked.append((method, url))
        if method == "POST":
            return Answer(status=302, headers=self.greets, body="")
        version = self.signed_in if (headers or {}).get("cookie") == COOKIE else self.anybody
        return Answer(status=200, headers={}, body=f"Served by reviews-{version}-abc" if version else "unavailable")


def seen(site: Site, routing: str) -> list[Check]:
    shop = Shop(visitor=site, page=PAGE, at="192.0.2.1")  # type: ignore[arg-type]
    return list(visited(shop, routing))


def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def text(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


@pytest.mark.parametrize(
    ("routing", "site", "checks"),
    [("test-user", Site(), 3), ("all-v1", Site(signed_in="v1"), 3), ("canary", Site(), 1)],
)
def test_a_shop_that_is_routed_as_its_stack_says_holds(routing: str, site: Site, checks: int) -> None:
    found = seen(site, routing)
    assert len(found) == checks
    assert [each for each in found if not each.holds] == []


@pytest.mark.parametrize(
    ("routing", "site", "wrong"),
    [
        ("test-user", Site(signed_in="v1"), {f"{USER} signs in and sees": "reviews v1"}),
        ("all-v1", Site(), {f"{USER} signs in and sees": "reviews v2"}),
        ("all-v1", Site(anybody="v3", signed_in="v1"), {"... and sees": "reviews v3"}),
        ("all-v1", Site(anybody="", signed_in="v1"), {"... and sees": "no reviews"}),
        ("test-user", Site(greets={}), {f"{USER} signs in and sees": "KeyError: 'set-cookie'"}),
    ],
)
def test_a_shop_that_is_not_is_wrong_where_it_is(routing: str, site: Site, wrong: dict[str, str]) -> None:
    assert {each.what: each.seen for each in seen(site, routing) if not each.holds} == wrong


def test_he_signs_in_by_the_form_of_the_page() -> None:
    site = Site()
    seen(site, "test-user")
    assert ("POST", "http://bookinfo.localhost/login") in site.asked


def test_what_goes_wrong_on_the_way_is_what_was_seen() -> None:
    def broken() -> str:
        raise RuntimeError("pod outside/caller is not ready")

    check = tried("a pod calls", "no answer", broken)
    assert (check.holds, check.seen) == (False, "RuntimeError: pod outside/caller is not ready")


def test_one_check_that_fails_is_marked_and_nothing_holds() -> None:
    shown = console()
    good, bad = Check(what="first", expected="200", seen="200"), Check(what="second", expected="403", seen="[red]200")
    assert telling.show(shown, [good])
    assert "FAILED" not in text(shown)
    assert not telling.show(shown, [good, bad])
    [line] = [line for line in text(shown).splitlines() if "FAILED" in line]
    assert "second" in line
    assert "[red]200" in line


def raising(error: BaseException) -> Callable[[], int]:
    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("run", "status", "told"),
    [
        (lambda: 0, 0, ""),
        (lambda: telling.FAILED, 1, ""),
        (raising(KeyboardInterrupt()), 130, "Stopped. Everything is removed."),
        (raising(RunFailedError(Run(steps=[], text="cannot create a [VPC]"))), 1, "cannot create a [VPC]"),
        (raising(ProcessFailedError("etcd ended with status 1")), 1, "etcd ended with status 1"),
        (
            raising(LookupError("there is no load balancer x")),
            1,
            "Failed: LookupError: there is no load balancer x",
        ),
    ],
)
def test_however_it_ends_the_status_and_a_person_are_told(run: Callable[[], int], status: int, told: str) -> None:
    shown = console()
    assert telling.ended(run, shown) == status
    assert text(shown).strip() == told


def test_where_no_browser_gets_in_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(relay.LISTENERS, raising=False)
    monkeypatch.setenv("CI", "true")
    shown = console()
    assert page.lead(PAGE, "192.0.2.1", shown) == 0
    assert (
        "A browser on this computer cannot reach the product page. This machine was started without a way in"
        in text(shown)
    )
