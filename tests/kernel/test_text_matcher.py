"""The matcher: same answers for the same input, never below the list, promises kept, corrections at once."""

import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.text.calibration import (
    Calibration,
    Outside,
    calibration_error,
    kept_threshold,
    wilson_lower,
)
from sanfu.kernel.text.learning import list_weight
from sanfu.kernel.text.listing import ListItem, ListScorer
from sanfu.kernel.text.matcher import Example, Matcher, fold_numbers
from sanfu.kernel.text.near import EventSpace, EventStream, containment, group_events, near_groups, near_pairs
from sanfu.kernel.text.prepare import tidy

# A small town: five classes, each with items and with words that citizens use and the list does not.
TOWN = {
    "市政": (
        ("路灯维修", "道路坑洼", "井盖缺失"),
        ("黑灯瞎火", "坑坑洼洼", "大窟窿", "走路", "晚上", "马路"),
    ),
    "环保": (
        ("噪声扰民", "油烟排放", "河道污染"),
        ("吵得睡不着", "呛人", "发黑发臭", "烟味", "半夜", "机器"),
    ),
    "劳动": (
        ("拖欠工资", "社会保险缴纳", "工伤认定"),
        ("血汗钱", "老板跑了", "没交五险", "打工", "讨薪", "工地"),
    ),
    "教育": (("入学报名", "学校收费", "校车安全"), ("孩子", "上学", "老师", "补课费", "幼儿园", "接送")),
    "卫生": (("医保报销", "医院收费", "食品安全"), ("看病", "住院", "报销", "药", "排队", "挂号")),
}
FILLER = (
    "希望尽快处理",
    "反映多次没有结果",
    "请领导关注",
    "已经半个月了",
    "谢谢",
    "我们小区",
    "这个问题",
    "一直没人管",
)
ITEMS = [
    ListItem(f"{label}{place}", (label,), name)
    for label, (names, _) in TOWN.items()
    for place, name in enumerate(names)
]


def written(label: str, generator: random.Random, with_list_words: float = 0.5) -> str:
    """A message of a class: citizens' words, sometimes the list's, filler, and now and then a stray word."""
    names, words = TOWN[label]
    parts = generator.sample(words, 2) + generator.sample(FILLER, 3)
    if generator.random() < with_list_words:
        parts.append(generator.choice(names))
    if generator.random() < 0.4:
        parts.append(generator.choice(TOWN[generator.choice(list(TOWN))][1]))
    generator.shuffle(parts)
    return "，".join(parts) + f"。编号{generator.randrange(10**6)}"


def history(count: int, seed: int) -> list[Example]:
    generator = random.Random(seed)
    labels = [generator.choice(list(TOWN)) for _ in range(count)]
    return [
        Example(written(label, generator), label, reference=f"{seed}-{number}")
        for number, label in enumerate(labels)
    ]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(ITEMS, history(200, 1))


def accuracy(matcher: Matcher, examples: list[Example]) -> float:
    chosen, _ = matcher.decide([tidy(example.text) for example in examples])
    return float(np.mean([label == example.label for label, example in zip(chosen, examples, strict=True)]))


def test_the_same_input_gives_the_same_answers() -> None:
    one, other = Matcher(ITEMS, history(90, 1)), Matcher(ITEMS, history(90, 1))
    for example in history(10, 2):
        assert one.suggest(example.text) == other.suggest(example.text)


def test_the_order_of_the_list_plays_no_part() -> None:
    shuffled = ITEMS[:]
    random.Random(3).shuffle(shuffled)
    one, other = Matcher(ITEMS, history(90, 1)), Matcher(shuffled, history(90, 1))
    for example in history(10, 2):
        assert one.suggest(example.text) == other.suggest(example.text)


@pytest.mark.parametrize("count", [0, 5, 15, 50])
def test_mixing_is_never_below_the_list_alone(count: int) -> None:
    tested = history(300, 9)
    alone = accuracy(Matcher(ITEMS), tested)
    learned = [
        accuracy(Matcher(ITEMS, history(count, seed), labels=list(TOWN)), tested) for seed in (1, 2, 3)
    ]
    assert np.mean(learned) >= alone - 0.005, (count, alone, learned)


@pytest.mark.slow
def test_corrections_never_cost_what_the_list_gave() -> None:
    """The curve over corrections: each point at least as good as the bare list, the last much better."""
    tested = history(300, 9)
    seen = [example.text for example in history(300, 4)]
    alone = accuracy(Matcher(ITEMS, unlabelled=seen), tested)
    curve = [
        np.mean([accuracy(Matcher(ITEMS, history(count, seed), seen), tested) for seed in (1, 2)])
        for count in (3, 30, 100)
    ]
    assert min(curve) >= alone - 0.005, (alone, curve)
    assert curve[-1] > alone, (alone, curve)


def test_the_list_weighs_what_the_evidence_says() -> None:
    """A list that is right where the SVM guesses weighs more than expected; a list that guesses weighs less."""
    generator = np.random.default_rng(4)
    labels = generator.integers(0, 3, 200)
    right = np.eye(3)[labels] + generator.normal(0, 0.2, (200, 3))
    noise = generator.normal(0, 1, (200, 3))
    assert list_weight(noise, right, labels, 1.0, 0.7) > 2
    assert list_weight(right, noise, labels, 1.0, 0.7) < 0.5
    assert list_weight(right[:0], noise[:0], labels[:0], 1.0, 0.7) == 1.0
    few = list_weight(right[:4], noise[:4], labels[:4], 1.0, 0.7)
    assert 0.5 < few < 1.5, "a few corrections move it a little"


def test_a_long_history_beats_the_list(matcher: Matcher) -> None:
    tested = history(300, 9)
    assert accuracy(matcher, tested) > accuracy(Matcher(ITEMS), tested) + 0.05


@pytest.mark.slow
def test_unlabelled_messages_help_the_bare_list() -> None:
    tested = history(300, 9)
    told = Matcher(ITEMS, unlabelled=[example.text for example in history(300, 4)])
    assert accuracy(told, tested) >= accuracy(Matcher(ITEMS), tested)


def test_a_correction_is_learned_at_once() -> None:
    matcher = Matcher(ITEMS, history(120, 1))
    message = "井盖上面有人摆摊卖早点，油条摊的煤炉子天天熏人"
    wrong = matcher.suggest(message).label
    right = next(label for label in TOWN if label != wrong)
    before = [matcher.suggest(example.text).label for example in history(60, 5)]
    started = time.thread_time()
    matcher.correct(Example(message, right, f"{right}1", "更正"))
    assert time.thread_time() - started < 0.2
    suggestion = matcher.suggest(message)
    assert suggestion.label == right
    assert suggestion.items[0].item.code == f"{right}1"
    assert suggestion.items[0].similar[0].reference == "更正"
    assert matcher.suggest("摊子摆在井盖上面卖早点，煤炉子熏人").label == right
    after = [matcher.suggest(example.text).label for example in history(60, 5)]
    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 3


@pytest.mark.parametrize("said", ["路灯不亮", "路灯整晚不亮没人修，路灯坏了，路灯不亮，路灯的灯杆歪了"])
def test_a_correction_wins_however_well_another_item_fits(said: str) -> None:
    """The desk's word stands even where the list seems sure, and the like of it follows."""
    matcher = Matcher(ITEMS)
    before = matcher.suggest(said)
    other = next(item for item in matcher.scorer.items if item.path[0] != before.items[0].item.path[0])
    matcher.correct(Example(said, other.path[0], other.code, "SQ1"))
    again = matcher.suggest(said)
    assert again.items[0].item == other
    assert again.items[0].similar[0].reference == "SQ1"
    nearly = matcher.suggest(f"{said}。")
    assert nearly.items[0].item == other
    elsewhere = "小区垃圾没人清运，臭气熏天"
    assert matcher.suggest(elsewhere).items[0].item == Matcher(ITEMS).suggest(elsewhere).items[0].item


def test_a_class_without_history_can_be_corrected_to() -> None:
    examples = [example for example in history(200, 1) if example.label != "卫生"]
    matcher = Matcher(ITEMS, examples)
    matcher.correct(Example("体检中心的仪器坏了一周", "卫生"))
    assert matcher.suggest("体检中心的仪器坏了一周").label == "卫生"


def test_correcting_to_an_unknown_class_says_what_to_do(matcher: Matcher) -> None:
    with pytest.raises(KeyError, match="rebuild"):
        matcher.correct(Example("路灯坏了", "没有的类"))


def test_evidence_stands_where_it_says(matcher: Matcher) -> None:
    message = "<p>门口路灯坏了，晚上 黑灯瞎火 没法走路，需要路灯维修</p>"
    suggestion = matcher.suggest(message)
    assert suggestion.label == "市政"
    assert suggestion.items[0].item.name == "路灯维修"
    assert suggestion.evidence
    for item in suggestion.items:
        for evidence in item.evidence:
            assert tidy(message[evidence.start : evidence.end]) == evidence.words
    assert any("路灯" in evidence.words for evidence in suggestion.items[0].evidence)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "  \n",
        "😀" * 3000,
        "<html><body></body></html>",
        "a" * 100_000,
        "水" * 100_000,
        "\ud800路灯",
        "\0",
    ],
)
def test_hostile_messages_get_an_answer_quickly(matcher: Matcher, message: str) -> None:
    before = time.thread_time()
    suggestion = matcher.suggest(message)
    assert time.thread_time() - before < 0.5
    if not tidy(message):
        assert suggestion.label == ""
        assert suggestion.confidence is None


def test_without_history_there_is_no_confidence() -> None:
    suggestion = Matcher(ITEMS, history(20, 1)).suggest("路灯坏了")
    assert suggestion.confidence is None
    assert suggestion.outside is None
    assert Matcher(ITEMS).threshold(0.95) == float("inf")


def test_without_a_list_the_history_is_enough() -> None:
    matcher = Matcher([], history(200, 1))
    assert accuracy(matcher, history(100, 2)) > 0.8
    assert matcher.suggest("老板跑了，血汗钱要不回来").items == ()


def test_a_decoy_is_never_suggested_and_flags_what_is_not_ours() -> None:
    decoys = [
        ListItem("上级1", ("铁路",), "火车票改签退票高铁站台", own=False),
        ListItem("上级2", ("铁路",), "列车晚点旅客铁路", own=False),
    ]
    matcher = Matcher([*ITEMS, *decoys], history(300, 1))
    suggestion = matcher.suggest("高铁列车晚点，火车票改签不了，站台旅客没人管")
    assert suggestion.outside
    assert suggestion.label in TOWN
    assert all(item.item.own for item in suggestion.items)
    assert not matcher.suggest("路灯坏了，晚上黑灯瞎火，请尽快路灯维修").outside


def test_confidence_means_what_it_says(matcher: Matcher) -> None:
    tested = history(800, 11)
    chosen, leads = matcher.decide([tidy(example.text) for example in tested])
    right = np.array([label == example.label for label, example in zip(chosen, tested, strict=True)])
    assert matcher.calibration is not None
    assert calibration_error(matcher.calibration.confidence(leads), right) < 0.08


# --- the promise


def test_wilson_bound_is_below_the_share_and_rises_with_evidence() -> None:
    lower = wilson_lower(np.array([9.0, 90.0, 900.0]), np.array([10.0, 100.0, 1000.0]))
    assert (lower < 0.9).all()
    assert (np.diff(lower) > 0).all()


@pytest.mark.parametrize("promise", [0.9, 0.95])
def test_the_promise_is_kept_in_simulation(promise: float) -> None:
    """Leads are drawn, truth follows a known curve: the real precision above the threshold is exact."""
    generator = np.random.default_rng(0)
    everything = generator.exponential(1.5, 200_000)
    truth = 0.5 + 0.5 * (1 - np.exp(-1.5 * everything))
    kept = 0
    for _ in range(200):
        place = generator.integers(0, len(everything), 800)
        right = generator.random(800) < truth[place]
        threshold = kept_threshold(everything[place], right, promise)
        sent = everything >= threshold
        kept += bool(not sent.any() or truth[sent].mean() >= promise)
    assert kept >= 0.85 * 200  # a one-sided 90% bound, looked at along the whole curve


@given(
    st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=60), st.sampled_from([0.5, 0.8, 0.9, 0.95])
)
@settings(max_examples=150, deadline=None)
def test_threshold_equals_trying_every_cut(rows: list[tuple[float, bool]], promise: float) -> None:
    leads = np.array([lead for lead, _ in rows])
    right = np.array([hit for _, hit in rows], dtype=bool)
    good = []
    for cut in sorted(set(leads.tolist())):
        sent = leads >= cut
        lower = wilson_lower(np.array([float(right[sent].sum())]), np.array([float(sent.sum())]))[0]
        if lower >= promise:
            good.append(cut)
    assert kept_threshold(leads, right, promise) == (min(good) if good else float("inf"))


def test_isotonic_confidence_never_falls() -> None:
    generator = np.random.default_rng(1)
    leads = generator.random(300)
    calibration = Calibration.of(leads, generator.random(300) < leads)
    assert (np.diff(calibration.confidence(np.linspace(-1, 3, 50))) >= 0).all()


def test_the_edge_of_the_list_passes_the_share_it_was_set_for() -> None:
    signs = np.random.default_rng(2).normal(size=(400, 4))
    edge = Outside.of(signs)
    assert (edge.scores(signs) >= edge.threshold).mean() == pytest.approx(0.95, abs=0.01)


# --- sameness


def test_near_duplicates_equal_brute_force() -> None:
    generator = random.Random(4)
    texts = ["".join(generator.choices("甲乙丙丁", k=generator.randrange(4, 24))) for _ in range(40)]
    texts += [text + "戊己" for text in texts[:10]]
    brute = [
        (one, other)
        for one in range(len(texts))
        for other in range(one + 1, len(texts))
        if min(len(texts[one]), len(texts[other])) >= 6 and containment(texts[one], texts[other]) >= 0.5
    ]
    assert near_pairs(texts).tolist() == [list(pair) for pair in brute]


def test_folds_never_cut_a_group_and_depend_on_the_seed_only() -> None:
    texts = [tidy(example.text) for example in history(100, 1)]
    texts += [text + "再次反映" for text in texts[:30]]
    groups = near_groups(texts)
    labels = np.arange(len(texts)) % 3
    folds = fold_numbers(groups, labels, 5, seed=1)
    assert (folds == fold_numbers(groups, labels, 5, seed=1)).all()
    for group in np.unique(groups):
        assert len(set(folds[groups == group].tolist())) == 1
    assert (groups[:30] == groups[100:]).all()
    assert np.bincount(folds, minlength=5).min() > 10


def test_the_list_scorer_ranks_an_item_by_its_own_words_first() -> None:
    scorer = ListScorer(ITEMS, [])
    scores = scorer.scores([tidy(item.name) for item in scorer.items])
    assert scores.argmax(axis=1).tolist() == list(range(len(ITEMS)))


EVENTS = (
    ["金桂园小区三号楼电梯坏了三天", "金桂园小区三号楼电梯又停了老人下不来楼", "金桂园小区电梯坏了一直没修"],
    ["东湖路夜里打桩施工扰民", "东湖路夜里打桩吵得睡不着觉", "东湖路施工打桩噪音太大"],
    ["红旗中学食堂饭菜里有虫子", "红旗中学食堂的饭菜又吃出虫", "红旗中学食堂饭菜不卫生有虫"],
)


def test_events_are_grouped_offline_and_online_alike() -> None:
    texts = [tidy(text) for row in zip(*EVENTS, strict=True) for text in row]
    wanted = [0, 1, 2] * 3
    groups = group_events(texts, 0.15)
    assert len(set(zip(groups.tolist(), wanted, strict=True))) == 3
    stream = EventStream(EventSpace(texts), 0.15)
    joined = [stream.add(text) for text in texts]
    assert joined == wanted
    assert stream.sizes == [3, 3, 3]


def test_a_new_subject_begins_a_new_event() -> None:
    stream = EventStream(EventSpace([]), 0.2)
    assert [stream.add("路灯坏了很久"), stream.add("拖欠工资三个月")] == [0, 1]
    assert stream.candidates("路灯坏了")[0] == 0
    assert stream.candidates("xyz") == (-1, 0.0)
