"""What an officer has to look up: every basis of every list that lapsed, is in doubt or was never checked (依据核对)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sanfu.enterprise.benefits import policies
from sanfu.grassroots.duties import queries as duties
from sanfu.grassroots.scenes import queries as scenes
from sanfu.kernel.bases import Reading, Standing
from sanfu.kernel.joint.catalogue import basis as services
from sanfu.lists import queries as lists
from sanfu.lists.bases import readings, register
from sanfu.lists.states import ListKind

KNOWN = {"text": "已核", "excerpt": "节选"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One basis of one item of a list: which, how it stands, what to look up."""

    list: str
    code: str
    name: str
    cited: str
    standing: Standing
    says: str


def survey(region: str, on: date) -> list[Finding]:
    """Every basis that is not sound, over the four lists, the lapsed first."""
    found = [*_requests(region, on), *_duties(region, on), *_services(region, on), *_policies(region, on)]
    worst_first = list(reversed(Standing))
    return sorted(found, key=lambda one: worst_first.index(one.standing))


def _unsound(kind: str, code: str, name: str, read: list[Reading]) -> Iterator[Finding]:
    for one in read:
        if one.standing is not Standing.SOUND:
            yield Finding(kind, code, name, one.cited, one.standing, one.says)


def _requests(region: str, on: date) -> Iterator[Finding]:
    version = lists.in_force(ListKind.REQUESTS, on, region=region)
    for item in lists.items_of(version) if version else ():
        read = readings(item, on) or [Reading("", Standing.UNCHECKED, "没有依据，请补上文件和条款")]
        yield from _unsound("责任清单", item.code, item.name, read)


def _duties(region: str, on: date) -> Iterator[Finding]:
    """The towns' lists share their model: an item of several towns is told once."""
    seen: set[tuple[str, str]] = set()
    for version in duties.published(region, on):
        for raw in version.items:
            for cited in raw["basis"]:
                if (raw["code"], cited) not in seen:
                    seen.add((raw["code"], cited))
                    mark = "待核" if "待核" in cited else "已核"
                    read = register().read(cited, mark, on)
                    yield from _unsound("履职清单", raw["code"], raw["name"], [read])


def _services(region: str, on: date) -> Iterator[Finding]:
    catalog = scenes.public_catalog(region)
    red = services.red_items(catalog, on)
    for item in catalog.items.values():
        for row in red.get(item.id, ()):
            says = services.sentence(item.name, row)
            yield Finding("事项目录", item.id, item.name, row["title"], Standing.LAPSED, says)
        for code in item.sources:
            source = catalog.sources.get(code)
            if source and source.how != "design" and services.in_force(source, on):
                read = register().read(source.title, KNOWN.get(source.how, "待核"), on)
                yield from _unsound("事项目录", item.id, item.name, [read])


def _policies(region: str, on: date) -> Iterator[Finding]:
    for policy in policies.in_force(region, on):
        document = policy.document
        cited = f"{document.number} {document.title}"
        if not document.in_force(on):
            says = f"施行 {document.start or '未写'}，失效 {document.end or '未写'}，今天不在施行期"
            yield Finding("惠企政策", document.id, document.title, cited, Standing.LAPSED, says)
        elif document.mark not in ("已核", "节选", "演示"):
            read = register().read(cited, document.mark, on)
            yield from _unsound("惠企政策", document.id, document.title, [read])
