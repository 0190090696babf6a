"""What is printed about the book."""

from local.bookinfo.server import Request, Response, Route, as_json


def _details(request: Request) -> Response:
    (number,) = request.matched
    if not number.isdecimal():
        return as_json({"error": "please provide numeric product id"}, 400)
    return as_json(
        {
            "id": int(number),
            "author": "William Shakespeare",
            "year": 1595,
            "type": "paperback",
            "pages": 200,
            "publisher": "PublisherA",
            "language": "English",
            "ISBN-10": "1234567890",
            "ISBN-13": "123-1234567890",
        }
    )


ROUTES: tuple[Route, ...] = (
    ("GET", "/health", lambda _: as_json({"status": "Details is healthy"})),
    ("GET", "/details/([^/]*)", _details),
)
