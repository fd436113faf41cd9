"""What a suggestion costs: counting grams beside scikit-learn, whole suggestions by size of the history.

The history is made from the shipped list's own phrasings (演示). Figures on a labelled history come from
`sanfu matcher evaluate`.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from bench.report import Row, publish, timed
from sanfu.kernel.text.grams import Vocabulary, gram_keys
from sanfu.kernel.text.listing import ListItem
from sanfu.kernel.text.matcher import Example, Matcher
from sanfu.kernel.text.prepare import tidy
from sanfu.lists.content import load_decoys, load_requests
from sanfu.lists.items import RequestItem
from sanfu.records.content import CONTENT

SAID_BY_ALL = ("请尽快处理", "反映多次没人管", "希望领导重视", "已经打过电话", "居民意见很大", "谢谢")


def shipped() -> tuple[tuple[RequestItem, ...], list[ListItem]]:
    """The shipped list and its form for the matcher, decoys included."""
    items = load_requests(CONTENT / "requests", CONTENT / "organisations" / "demo.yaml").items
    own = [ListItem(one.code, (one.l1, one.l2, one.l3), one.name, one.says, one.keys) for one in items]
    decoys = load_decoys(CONTENT / "requests" / "decoys.yaml")
    outside = [ListItem(one.code, ("清单外",), one.name, one.says, one.keys, own=False) for one in decoys]
    return items, own + outside


def history(items: Sequence[RequestItem], count: int, letters: int, seed: int = 1) -> list[Example]:
    """Messages of about that many letters: phrasings of one item, what everybody says, and stray phrasings."""
    generator = random.Random(seed)
    made: list[Example] = []
    for number in range(count):
        item = generator.choice(items)
        parts = [*generator.sample(item.says, min(2, len(item.says)))]
        while sum(map(len, parts)) < letters:
            parts.append(generator.choice((*SAID_BY_ALL, generator.choice(generator.choice(items).says))))
        generator.shuffle(parts)
        made.append(Example("，".join(parts), item.l1, item.code, f"演示{number}"))
    return made


def counting(texts: list[str]) -> list[Row]:
    """Grams of one to three letters: same matrix, two ways; the shapes and sums are compared first."""

    def ours() -> tuple[int, float]:
        keys = [gram_keys(text) for text in texts]
        counts = Vocabulary.of(keys).counts(keys)
        return counts.shape[1], float(counts.sum())

    def theirs() -> tuple[int, float]:
        counts = CountVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False).fit_transform(texts)
        return counts.shape[1], float(counts.sum())

    if ours() != theirs():
        raise SystemExit(f"the two ways disagree: {ours()} and {theirs()}")
    rows: list[Row] = []
    for name, work in (("sanfu grams", ours), ("scikit-learn CountVectorizer", theirs)):
        rows.append({"way": name, "µs a message": timed(work)["median_s"] / len(texts) * 1e6})
    return rows


def suggesting(items: Sequence[RequestItem], listed: list[ListItem], sizes: Sequence[int]) -> list[Row]:
    """Building, one suggestion with evidence, and one correction, by size of the history."""
    asked = [example.text for example in history(items, 200, 240, seed=2)]
    rows: list[Row] = []
    for size in sizes:
        examples = history(items, size, 240)
        began = time.thread_time()
        matcher = Matcher(listed, examples)
        built = time.thread_time() - began
        spent = np.array([_spent(partial(matcher.suggest, text)) for text in asked])
        corrected = [_spent(partial(matcher.correct, one)) for one in history(items, 20, 240, seed=3)]
        rows.append(
            {
                "history": size,
                "build s": built,
                "suggest p50 ms": float(np.percentile(spent, 50)),
                "suggest p99 ms": float(np.percentile(spent, 99)),
                "correct p50 ms": float(np.median(corrected)),
            }
        )
    return rows


def _spent(work: Callable[[], object]) -> float:
    """Milliseconds of processor time of this thread."""
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="matcher", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 500, 2000, 5000])
    args = parser.parse_args(words)
    items, listed = shipped()
    texts = [tidy(example.text) for example in history(items, 1000, 240)]
    publish(
        "grams",
        "Counting letter grams of 1 to 3 letters, 1,000 messages of about 240 letters",
        counting(texts),
        label="way",
        value="µs a message",
        notes=["Both give the same number of grams and the same total before they are timed."],
    )
    publish(
        "matcher",
        f"Suggestions against {len(listed)} items, messages of about 240 letters",
        suggesting(items, listed, args.sizes),
        label="history",
        value="suggest p99 ms",
        notes=[
            "Processor time of one thread; a suggestion comes with spans and similar past messages.",
            "History and questions are synthetic, made from the shipped list's phrasings.",
        ],
    )
    return 0
