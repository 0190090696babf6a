"""The product page as HTML: no script, nothing from elsewhere."""

from collections.abc import Mapping
from html import escape

TITLE = "The Comedy of Errors"
SUMMARY = (
    "One of William Shakespeare's early plays, his shortest and one of his most farcical: two pairs of twins, parted "
    "at birth, meet in one town, and everybody takes everybody for somebody else."
)
STARS = 5
SHOWN = (
    ("Author", "author"),
    ("Publisher", "publisher"),
    ("Year", "year"),
    ("Pages", "pages"),
    ("Type", "type"),
    ("Language", "language"),
    ("ISBN-10", "ISBN-10"),
    ("ISBN-13", "ISBN-13"),
)
COLORS = {"black": "#1c1917", "red": "#c81e1e"}

STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#f6f4ef;color:#1c1917;font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{background:#1e2a44;color:#fff}
header>div,main,footer{max-width:62rem;margin:0 auto;padding:0 1.5rem}
header>div{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 .75rem;min-height:4rem}
header .brand{padding:.5rem 0}
header a{color:inherit;text-decoration:none}
.brand{font-weight:600;letter-spacing:.02em}
form,.who{display:flex;gap:.5rem;align-items:center;margin:.5rem 0}
input,button,.out{font:inherit;border-radius:.4rem;padding:.4rem .7rem;border:1px solid transparent}
input{width:10rem;min-width:0;flex:1;background:#fff;color:#1c1917}
button,.out{white-space:nowrap;background:#e8b04a;color:#1c1917;font-weight:600;cursor:pointer}
.out{background:transparent;border-color:#8fa0c4;color:#fff;font-weight:400}
.hero{display:flex;gap:2.5rem;padding:3rem 0 2rem;align-items:center}
.cover{flex:none;width:9rem;aspect-ratio:2/3;border-radius:.3rem .6rem .6rem .3rem;color:#f8e9c6;padding:1.1rem;
background:linear-gradient(90deg,#5f1a1a 0 6%,#862a2a 6% 100%);box-shadow:0 10px 24px #0003;
font:600 1.15rem/1.25 Georgia,serif}
.cover small{display:block;margin-top:.9rem;font-weight:400;font-size:.8rem}
h1{font:600 2.4rem/1.15 Georgia,serif;margin:0 0 .75rem}
h2{font-size:1.1rem;margin:0 0 1rem}
.lead{font-size:1.1rem;max-width:38rem;margin:0;color:#44403c}
.parts{display:grid;grid-template-columns:minmax(16rem,1fr) 2fr;gap:1.5rem;align-items:start}
section{background:#fff;border:1px solid #e7e2d6;border-radius:.75rem;padding:1.5rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1.25rem;margin:0}
dt{color:#78716c}dd{margin:0}
blockquote{margin:0 0 1.25rem;padding:0 0 1.25rem;border-bottom:1px solid #e7e2d6}
blockquote:last-of-type{border:0;margin:0;padding:0}
blockquote p{margin:0 0 .35rem}
cite{color:#78716c;font-style:normal;font-size:.9rem}
.stars{font-size:1.25rem;letter-spacing:.1em;display:block}
.none{color:#d6d3d1}
.note{color:#78716c;font-size:.85rem;margin:1.25rem 0 0}
.error{border-left:.3rem solid #c81e1e;background:#fdf2f2;padding:.75rem 1rem;margin:0}
.error b{display:block}
footer{color:#78716c;font-size:.85rem;padding-top:2rem;padding-bottom:2rem}
@media(max-width:44rem){.parts{grid-template-columns:1fr}.hero{flex-direction:column;align-items:flex-start}}
"""


Answered = tuple[int, Mapping[str, object]]


def render(*, user: str, details: Answered, reviews: Answered) -> str:
    """Render the page for ``user``, empty for a visitor; the parts with their status."""
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{TITLE} · Bookinfo</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body>
<header><div><a class="brand" href="/productpage">Bookinfo</a>{_session(user)}</div></header>
<main>
<div class="hero"><div class="cover" aria-hidden="true">{TITLE}<small>William Shakespeare</small></div>
<div><h1>{TITLE}</h1><p class="lead">{escape(SUMMARY, quote=False)}</p></div></div>
<div class="parts">
<section id="details"><h2>Book details</h2>{_details(*details)}</section>
<section id="reviews"><h2>Reviews</h2>{_reviews(*reviews)}</section>
</div>
</main>
<footer>A sample application. Each part of this page is a service of its own.</footer>
</body>
</html>
"""


def _session(user: str) -> str:
    if user:
        return f'<span class="who">Signed in as <b>{escape(user)}</b> <a class="out" href="/logout">Sign out</a></span>'
    return (
        '<form method="post" action="/login">'
        '<input name="username" aria-label="User name" placeholder="User name" autocomplete="username" required>'
        '<input name="passwd" type="password" aria-label="Password" placeholder="any password" autocomplete="off">'
        "<button>Sign in</button></form>"
    )


def _details(status: int, found: Mapping[str, object]) -> str:
    if status != 200:
        return _error("Error fetching product details", found)
    rows = (f"<dt>{label}</dt><dd>{escape(str(found[key]))}</dd>" for label, key in SHOWN if key in found)
    return f"<dl>{''.join(rows)}</dl>"


def _reviews(status: int, found: Mapping[str, object]) -> str:
    reviews = found.get("reviews")
    if status != 200 or not isinstance(reviews, list):
        return _error("Error fetching product reviews", found)
    quotes = "".join(
        f"<blockquote>{_stars(review.get('rating'))}<p>{escape(str(review.get('text', '')))}</p>"
        f"<cite>{escape(str(review.get('reviewer', '')))}</cite></blockquote>"
        for review in reviews
    )
    return f'{quotes}<p class="note">Served by {escape(str(found.get("podname", "")))}</p>'


def _stars(rating: object) -> str:
    """Return the stars of a rating; empty without a rating."""
    if not isinstance(rating, dict):
        return ""
    if "stars" not in rating:
        return f'<p class="error">{escape(str(rating.get("error", "")))}</p>'
    given = max(0, min(STARS, int(rating["stars"])))
    color = escape(str(rating.get("color", "")))
    filled, empty = "★" * given, "★" * (STARS - given)
    return (
        f'<span class="stars" data-color="{color}" aria-label="{given} of {STARS} stars" role="img" '
        f'style="color:{COLORS.get(color, "inherit")}">{filled}<span class="none">{empty}</span></span>'
    )


def _error(title: str, found: Mapping[str, object]) -> str:
    return f'<p class="error"><b>{title}</b>{escape(str(found.get("error", "")))}</p>'
