"""Grouping messages about the same event: average link offline, single pass online, near-duplicates alone.

The messages are synthetic (演示): each event has a place, a matter and several ways to tell it; each message
draws some of them, adds what others say too, and sometimes drops letters. Different events share places or
matters on purpose. The threshold is chosen on other events than it is tested on.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence

import numpy as np

from bench.report import Row, publish
from sanfu.kernel.text.near import EventSpace, EventStream, group_events, near_groups
from sanfu.kernel.text.prepare import tidy

PLACES = (
    "金桂园小区", "东湖路", "红旗中学", "柳岸社区", "青溪大桥", "望江菜场", "松林花苑", "北塘工业园",
    "河畔新村", "银杏路小学", "南泾公寓", "梧桐里", "城南客运站", "碧水湾", "学府路", "港城广场",
)  # fmt: skip
MATTERS = (
    ("电梯", ("电梯又停了", "电梯坏了三天没人修", "老人被关在电梯里", "电梯天天出故障", "上下楼只能爬楼梯")),
    ("夜间施工", ("工地半夜打桩", "夜里施工吵得睡不着", "混凝土搅拌到凌晨", "施工噪音太大", "打桩机震得窗户响")),
    ("停水", ("又停水了", "停水没有通知", "家里两天没水用", "自来水停了", "水龙头一滴水也没有")),
    ("油烟", ("烧烤店油烟呛人", "饭店油烟直排", "窗户不敢开全是油烟", "烟熏火燎", "排烟管对着居民楼")),
    ("停车", ("车位被人占了", "消防通道停满了车", "停车收费太贵", "没有地方停车", "乱停车把路堵死了")),
    ("污水", ("下水道堵了", "污水流到路上", "臭气熏天", "化粪池满了没人清", "脏水倒灌进一楼")),
    ("欠薪", ("拖欠三个月工资", "老板不发工钱", "干活不给钱", "工资一拖再拖", "几十个工人没拿到工资")),
    ("路灯", ("路灯不亮", "晚上黑灯瞎火", "路灯坏了半个月", "一整条路没有灯", "走夜路害怕")),
)  # fmt: skip
LINKS = ("", "的", "这里", "附近")
SAID_BY_ALL = (
    "请尽快处理",
    "反映多次没人管",
    "希望领导重视",
    "已经打过电话",
    "居民意见很大",
    "给个说法",
    "谢谢",
)
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(2, 17))


def messages(events: int, seed: int) -> tuple[list[str], list[int]]:
    """Messages in the order they came, and the event of each (−1: alone)."""
    generator = random.Random(seed)
    pairs = [(place, matter) for place in PLACES for matter in MATTERS]
    generator.shuffle(pairs)
    told: list[tuple[str, int]] = []
    for event, (place, (name, ways)) in enumerate(pairs[:events]):
        told += [(_told(place, name, ways, generator), event) for _ in range(generator.choice((3, 5, 8, 15)))]
    for place, (name, ways) in pairs[events : events + 60]:
        told.append((_told(place, name, ways, generator), -1))
    generator.shuffle(told)
    return [tidy(text) for text, _ in told], [event for _, event in told]


def _told(place: str, name: str, ways: Sequence[str], generator: random.Random) -> str:
    parts = [
        f"{place}{generator.choice(LINKS)}{name}",
        *generator.sample(ways, generator.randint(1, 3)),
    ]
    parts += generator.sample(SAID_BY_ALL, generator.randint(1, 3))
    rest = parts[1:]
    generator.shuffle(rest)
    text = "，".join([parts[0], *rest])
    return "".join(letter for letter in text if generator.random() > 0.02)


def scores(found: Sequence[int], wanted: Sequence[int]) -> tuple[float, float, float]:
    """Mean precision, recall and F of the group that holds most of each event."""
    groups, events = np.array(found), np.array(wanted)
    rows = []
    for event in sorted(set(wanted) - {-1}):
        inside = events == event
        names, counts = np.unique(groups[inside], return_counts=True)
        best = names[counts.argmax()]
        hit = float(counts.max())
        rows.append((hit / float((groups == best).sum()), hit / float(inside.sum())))
    precision, recall = np.mean(rows, axis=0)
    return float(precision), float(recall), float(np.mean([2 * p * r / (p + r) for p, r in rows]))


def online(texts: Sequence[str], threshold: float) -> list[int]:
    """Single pass; what is rare is learned from the first third, as a town's history would."""
    stream = EventStream(EventSpace(texts[: len(texts) // 3]), threshold)
    return [stream.add(text) for text in texts]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="events", description=__doc__)
    parser.add_argument("--events", type=int, default=40)
    args = parser.parse_args(words)
    learned_on, tested_on = messages(args.events, 1), messages(args.events, 2)
    ways: dict[str, Callable[[Sequence[str], float], Sequence[int]]] = {
        "average link, offline": lambda texts, cut: group_events(texts, cut).tolist(),
        "single pass, online": online,
    }
    rows: list[Row] = []
    for name, group in ways.items():
        best = max(THRESHOLDS, key=lambda cut: scores(group(learned_on[0], cut), learned_on[1])[2])
        began = time.perf_counter()
        found = group(tested_on[0], best)
        spent = time.perf_counter() - began
        rows.append(_row(name, best, scores(found, tested_on[1]), spent, len(found)))
    began = time.perf_counter()
    found = near_groups(tested_on[0]).tolist()
    rows.append(
        _row(
            "near-duplicates alone",
            None,
            scores(found, tested_on[1]),
            time.perf_counter() - began,
            len(found),
        )
    )
    publish(
        "events",
        f"Grouping {len(tested_on[0])} messages of {args.events} events and 60 single ones",
        rows,
        label="way",
        value="F",
        notes=[
            "Synthetic messages; threshold chosen on other events (another seed) than it is tested on.",
            "Precision and recall of the group that holds most of an event, mean over events.",
        ],
    )
    return 0


def _row(way: str, cut: float | None, found: tuple[float, float, float], spent: float, count: int) -> Row:
    precision, recall, f = (round(value, 3) for value in found)
    return {
        "way": way,
        "threshold": cut,
        "precision": precision,
        "recall": recall,
        "F": f,
        "ms a message": spent / count * 1000,
    }
