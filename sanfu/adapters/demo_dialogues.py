"""Sessions in the demo county (演示): one held with answers and promises, one whose list is published, one in preparation."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.dialogues import actions, queries
from sanfu.enterprise.dialogues.models import Promise, Session
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.queries import organisation
from sanfu.records.moments import day_of

ASKED = (
    ("停电能不能提前三天告知？（演示）", "从下月起停电计划提前三天短信告知。（演示）", "GDJ", "停电计划提前三天短信告知企业（演示）", 20),
    ("技改项目验收要跑几个部门？（演示）", "由工信局牵头联合验收，一次办完。（演示）", "GXJ", "技改项目联合验收办法印发（演示）", 45),
)  # fmt: skip


def dialogues(now: datetime) -> None:
    """Three sessions; of the held one, a promise is kept and one is still open."""
    host = cast("guqin", day_of(now))
    if Session.objects.filter(region=host.region).exists():
        return
    begun = now - timedelta(days=40)
    held = _drawn("用能与技改（演示）", begun, now - timedelta(days=30))
    firms = list(
        Enterprise.objects.filter(region=host.region, credit_code__in=held.invited).order_by("credit_code")
    )
    for firm, (text, said, code, promise, days) in zip(firms, ASKED, strict=False):
        at = now - timedelta(days=30)
        question = actions.ask(held, firm, text=text, by=host, at=at)
        actions.answer(held, question.id, said=said, by=host, at=at)
        owner = organisation(host.region, code)
        if owner:
            actions.promise(
                held, text=promise, owner=owner, due=held.held_on + timedelta(days=days), by=host, at=at
            )
    mine = Promise.objects.filter(region=host.region, owner__code="GDJ").select_related("owner").first()
    if mine:
        actions.keep(
            mine,
            said="短信平台已上线，覆盖全部专变用户（演示）",
            by=cast("dulei", day_of(now)),
            at=now - timedelta(days=12),
        )
    later = actions.prepare(
        title="用工与人才（演示）",
        held_on=day_of(now) + timedelta(days=14),
        seats=20,
        least={"小微": 8},
        by=host,
        at=now,
    )
    actions.freeze(later, by=host, at=now)
    actions.prepare(
        title="外贸与汇率（演示）",
        held_on=day_of(now) + timedelta(days=45),
        seats=20,
        least={"小微": 8},
        by=host,
        at=now,
    )


def _drawn(title: str, begun: datetime, on: datetime) -> Session:
    host = cast("guqin", day_of(on))
    made = actions.prepare(title=title, held_on=day_of(on), seats=12, least={"小微": 4}, by=host, at=begun)
    actions.freeze(made, by=host, at=begun)
    actions.drawn(made, public_word="3D 演示 307", by=host, at=on - timedelta(days=3))
    return next(one for one in queries.sessions(host.region) if one.pk == made.pk)
