"""The shop's page: signs visitors in, and shows what details and reviews answer."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, unquote

from local.bookinfo import PORT, page
from local.bookinfo.server import JSON, Request, Response, Route, as_json, call

COOKIE = "session"
HTML = "text/html; charset=utf-8"
PRODUCT = {"id": 0, "title": page.TITLE, "descriptionHtml": page.SUMMARY}
PATIENCE = 3.0


@dataclass(frozen=True, kw_only=True)
class ProductPage:
    """details, reviews, ratings: host and port of the services it asks."""

    details: tuple[str, int] = ("details", PORT)
    reviews: tuple[str, int] = ("reviews", PORT)
    ratings: tuple[str, int] = ("ratings", PORT)

    def routes(self) -> tuple[Route, ...]:
        """Return the routes that the service serves."""
        return (
            ("GET", "/health", lambda _: Response(body="Product page is healthy", content_type="text/plain")),
            ("GET", "/|/index.html", lambda _: _to_the_page()),
            ("GET", "/productpage", self._page),
            ("POST", "/login", _login),
            ("GET", "/logout", lambda _: _to_the_page(f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")),
            ("GET", "/api/v1/products", lambda _: as_json([PRODUCT])),
            ("GET", "/api/v1/products/([0-9]+)", lambda request: self._part(request, "details")),
            ("GET", "/api/v1/products/([0-9]+)/reviews", lambda request: self._part(request, "reviews")),
            ("GET", "/api/v1/products/([0-9]+)/ratings", lambda request: self._part(request, "ratings")),
        )

    def _page(self, request: Request) -> Response:
        headers = _headers(request)
        body = page.render(
            user=_user(request),
            details=self._ask("details", "0", headers),
            reviews=self._ask("reviews", "0", headers),
        )
        return Response(body=body, content_type=HTML, headers={"cache-control": "no-store"})

    def _part(self, request: Request, service: str) -> Response:
        status, found = self._ask(service, request.matched[0], _headers(request))
        return Response(status=status, body=as_json(found).body, content_type=JSON)

    def _ask(self, service: str, number: str, headers: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """Return status and answer; 500 where there is none. Reviews are requested twice, as in the original."""
        host, port = {"details": self.details, "reviews": self.reviews, "ratings": self.ratings}[service]
        status = 500
        for _ in range(2 if service == "reviews" else 1):
            try:
                status, found = call(host, port, f"/{service}/{number}", headers, PATIENCE)
            except (OSError, http.client.HTTPException, ValueError):
                continue
            if status == 200 and isinstance(found, dict):
                return status, found
        what = "details" if service == "details" else service
        return status, {"error": f"Sorry, product {what} are currently unavailable for this book."}


def _user(request: Request) -> str:
    """Return the user who signed in; passwords are not checked."""
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    # Becomes a header, so nothing that could end one.
    return "".join(each for each in unquote(cookie.value) if each.isprintable() and each.isascii()) if cookie else ""


def _headers(request: Request) -> dict[str, str]:
    """Return the headers to forward; ``end-user`` comes from the session only: a visitor's own header is ignored."""
    user = _user(request)
    return {**request.trace(), **({"end-user": user} if user else {})}


def _login(request: Request) -> Response:
    user = parse_qs(request.body.decode(errors="replace")).get("username", [""])[0].strip()
    return _to_the_page(f"{COOKIE}={quote(user, safe='')}; Path=/; HttpOnly; SameSite=Lax")


def _to_the_page(cookie: str | None = None) -> Response:
    headers = {"location": "/productpage", **({"set-cookie": cookie} if cookie else {})}
    return Response(status=302, content_type="text/plain", headers=headers)
