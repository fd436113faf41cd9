"""A post table as kept in a row, and back."""

from typing import Any

from sanfu.kernel.duties.posts.model import PostTable, parse_table


def table_json(table: PostTable) -> dict[str, Any]:
    """Everything `parse_table` needs to read the table again."""
    return {
        "town": table.town,
        "mark": table.mark,
        "backup_share": table.backup_share,
        "items": [
            {
                "code": task.code,
                "name": task.name,
                "category": task.category,
                "times": task.times,
                "hours": task.hours,
                "needs": sorted(task.needs),
                "apart_from": sorted(task.apart_from),
            }
            for task in table.tasks
        ],
        "posts": [
            {
                "code": post.code,
                "name": post.name,
                "unit": post.unit,
                "nature": post.nature,
                "seats": post.seats,
                "hours": post.hours,
                "certificates": sorted(post.certificates),
                "reports_to": post.reports_to,
                "serves": post.serves,
                "partners": post.partners,
                "goal": post.goal,
                "powers": list(post.powers),
                "risks": list(post.risks),
                "requirements": dict(post.requirements or {}),
                "lone": post.lone,
            }
            for post in table.posts
        ],
        "people": [
            {
                "code": person.code,
                "name": person.name,
                "post": person.post,
                **({} if person.certificates is None else {"certificates": sorted(person.certificates)}),
                "facts": dict(person.facts or {}),
            }
            for person in table.people
        ],
        "assignments": [
            {"item": one.item, "post": one.post, "role": one.role.value} for one in table.assignments
        ],
    }


def table_of(raw: dict[str, Any]) -> PostTable:
    return parse_table(raw)
