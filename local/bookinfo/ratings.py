"""Stars."""

from local.bookinfo.server import Request, Response, Route, as_json


def _ratings(request: Request) -> Response:
    (number,) = request.matched
    if not number.isdecimal():
        return as_json({"error": "please provide numeric product ID"}, 400)
    return as_json({"id": int(number), "ratings": {"Reviewer1": 5, "Reviewer2": 4}})


ROUTES: tuple[Route, ...] = (
    ("GET", "/health", lambda _: as_json({"status": "Ratings is healthy"})),
    ("GET", "/ratings/([^/]*)", _ratings),
)
