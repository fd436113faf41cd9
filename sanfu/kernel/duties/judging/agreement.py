"""Agreement of two labellers (一致性): raw share and Cohen's kappa over pairs of labels."""

from collections import Counter
from collections.abc import Sequence


def agreement(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """(share of equal labels, Cohen's kappa) of at least one pair; kappa is 1.0 where chance alone agrees always."""
    if not pairs:
        raise ValueError("没有两遍都标注的样例，无法计算一致性")
    size = len(pairs)
    same = sum(first == second for first, second in pairs) / size
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(firsts[label] * seconds[label] for label in firsts) / size**2
    return same, (same - chance) / (1 - chance) if chance < 1 else 1.0
