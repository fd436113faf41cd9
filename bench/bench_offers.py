"""Offer lint (招商协议体检) on clauses labelled before its words were looked at, beside a plain list of words."""

import argparse
from collections import Counter
from typing import Any

from bench.report import Row, publish, timed
from sanfu.kernel.offers.judging import judge
from sanfu.kernel.offers.report import evaluate
from sanfu.projects.promotion.content import learned, rulebook, trial_clauses

# What a list of words forbids: the peer that offices use.
WORDS = ("税收", "返还", "奖励", "补贴", "免费", "优惠", "独家", "本地", "迁出", "先行")
FIRST_LOOK = {  # measured before anything was mended on these clauses
    "worked": {"recall %": 89.66, "false alarm %": 8.82},
    "kept": {"recall %": 92.59, "false alarm %": 6.67},
    "later": {"recall %": 81.82, "false alarm %": 0.0},
}


def figures(name: str, rows: list[dict[str, str]]) -> Row:
    """Today's figures of one part."""
    found = evaluate(rows, rulebook(), learned())
    return {
        "clauses": name,
        "count": found["clauses"],
        "recall %": 100 * found["recall"],
        "false alarm %": 100 * found["false_alarm"],
        "rule right %": 100 * found["rule_right"],
        "with basis %": 100 * found["with_basis"],
    }


def by_words(rows: list[dict[str, str]]) -> Row:
    """The peer: a clause with one of the words is forbidden."""
    said = [(row["expected"], any(word in row["text"] for word in WORDS)) for row in rows]

    def share(answer: str) -> float:
        of = [hit for expected, hit in said if expected == answer]
        return 100 * sum(of) / len(of)

    return {
        "clauses": "a list of ten words",
        "count": len(rows),
        "recall %": share("forbidden"),
        "false alarm %": share("ok"),
    }


def kappa(rows: list[dict[str, Any]], other: str) -> float:
    """Cohen's κ of the first labelling and another one of the same rows."""
    pairs = [(row["expected"], row[other]) for row in rows]
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    by_chance = sum(first[answer] * second[answer] for answer in first) / len(pairs) ** 2
    return (sum(a == b for a, b in pairs) / len(pairs) - by_chance) / (1 - by_chance)


def main(words: list[str]) -> int:
    argparse.ArgumentParser(prog="offers", description=__doc__).parse_args(words)
    every = trial_clauses()
    parts = {name: [row for row in every if row["part"] == name] for name in FIRST_LOOK}
    labelled = parts["worked"] + parts["kept"]
    rows: list[Row] = [
        {"clauses": f"{name}, first look", "count": len(parts[name]), **FIRST_LOOK[name]} for name in parts
    ]
    rows += [figures(f"{name}, today", parts[name]) for name in parts]
    rows.append(by_words(every))
    spent = timed(lambda: [judge(row["text"], rulebook(), learned()) for row in every], repeat=3)
    rows.append({"clauses": "milliseconds a clause", "ms": spent["best_s"] * 1000 / len(every)})
    read = [row for row in every if row["second"]]
    apart = [
        f"{row['id']} {row['expected']}/{row['second']}" for row in read if row["expected"] != row["second"]
    ]
    notes = [
        f"A second reader of the same office labelled {len(read)} clauses drawn by chance from their text alone: κ {kappa(read, 'second'):.3f}, "
        f"{len(read) - len(apart)} alike, apart on {'、'.join(apart) or 'none'}; two readers of one office, no outside lawyer.",
        f"The first reader looked at worked and kept again, after the misses were known: κ {kappa(labelled, 'again'):.3f}; weak evidence.",
        "The worked part was used to mend classes of wording, then the kept third was opened once: its first look is the "
        "unseen figure (recall one clause below the bar of 95). A later set, written to be hard by one who knew the words, "
        "came out at 81.8 unseen. All three were mended after their first look: today's figures are fit, not forecasts.",
    ]
    publish(
        "offers",
        "招商协议体检: clauses labelled beforehand",
        rows,
        label="clauses",
        value="recall %",
        notes=notes,
    )
    return 0
