"""Policies in the search box: documents and their clauses, as the public reads them."""

from datetime import date

from sanfu.enterprise.benefits.policies import in_force
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded


def policies(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Policies whose title, number, issuer or a clause holds the words; each opens in the public library."""
    words = folded(words)
    if len(words) < SHORTEST:
        return []
    found = []
    for policy in in_force(actor.region, on):
        document = policy.document
        clause = next((one.title for one in document.clauses if words in folded(one.title)), "")
        if clause or words in folded(f"{document.title}{document.number}{document.issuer}"):
            about = "：".join(part for part in (document.number, clause) if part)
            found.append(Hit(document.title, "citizen:benefit_policy", (policy.id,), about=about))
    return found[:limit]
