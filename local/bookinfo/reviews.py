"""What readers say; versions 2 and 3 ask ratings for stars."""

import http.client
import socket
from dataclasses import dataclass

from local.bookinfo import PORT
from local.bookinfo.server import Request, Response, Route, as_json, call

TEXTS = {
    "Reviewer1": "Confusion upon confusion, and every page of it a pleasure. I laughed out loud on the train.",
    "Reviewer2": "Great fun, and quickly read. Do not look for depth: the later comedies have more of it.",
}
UNAVAILABLE = {"error": "Ratings service is currently unavailable"}


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """One version. color: of its stars; None asks nobody for any. timeout: seconds it waits for ratings."""

    color: str | None
    timeout: float = 10
    ratings: str = "ratings"
    port: int = PORT

    def routes(self) -> tuple[Route, ...]:
        """Return the routes that the service serves."""
        return (
            ("GET", "/health", lambda _: as_json({"status": "Reviews is healthy"})),
            ("GET", "/reviews/([^/]*)", self._reviews),
        )

    def _reviews(self, request: Request) -> Response:
        (number,) = request.matched
        if not number.isdecimal():
            return as_json({"error": "not found"}, 404)
        stars = self._stars(number, request) if self.color else {}
        reviews = [
            {"reviewer": reader, "text": text, **({"rating": self._rating(stars.get(reader))} if self.color else {})}
            for reader, text in TEXTS.items()
        ]
        return as_json({"id": number, "podname": socket.gethostname(), "clustername": None, "reviews": reviews})

    def _rating(self, stars: object) -> dict[str, object]:
        return dict(UNAVAILABLE) if stars is None else {"stars": stars, "color": self.color}

    def _stars(self, number: str, request: Request) -> dict[str, object]:
        headers = request.trace()
        if user := request.headers.get("end-user"):
            headers["end-user"] = user
        try:
            status, found = call(self.ratings, self.port, f"/ratings/{number}", headers, self.timeout)
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        if status != 200 or not isinstance(found, dict):
            return {}
        return dict(found.get("ratings", {}))


# The originals' patience: version 3 gives up sooner.
VERSIONS = {"v1": Reviews(color=None), "v2": Reviews(color="black"), "v3": Reviews(color="red", timeout=2.5)}
