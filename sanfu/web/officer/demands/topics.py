"""共性诉求: several firms ask for the same; a task to change a policy; what it changed."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.demands import actions, content, queries
from sanfu.enterprise.demands.models import Topic
from sanfu.enterprise.demands.states import TopicState
from sanfu.people.queries import organisation, units
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.queries import timeline
from sanfu.web.access import once, page
from sanfu.web.components.fields import as_uuid
from sanfu.web.request import Request


@page("demands.see")
def topics(request: Request) -> HttpResponse:
    """All common topics with their firms."""
    rows = [
        (one, TopicState(one.state), content.kinds()[one.kind]["label"])
        for one in queries.topics(request.actor)
    ]
    return render(request, "officer/demands/topics.html", {"title": "共性诉求", "rows": rows})


def _found(request: Request, id: uuid.UUID) -> Topic:
    topic = queries.topic(request.actor, id)
    if topic is None:
        raise Http404("没有这个共性诉求。")
    return topic


@page("demands.see")
def topic(request: Request, id: uuid.UUID) -> HttpResponse:
    """One topic: firms, task, change, effect."""
    found = _found(request, id)
    may = request.actor.may("demands.topic")
    context = {
        "title": found.title,
        "crumbs": [("共性诉求", "officer:demand_topics")],
        "topic": found,
        "state": TopicState(found.state),
        "demands": queries.visible(request.actor).filter(demand__topic=found).select_related("demand__enterprise"),
        "joinable": queries.joinable(request.actor, found) if may else [],
        "units": units(request.actor.region) if may else [],
        "effect": queries.effect(found),
        "after_days": (request.now - found.changed_at).days if found.changed_at else 0,
        "may": may,
        "may_change": may or (request.actor.may("demands.handle") and found.unit_id in request.actor.units),
        "events": [{"label": LABELS.get(e["kind"], e["kind"]), "at": e["at"], "by": e["by_name"], "note": "", "state": "done"} for e in timeline(found.id)],
    }  # fmt: skip
    return render(request, "officer/demands/topic.html", context)


LABELS = {
    "demands.topic_opened": "提炼共性诉求",
    "demands.topic_joined": "归入诉求",
    "demands.topic_tasked": "提出政策修订任务",
    "demands.topic_changed": "政策已修订",
}


@page("demands.topic")
@require_POST
@once
def topic_open(request: Request, id: uuid.UUID) -> HttpResponse:
    """A topic begins with one demand."""
    demand = queries.access(request.actor, id)
    if demand is None:
        raise Http404("没有这件诉求。")
    try:
        made = actions.open_topic(
            demand, title=request.POST.get("title", ""), by=request.actor, at=request.now
        )
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
        return redirect("officer:demand", id)
    return redirect("officer:demand_topic", made.id)


@page("demands.topic", "demands.handle")
@require_POST
@once
def topic_act(request: Request, id: uuid.UUID, event: str) -> HttpResponse:
    """Join demands, set the task, record the change."""
    found = _found(request, id)
    by, at = request.actor, request.now
    try:
        if event == "join":
            chosen = [one for text in request.POST.getlist("demand") if (one := as_uuid(text))]
            actions.join_topic(found, chosen, by=by, at=at)
        elif event == "task":
            unit = organisation(by.region, request.POST.get("unit", ""))
            if unit is None:
                raise Refused("请选择负责修订的单位。")
            actions.task_topic(found, unit=unit, task=request.POST.get("task", ""), by=by, at=at)
        elif event == "change":
            actions.change_topic(found, changed=request.POST.get("changed", ""), by=by, at=at)
        else:
            raise Http404("没有这个动作。")
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("officer:demand_topic", id)
