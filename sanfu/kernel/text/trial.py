"""Trial of the matcher on a town's own history: the figures a town reads before it trusts it (试评).

Every figure is of messages that the model did not learn from; near-duplicates never stand on both sides of a
cut; choices and thresholds come from the training side alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from sanfu.kernel.text.calibration import calibration_error
from sanfu.kernel.text.learning import per_label
from sanfu.kernel.text.listing import ListItem
from sanfu.kernel.text.matcher import fold_numbers
from sanfu.kernel.text.near import near_groups, near_pairs
from sanfu.kernel.text.prepare import tidy
from sanfu.kernel.text.trial_cut import (
    FEW,
    PROMISE,
    Cut,
    FewHits,
    Figures,
    Hits,
    ListPart,
    MainPart,
    Message,
    Plan,
    SidePart,
    bare_part,
    baseline_part,
    main_part,
    side_part,
    time_part,
)

Tell = Callable[[str], None]
Job = Callable[[], Any]
# Does all jobs, in any order or beside each other, and hands back their results in the order of the jobs.
Each = Callable[[Sequence[Job]], Iterable[Any]]


def one_by_one(jobs: Sequence[Job]) -> Iterable[Any]:
    """All jobs in this process."""
    return [job() for job in jobs]


def fold_cuts(messages: Sequence[Message], folds: int, seed: int) -> tuple[list[Cut], int]:
    """Folds without near-duplicates across a cut, and the number of near-duplicate groups of two or more."""
    groups = near_groups([tidy(message.text) for message in messages])
    labels = sorted({message.label for message in messages})
    numbers = fold_numbers(groups, per_label([message.label for message in messages], labels), folds, seed)
    cuts = [Cut(np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold)) for fold in range(folds)]
    return cuts, int((np.unique(groups, return_counts=True)[1] > 1).sum())


def held_out_cut(history: Sequence[Message], test: Sequence[Message]) -> tuple[Cut, int]:
    """Cut of `history + test`; history rows that nearly repeat a test row are dropped and counted."""
    texts = [tidy(message.text) for message in (*history, *test)]
    dropped = np.zeros(len(history), np.bool_)
    for one, other in near_pairs(texts):
        if one < len(history) <= other:
            dropped[one] = True
    asked = {text for text in texts[len(history) :] if text}
    for place, text in enumerate(texts[: len(history)]):
        dropped[place] |= text in asked
    return Cut(np.flatnonzero(~dropped), np.arange(len(history), len(texts))), int(dropped.sum())


def share(right: Hits) -> float:
    """Share of true values, 0 of none."""
    return round(float(right.mean()), 4) if len(right) else 0.0


def main_figures(parts: Sequence[MainPart]) -> Figures:
    """Accuracy, F1, calibration and coverage at the kept promise."""
    truth = [label for part in parts for label in part.truth]
    guessed = [label for part in parts for label in part.chosen]
    confident = np.array([value for part in parts for value in part.confident])
    right = np.concatenate([part.right for part in parts])
    sent = np.concatenate([part.sent for part in parts])
    names = sorted(set(truth))
    per_class = f1_score(truth, guessed, labels=names, average=None, zero_division=0)
    error = calibration_error(confident, right) if len(confident) == len(right) else None
    return {
        "accuracy": share(right),
        "macro_f1": round(float(np.mean(per_class)), 4),
        "f1_by_class": {name: round(float(value), 4) for name, value in zip(names, per_class, strict=True)},
        "coverage_at_95": share(sent),
        "precision_kept": share(right[sent]) if sent.any() else None,
        "promise": {"promised": PROMISE, "sent": int(sent.sum()), "sent_right": int(right[sent].sum())},
        "ece": round(error, 4) if error is not None else None,
    }


def baseline_figures(truth: Sequence[str], parts: Sequence[dict[str, list[str]]]) -> Figures:
    """The peers in the same table on the same cuts."""
    names = sorted(set(truth))
    table: Figures = {}
    for name in parts[0]:
        chosen = [label for part in parts for label in part[name]]
        right = np.array([one == other for one, other in zip(truth, chosen, strict=True)], np.bool_)
        f1 = f1_score(truth, chosen, labels=names, average="macro", zero_division=0)
        table[name] = {"accuracy": share(right), "macro_f1": round(float(f1), 4)}
    return table


def list_figures(parts: Sequence[ListPart]) -> Figures:
    """Shares of hits over all cuts."""
    table: Figures = {
        name: share(np.concatenate([part.hits[name] for part in parts])) for name in parts[0].hits
    }
    off_tree = sum(part.off_tree for part in parts)
    return table | {"classes_of_the_tree": parts[0].classes, "rows_off_the_tree": off_tree}


def few_figures(parts: Sequence[SidePart]) -> Figures:
    """Accuracy after n corrected messages a class; beside it the SVM alone, the reason why the list stays."""
    curve: Figures = {}
    for count in FEW:
        draws: list[FewHits] = [draw for part in parts for draw in part.few[count]]
        alone = np.concatenate([draw.alone for draw in draws])
        curve[str(count)] = {
            "accuracy": share(np.concatenate([draw.mixed for draw in draws])),
            "svm_alone": share(alone) if count else None,
            "list_weight": round(float(np.median([draw.list_weight for draw in draws])), 3),
        }
    return curve


def outside_figures(parts: Sequence[SidePart]) -> Figures:
    """Each class of the history hidden in turn: is a message of it flagged while listed ones pass?"""
    names = ("auroc", "flagged_at_95_pass", "flagged_at_own_threshold", "passed_at_own_threshold")
    tables: dict[bool, Figures] = {}
    for named in (True, False):
        rows = [row for part in parts for row in part.outside[named]]
        means = np.mean(rows, axis=0).round(4).tolist() if rows else []
        tables[named] = dict(zip(names, means, strict=True)) if rows else {}
    return tables[True] | {"decoys_without_the_hidden_class": tables[False]}


def _done(tell: Tell, name: str, job: Job) -> Any:
    """Do a job and say so."""
    result = job()
    tell(name)
    return result


def _job(tell: Tell, name: str, part: Callable[[Plan, int], Any], plan: Plan, number: int) -> Job:
    said = f"{name}: cut {number + 1} of {len(plan.cuts)}"
    return partial(_done, tell, said, partial(part, plan, number))


def _main_alone(plan: Plan, number: int) -> MainPart:
    return main_part(plan, number)[0]


def evaluate(
    plan: Plan, tell: Tell, each: Each = one_by_one, bare: Sequence[ListItem] | None = None
) -> dict[str, Any]:
    """All figures; `tell` hears about progress; `bare`: the list without phrasings, for the same list-only figures.

    The last cut is decided first and its messages timed while nothing else runs; the rest goes to `each`.
    """
    last = len(plan.cuts) - 1
    main, matcher = main_part(plan, last)
    tell(f"whole matcher: cut {last + 1} of {len(plan.cuts)}")
    spent = time_part(plan, last, matcher)
    looked_at = range(1 if plan.quick else len(plan.cuts))
    plain = replace(plan, items=bare) if bare is not None else None
    jobs = [_job(tell, "list, corrections and edge", side_part, plan, number) for number in looked_at]
    jobs += [_job(tell, "whole matcher", _main_alone, plan, number) for number in range(last)]
    jobs += [_job(tell, "list without phrasings", bare_part, plain, number) for number in looked_at if plain]
    jobs += [_job(tell, "baselines", baseline_part, plan, number) for number in range(len(plan.cuts))]
    results = list(each(jobs))
    sides, rest = results[: len(looked_at)], results[len(looked_at) :]
    mains, rest = [*rest[:last], main], rest[last:]
    bares, baselines = (rest[: len(looked_at)], rest[len(looked_at) :]) if plain else ([], rest)
    listed = list_figures([side.listed for side in sides])
    return {
        **main_figures(mains),
        "baselines": baseline_figures([label for part in mains for label in part.truth], baselines),
        "list_only": listed | ({"without_phrasings": list_figures(bares)} if bares else {}),
        "few_shot": few_figures(sides),
        "out_of_list": outside_figures(sides),
        "ms_per_message": spent,
    }
