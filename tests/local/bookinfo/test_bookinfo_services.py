"""The sample services: what they answer, whom they ask, and the page."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.bookinfo import plan as bookinfo
from components.bookinfo import routing
from components.settings import Images, versions
from local.bookinfo import PORT, SERVICES, details, ratings, run
from local.bookinfo.productpage import ProductPage
from local.bookinfo.reviews import VERSIONS, Reviews
from local.bookinfo.server import Request, Response, Route, Server, as_json

CLOSED = 1
FOLDER = Path(run.__file__).parent


@dataclass
class Answer:
    status: int
    text: str
    headers: http.client.HTTPMessage


class Client:
    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body or None, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(), answer.headers)
        finally:
            connection.close()


@contextmanager
def served(routes: tuple[Route, ...]) -> Iterator[Client]:
    server = Server(routes, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Client(server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reviews(version: str, ratings_port: int) -> tuple[Route, ...]:
    plan = VERSIONS[version]
    return Reviews(color=plan.color, ratings="127.0.0.1", port=ratings_port).routes()


@contextmanager
def shop(version: str = "v1") -> Iterator[Client]:
    with (
        served(details.ROUTES) as book,
        served(ratings.ROUTES) as stars,
        served(reviews(version, stars.port)) as said,
        served(page(book.port, said.port, stars.port)) as front,
    ):
        yield front


def page(details_port: int, reviews_port: int, ratings_port: int = CLOSED) -> tuple[Route, ...]:
    local = "127.0.0.1"
    return ProductPage(
        details=(local, details_port), reviews=(local, reviews_port), ratings=(local, ratings_port)
    ).routes()


@pytest.fixture
def heard() -> Iterator[tuple[Client, list[dict[str, str]]]]:
    """A productpage whose reviews only note what they are asked with."""
    requests: list[dict[str, str]] = []

    def note(request: Request) -> Response:
        requests.append({name.lower(): value for name, value in request.headers.items()})
        return as_json({})

    with served((("GET", "/reviews/0", note),)) as said, served(page(CLOSED, said.port)) as front:
        yield front, requests


def test_there_is_a_service_for_every_image_the_program_runs() -> None:
    images = [
        container["image"]
        for deployment in bookinfo.deployments(Images())
        for container in deployment["spec"]["template"]["spec"]["containers"]
    ]
    names = {image.rpartition("/")[2].removeprefix("examples-bookinfo-") for image in images}
    assert names == {f"{service}:{versions.BOOKINFO}" for service in SERVICES}
    assert PORT == routing.PORT
    for service in SERVICES:
        assert run.routes(service)


@pytest.mark.parametrize("service", SERVICES)
def test_probes_are_answered(service: str) -> None:
    with served(run.routes(service)) as client:
        answer = client.ask(bookinfo.HEALTH_PATH)
    assert answer.status == 200
    assert "healthy" in answer.text


def test_the_page_offers_what_the_routes_let_in() -> None:
    let_in = {path.get("exact") or f"{path['prefix']}/0" for path in routing.PATHS} - {"/static/0"}
    with shop() as front:
        statuses = {path: front.ask(path, "POST" if path == "/login" else "GET").status for path in let_in}
    assert statuses == {"/productpage": 200, "/login": 302, "/logout": 302, "/api/v1/products/0": 200}


@pytest.mark.parametrize(("version", "color"), [("v1", None), ("v2", "black"), ("v3", "red")])
def test_stars_tell_the_versions_of_reviews_apart(version: str, color: str | None) -> None:
    with shop(version) as front:
        shown = front.ask("/productpage").text
        told = json.loads(front.ask("/api/v1/products/0/reviews").text)
    assert ("data-color" in shown) == (color is not None)
    assert color is None or shown.count(f'data-color="{color}"') == 2
    stars = [review.get("rating") for review in told["reviews"]]
    assert stars == ([{"stars": stars, "color": color} for stars in (5, 4)] if color else [None, None])
    assert told["podname"] == socket.gethostname()


def test_reviews_say_that_nobody_rates() -> None:
    with served(reviews("v2", CLOSED)) as said:
        answer = said.ask("/reviews/0")
    assert answer.status == 200
    assert answer.text.count("Ratings service is currently unavailable") == 2


def test_the_page_says_which_part_is_refused() -> None:
    with served(details.ROUTES) as book, served(page(book.port, CLOSED)) as front:
        answer = front.ask("/productpage")
    assert answer.status == 200
    assert "Error fetching product reviews" in answer.text
    assert "Sorry, product reviews are currently unavailable for this book." in answer.text
    assert "PublisherA" in answer.text
    with served(page(CLOSED, CLOSED)) as front:
        assert "Error fetching product details" in front.ask("/productpage").text


def test_the_status_of_a_refused_part_is_handed_on() -> None:
    with served(()) as nobody, served(page(nobody.port, CLOSED)) as front:
        assert front.ask("/api/v1/products/0").status == 404
        assert front.ask("/api/v1/products/0/reviews").status == 500


def test_who_signs_in_is_named_to_reviews(heard: tuple[Client, list[dict[str, str]]]) -> None:
    front, requests = heard
    answer = front.ask("/login", "POST", "username=jason&passwd=x", content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.headers["location"]) == (302, "/productpage")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    shown = front.ask("/productpage", cookie=cookie.partition(";")[0]).text
    assert "Signed in as <b>jason</b>" in shown
    assert requests[-1]["end-user"] == "jason"
    front.ask("/productpage", cookie="session=")
    assert "end-user" not in requests[-1]
    assert "Max-Age=0" in front.ask("/logout").headers["set-cookie"]


def test_nobody_names_himself_by_a_header(heard: tuple[Client, list[dict[str, str]]]) -> None:
    front, requests = heard
    front.ask("/productpage", end_user="jason")
    assert "end-user" not in requests[-1]


def test_a_name_cannot_break_out_of_the_page_or_the_header(heard: tuple[Client, list[dict[str, str]]]) -> None:
    front, requests = heard
    shown = front.ask("/productpage", cookie="session=%3Cscript%3E%0d%0ax-evil:%201").text
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert requests[-1]["end-user"] == "<script>x-evil: 1"
    assert "x-evil" not in requests[-1]


def test_the_trace_goes_on(heard: tuple[Client, list[dict[str, str]]]) -> None:
    front, requests = heard
    sent = {"x-request-id": "r", "traceparent": "t", "x-b3-traceid": "b", "x-else": "no"}
    front.ask("/productpage", **{name.replace("-", "_"): value for name, value in sent.items()})
    assert {name: requests[-1].get(name) for name in sent} == {**sent, "x-else": None}


def test_the_page_needs_nothing_from_elsewhere() -> None:
    with shop("v3") as front:
        shown = front.ask("/productpage").text
    assert "http://" not in shown
    assert "https://" not in shown
    assert "src=" not in shown


@pytest.mark.parametrize(("path", "status"), [("/details/x", 400), ("/ratings/x", 400), ("/elsewhere", 404)])
def test_what_nobody_serves_is_refused(path: str, status: int) -> None:
    service = details.ROUTES + ratings.ROUTES
    with served(service) as client:
        assert client.ask(path).status == status
        assert client.ask("/details/0", "POST").status == 405


def test_a_service_starts_as_a_folder_and_ends_when_told(tmp_path: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    argv = [sys.executable, str(FOLDER), "reviews-v3", "--port", str(port)]
    process = subprocess.Popen(argv, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                assert Client(port).ask("/health").status == 200
                break
            except ConnectionRefusedError:
                assert process.poll() is None
                threading.Event().wait(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 0
    finally:
        process.kill()
        process.wait()
