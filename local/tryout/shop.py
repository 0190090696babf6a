"""The sample application as a visitor sees it, and checks of its routing."""

import http.client
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from local.nlb.browser import Answer, Browser
from local.processes import poll
from local.tryout.check import Check, tried

USER = "jason"
# Seconds until the first targets of a new NLB are healthy and every proxy has the routes.
ANSWERS = 60.0
_SERVED = re.compile(r"Served by (reviews)-(v\d)-")


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The product page."""

    visitor: Browser
    page: str
    """URL of the page."""
    at: str
    """Address of the NLB."""

    def answers(self) -> str:
        """Wait for a successful answer, and return the last status."""
        last = ""

        def good() -> bool:
            nonlocal last
            try:
                last = str(self.open().status)
            except (OSError, http.client.HTTPException) as error:
                last = type(error).__name__
            return last == str(HTTPStatus.OK.value)

        poll(good, within=ANSWERS, every=0.5)
        return last

    def open(self, headers: Mapping[str, str] | None = None) -> Answer:
        """Request the page.

        Raises:
            OSError: The connection failed.
            HTTPException: The answer is not HTTP.
        """
        return self.visitor.ask(self.page, at=self.at, headers=headers)

    def reviews(self, headers: Mapping[str, str] | None = None) -> str:
        """Return the version of reviews that the page shows."""
        found = _SERVED.search(self.open(headers).body)
        return " ".join(found.groups()) if found else "no reviews"

    def sign_in(self, user: str) -> dict[str, str]:
        """Sign in through the form on the page; return the headers for later requests."""
        login = self.page.removesuffix(urlsplit(self.page).path) + "/login"
        form = {"content-type": "application/x-www-form-urlencoded"}
        said = self.visitor.ask(login, at=self.at, method="POST", headers=form, body=f"username={user}")
        return {"cookie": said.headers["set-cookie"].partition(";")[0]}


def visited(shop: Shop, routing: str) -> Iterator[Check]:
    """Yield checks of a visitor, and of a signed-in user. With weighted routes a single visit proves nothing."""
    yield tried("a visitor opens the product page", "200", shop.answers)
    if routing == "canary":
        return
    yield tried("... and sees", "reviews v1", shop.reviews)
    expected = "reviews v2" if routing == "test-user" else "reviews v1"
    yield tried(f"{USER} signs in and sees", expected, lambda: shop.reviews(shop.sign_in(USER)))
