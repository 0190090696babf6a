"""A report as Markdown for a comment: risks first, the rest folded, at most as long as the limit."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ops.diff import sections
from ops.diff.changes import Comparison, Failed, Kind, Sides
from ops.diff.figures import MONTH
from ops.diff.page import Shortener, code, folded, table, text
from ops.diff.report import Report, Status, status
from ops.diff.risks import BY_NAME

# Bytes: GitHub accepts 65,536 characters in a comment, and a text never has fewer bytes than characters.
COMMENT = 65_000
# The workflow that updates the comment finds it by this line.
MARKER = "<!-- istio-eks: ops diff -->"
# Maximum lines of each list and each diff, tried one after the other.
CUTS = (None, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 0)
OFFLINE = (
    "Planned without a cloud account: values that only AWS knows are not compared, and what pulumi-eks creates "
    "inside the cluster and the node groups is not shown."
)


def report(found: Report, limit: int = COMMENT) -> str:
    """Return the whole page, of at most ``limit`` bytes; 0 for no limit."""
    for most in CUTS:
        page = _page(found, Shortener(most), with_details=True)
        if not limit or _size(page) <= limit:
            return page
    page = _page(found, Shortener(0), with_details=False)
    return page if _size(page) <= limit else _beheaded(page, limit, found.again)


def _page(found: Report, short: Shortener, *, with_details: bool) -> str:
    risks = [line for each in found.stacks for line in _risks(each, short)]
    details = [line for each in found.stacks for line in _details(each, short)] if with_details else []
    lines = [
        MARKER,
        f"## {_title(found)}",
        "",
        f"{code(found.base.name)} \u2192 {code(found.head.name)}",
        "",
        *_shortened(found, short, with_details),
        *table(("stack", "risks", *(each.value for each in Kind), "releases", "per month"), map(_row, found.stacks)),
        *risks,
        *details,
        *short.listed((text(each) for each in found.notes), weight=4),
        *([] if not found.notes else [""]),
        OFFLINE,
    ]
    return "\n".join(lines) + "\n"


def _title(found: Report) -> str:
    changing = [each for each in found.stacks if status(each) is not Status.CLEAN]
    if not found.stacks:
        return "No stack in either revision"
    if not changing:
        return "No changes in any stack" if len(found.stacks) > 1 else "No changes"
    failed = sum(isinstance(each, Failed) for each in changing)
    risks = sum(len(each.risks) for each in changing if isinstance(each, Comparison))
    parts = [f"{failed} not evaluated"] if failed else []
    parts += [f"{risks} risk{'' if risks == 1 else 's'}"] if risks else []
    parts += ["changes without known risks"] if not parts else []
    return f"{', '.join(parts)} in {len(changing)} of {len(found.stacks)} stack{'' if len(found.stacks) == 1 else 's'}"


def _shortened(found: Report, short: Shortener, with_details: bool) -> Iterator[str]:
    if short.left_out or not with_details:
        left = f"{short.left_out} lines are omitted" if with_details else "all details are omitted"
        yield f"**Shortened to fit a comment: {left}.** Print all of it: {code(found.again)}"
        yield ""


def _row(each: Comparison | Failed) -> tuple[str, ...]:
    if isinstance(each, Failed):
        return (code(each.stack), "not evaluated", *("?" for _ in Kind), "?", "?")
    counted = Counter(change.kind for change in each.resources)
    month = next((one for one in each.figures if one.what == MONTH), None)
    named = {Sides.NEW: " (new)", Sides.REMOVED: " (file removed)"}.get(each.sides, "")
    return (
        f"{code(each.stack)}{named}",
        f"**{len(each.risks)}**" if each.risks else "0",
        *(str(counted[kind]) for kind in Kind),
        str(len(each.releases)),
        f"{month.before or 'nothing'} \u2192 {month.after or 'nothing'}" if month else "same",
    )


def _risks(each: Comparison | Failed, short: Shortener) -> Iterator[str]:
    if isinstance(each, Failed):
        yield f"### {code(each.stack)}: the {each.side} cannot be planned"
        yield ""
        yield from short.fenced(each.reason.splitlines(), "text")
        yield ""
        return
    if not each.risks:
        return
    yield f"### Risks in {code(each.stack)}"
    yield ""
    for name in dict.fromkeys(risk.rule for risk in each.risks):
        rule = BY_NAME[name]
        yield f"**{rule.title}.** {rule.why}"
        findings = (f"{code(risk.subject)} {text(risk.told)}" for risk in each.risks if risk.rule == name)
        yield from short.listed(findings, weight=4)
        yield ""


def _details(each: Comparison | Failed, short: Shortener) -> Iterable[str]:
    if isinstance(each, Failed):
        return folded(f"{each.stack}: changed settings", short.fenced(each.settings))
    return folded(f"<b>{sections.escaped(each.stack)}</b>: {sections.summary(each)}", sections.details(each, short))


def _size(page: str) -> int:
    return len(page.encode())


def _beheaded(page: str, limit: int, again: str) -> str:
    """Return the first lines of a page that is too long even in its shortest form."""
    end = f"\n\nThe rest is omitted. Print all of it: {code(again)}\n"
    left, kept = limit - _size(end), []
    for line in page.splitlines():
        left -= _size(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join(kept) + end
