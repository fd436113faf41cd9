"""The room of research (产学研): a need finds an offer, a contact becomes a contract with milestones."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="enterprise.research",
    label="产学研",
    order=60,
    commands={
        "research": Command(
            "sanfu.adapters.commandline.research", "needs and offers of research: match (产学研)"
        )
    },
)
