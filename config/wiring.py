"""The one table where sibling rooms meet: event kind → handlers, as dotted names.

A handler takes the delivered `Event`; it may run more than once for the same event and must then change
nothing the second time.
"""

EVENT_HANDLERS: dict[str, list[str]] = {
    "ticket.rule": ["sanfu.lists.rulings.draft_rule"],
}

# background job kind → dotted function (job, begin, end) → what to add to the job's result
JOBS: dict[str, str] = {
    "tickets.batch": "sanfu.grassroots.tickets.batch.piece",
    "match.refit": "sanfu.match.refit.piece",
    "demo.history": "sanfu.adapters.demo_county.piece",
}

# forgets the keys of forms that were sent long ago: (before) → how many
FORGET = "sanfu.web.access.forget_submissions"
