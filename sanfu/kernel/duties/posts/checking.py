"""岗位体检: 有事无岗、有岗无事、一事多主、AB 缺位、资格缺口、不相容; each finding with what, why and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, pstdev

from sanfu.kernel.duties.posts.model import PostTable, Role


@dataclass(frozen=True)
class Gap:
    """One gap between items, posts and people."""

    kind: str
    item: str
    post: str
    what: str
    why: str
    what_to_do: str

    def as_dict(self) -> dict[str, str]:
        return dict(self.__dict__)


def gaps(table: PostTable) -> list[Gap]:
    """Every gap, in the order of the table."""
    return [*_item_gaps(table), *_post_gaps(table), *_certificate_gaps(table), *_apart(table)]


def _item_gaps(table: PostTable) -> Iterator[Gap]:
    leads, backups = table.of(Role.LEAD), table.of(Role.BACKUP)
    known = {post.code for post in table.posts}
    for one in table.assignments:
        if one.post not in known:
            yield Gap(
                "无此岗位",
                one.item,
                one.post,
                f"{one.item} 指向不存在的岗位 {one.post}",
                "岗位可能已撤并",
                "改派到现有岗位",
            )
    for task in table.tasks:
        lead = leads.get(task.code, [])
        if not lead:
            yield Gap("有事无岗", task.code, "", f"“{task.name}”没有主办岗", "事项落不到人", "指定一个 A 岗")
        if len(lead) > 1:
            yield Gap(
                "一事多主",
                task.code,
                "、".join(lead),
                f"“{task.name}”有 {len(lead)} 个主办岗",
                "多头主办等于无人主办",
                "保留一个 A 岗，其余改为协办",
            )
        backup = backups.get(task.code, [])
        if not backup:
            yield Gap(
                "AB缺位", task.code, "", f"“{task.name}”没有备岗", "主办不在岗时无人接", "指定一个 B 岗"
            )
        elif set(backup) & set(lead):
            yield Gap(
                "AB缺位",
                task.code,
                backup[0],
                f"“{task.name}”的 A 岗和 B 岗是同一个",
                "等于没有备岗",
                "换一个 B 岗",
            )


def _post_gaps(table: PostTable) -> Iterator[Gap]:
    used = {one.post for one in table.assignments if one.role is Role.LEAD}
    for post in table.posts:
        if post.code not in used and not post.lone:
            yield Gap(
                "有岗无事",
                "",
                post.code,
                f"{post.name}没有主办任何事项",
                "因事设岗，岗位需有事可办",
                "划入事项，或撤并该岗位",
            )


def _certificate_gaps(table: PostTable) -> Iterator[Gap]:
    tasks = {task.code: task for task in table.tasks}
    holders: dict[str, list[frozenset[str] | None]] = {}
    for person in table.people:
        holders.setdefault(person.post, []).append(person.certificates)
    for one in table.assignments:
        task, post = tasks.get(one.item), table.post(one.post)
        if task is None or post is None or one.role is Role.ASSIST or not task.needs:
            continue
        missing = task.needs - post.certificates
        words = "、".join(sorted(missing or task.needs))
        if missing:
            yield Gap(
                "资格缺口",
                task.code,
                post.code,
                f"{post.name}未要求{words}，却承担“{task.name}”",
                "无资格不得行使该职权",
                f"在岗位任职条件中写明{words}，或改派",
            )
            continue
        held = holders.get(post.code)
        if held and all(have is not None and task.needs - have for have in held):
            yield Gap(
                "资格缺口",
                task.code,
                post.code,
                f"{post.name}在岗人员均无{words}",
                "岗位要求写了，人没有证",
                "安排取证，或调整人员",
            )


def _apart(table: PostTable) -> Iterator[Gap]:
    leads = {item: posts[0] for item, posts in table.of(Role.LEAD).items()}
    for task in table.tasks:
        for other in sorted(task.apart_from):
            if leads.get(task.code) and leads.get(task.code) == leads.get(other):
                yield Gap(
                    "不相容",
                    task.code,
                    leads[task.code],
                    f"“{task.name}”与 {other} 由同一岗位主办",
                    "决定与监督、经办与审核须分开",
                    "把其中一项改派到另一岗位",
                )


def dispersion(loads: dict[str, float]) -> dict[str, float]:
    """负荷离散度: mean, spread (population), spread over mean, least and most."""
    values = list(loads.values())
    if not values:
        return {"mean": 0.0, "spread": 0.0, "variation": 0.0, "least": 0.0, "most": 0.0}
    mean = fmean(values)
    spread = pstdev(values)
    return {
        "mean": mean,
        "spread": spread,
        "variation": spread / mean if mean else 0.0,
        "least": min(values),
        "most": max(values),
    }
