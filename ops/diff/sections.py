"""The folded part of a page: resources, releases, figures and outputs of one stack."""

import html
from collections import Counter
from collections.abc import Iterator

from ops.diff.changes import Comparison, Kind, ObjectChange, Property, ReleaseChange, Replacement, ResourceChange, Sides
from ops.diff.edits import label
from ops.diff.figures import SECTIONS
from ops.diff.page import Shortener, code, folded, table, text, value, values
from ops.diff.releases import RELEASE

ARROW = " \u2192 "
_NEW = "This stack is new: no resource exists yet, so everything is added."
_REMOVED = (
    "Only the base has a file of this stack. No `up` runs for it any more. Removing the file deletes no resource."
)


def escaped(said: str) -> str:
    """Escape a text for HTML."""
    return html.escape(said, quote=False)


def summary(each: Comparison) -> str:
    """Return what happens to the stack in one line."""
    counted = Counter(change.kind for change in each.resources)
    counts = [f"{counted[kind]} {kind.value}" for kind in Kind if counted[kind]]
    if each.sides is Sides.NEW:
        return f"a new stack of {counted[Kind.ADDED]} resources"
    if each.sides is Sides.REMOVED:
        return "its file is removed"
    return ", ".join(counts) or ("no changes" if each.clean else "no resource changes")


def details(each: Comparison, short: Shortener) -> Iterator[str]:
    """Yield everything but the risks."""
    if each.sides is not Sides.BOTH:
        yield from (_NEW if each.sides is Sides.NEW else _REMOVED, "")
    yield from _figures(each, short)
    if each.warnings:
        yield from ("**New warnings of the preview**", "")
        yield from (*short.listed(map(text, each.warnings), weight=4), "")
    yield from _resources(each, short)
    yield from _releases(each, short)
    if each.outputs:
        yield from ("**Outputs**", "", *short.listed(map(_property, each.outputs)), "")
    if each.notes:
        yield from (*short.listed(map(text, each.notes), weight=4), "")


def _figures(each: Comparison, short: Shortener) -> Iterator[str]:
    if not each.figures:
        return
    ordered = sorted(each.figures, key=lambda one: SECTIONS.index(one.section))
    rows = [(one.section, text(one.what), text(one.before or "\u2013"), text(one.after or "\u2013")) for one in ordered]
    kept, left = short.cut([str(number) for number in range(len(rows))], weight=4)
    yield from table(("", "what", "before", "after"), [rows[int(number)] for number in kept])
    if left:
        yield from (f"{left} more rows omitted.", "")


def _resources(each: Comparison, short: Shortener) -> Iterator[str]:
    if each.sides is Sides.REMOVED:
        return
    components = dict.fromkeys(change.component for change in each.resources)
    for component in components:
        inside = [change for change in each.resources if change.component == component]
        counted = Counter(change.kind for change in inside)
        many = ", ".join(f"{counted[kind]} {kind.value}" for kind in Kind if counted[kind])
        body = short.listed(line for change in inside for line in _resource(change))
        yield from folded(f"{escaped(component) or 'no component'}: {many}", body)


def _resource(change: ResourceChange) -> Iterator[str]:
    yield f"**{change.kind.value}** {code(change.label)}{_why(change)}"
    if change.former_urn:
        yield f"  was {code(change.former_urn)}; an alias keeps it"
    if change.type == RELEASE and change.kind is Kind.CHANGED:
        # The section of the release shows its inputs.
        return
    for each in change.properties:
        yield f"  {_property(each)}{' **replaces**' if each.replaces else ''}"


def _why(change: ResourceChange) -> str:
    pulled = ", ".join(map(code, change.follows[:3])) + (" and others" if len(change.follows) > 3 else "")
    if change.replacement is Replacement.FOLLOWS:
        return f" together with {pulled}"
    if change.replacement is Replacement.UNKNOWN:
        return f": replacement unknown{f', may be replaced together with {pulled}' if pulled else ''}"
    return ""


def _property(each: Property) -> str:
    if each.before is None:
        return f"{code(each.path)}: {value(each.after)} added"
    if each.after is None:
        return f"{code(each.path)}: {value(each.before)} removed"
    return f"{code(each.path)}: {values(each.before, each.after)}"


def _releases(each: Comparison, short: Shortener) -> Iterator[str]:
    if each.sides is not Sides.BOTH:
        return
    for release in each.releases:
        yield from folded(f"release {escaped(release.name)}: {_released(release)}", _release(release, short))


def _released(release: ReleaseChange) -> str:
    versions = dict.fromkeys(filter(None, (release.version_before, release.version_after)))
    chart = escaped(f"{release.chart} {ARROW.join(versions)}")
    if release.manifests is None:
        return f"{chart}, {release.kind.value}, not rendered"
    counted = Counter(each.kind for each in release.manifests)
    many = ", ".join(f"{counted[kind]} {kind.value}" for kind in Kind if counted[kind])
    return f"{chart}, {release.kind.value}, objects: {many or 'unchanged'}"


def _release(release: ReleaseChange, short: Shortener) -> Iterator[str]:
    if release.compared_with:
        yield from (f"New; compared with {code(release.compared_with)}, ignoring the name of the revision.", "")
    if release.not_rendered:
        yield from (f"The manifests are not compared: {text(release.not_rendered)}.", "")
    yield from (*short.listed(map(_property, release.values)), "")
    whole = [each for each in release.manifests or () if not each.lines]
    yield from (*short.listed(f"{each.kind.value} {code(label(each.identity))}" for each in whole), "")
    for each in release.manifests or ():
        yield from _object(each, short)


def _object(each: ObjectChange, short: Shortener) -> Iterator[str]:
    if each.lines:
        yield code(label(each.identity))
        yield from (*short.fenced(each.lines), "")
