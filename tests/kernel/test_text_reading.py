"""Messages are read: prepared, split into points, searched for danger and places."""

import itertools
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.text.grams import Vocabulary, gram_keys, gram_text, shingle_keys
from sanfu.kernel.text.mentions import EmergencyLexicon, Place, find_emergencies, find_places
from sanfu.kernel.text.points import split_points
from sanfu.kernel.text.prepare import HEAD_LETTERS, TAIL_LETTERS, prepare, tidy
from sanfu.records.content import read_yaml

HERE = Path(__file__).parent
CONTENT = HERE.parents[1] / "content" / "requests"
SPLITS = read_yaml(HERE / "text_points.yaml")
DANGERS = read_yaml(HERE / "text_emergencies.yaml")


@pytest.fixture(scope="module")
def lexicon() -> EmergencyLexicon:
    content = read_yaml(CONTENT / "emergencies.yaml")
    return EmergencyLexicon.of(content)


# --- preparation


def test_width_case_and_punctuation_are_one() -> None:
    assert tidy("ＡＢ１２「路灯」﹐坏了") == "ab12“路灯”,坏了"


def test_html_is_read_as_text() -> None:
    assert tidy("<p>路灯&nbsp;<b>坏</b>了</p><script>alert(1)</script>&lt;急&gt;") == "路灯坏了<急>"


def test_comparison_signs_are_not_tags() -> None:
    assert tidy("浓度<5 而且 >3") == "浓度<5而且>3"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_every_letter_knows_where_it_stood(message: str) -> None:
    prepared = prepare(message)
    assert len(prepared.offsets) == len(prepared.text)
    assert all(0 <= place < len(message) for place in prepared.offsets)
    assert all(one < other for one, other in zip(prepared.offsets, prepared.offsets[1:], strict=False))


def test_a_span_leads_back_to_what_was_typed() -> None:
    message = "<p>请问 <b>路 灯</b> 坏了</p>"
    prepared = prepare(message)
    start = prepared.text.index("路灯")
    begin, end = prepared.span(start, start + 2)
    assert message[begin:end] == "路 灯"


def test_a_hundred_thousand_letters_are_bounded() -> None:
    message = "开头的路灯" + "水" * 100_000 + "结尾的井盖"
    before = time.thread_time()
    prepared = prepare(message)
    assert time.thread_time() - before < 0.2
    assert len(prepared.text) <= HEAD_LETTERS + TAIL_LETTERS
    assert prepared.text.startswith("开头的路灯")
    assert prepared.text.endswith("结尾的井盖")
    assert message[prepared.offsets[-1]] == "盖"


@pytest.mark.parametrize(
    "message", ["", "   ", "\n\t", "<br>", "\u200b\ufeff", "<" * 5000, "&" * 5000, "\ud800"]
)
def test_odd_messages_are_read_without_complaint(message: str) -> None:
    assert isinstance(tidy(message), str)
    split_points(message)


def test_many_open_brackets_cost_little() -> None:
    before = time.thread_time()
    tidy("<a " * 33_000)
    tidy("<!--" * 25_000)
    tidy("<script>" * 12_000)
    assert time.thread_time() - before < 1.0


# --- grams


@given(st.text(alphabet="路灯坏了abc😀𠀀", max_size=30))
@settings(max_examples=100, deadline=None)
def test_gram_keys_are_the_grams(text: str) -> None:
    wanted = [text[place : place + size] for size in (1, 2, 3) for place in range(len(text) - size + 1)]
    assert sorted(gram_text(int(key)) for key in gram_keys(text)) == sorted(wanted)


@given(st.text(alphabet="甲乙丙", max_size=25), st.text(alphabet="甲乙丙", max_size=25))
@settings(max_examples=100, deadline=None)
def test_shingles_are_shared_exactly_where_letters_are(one: str, other: str) -> None:
    def runs(text: str) -> set[str]:
        return {text[place : place + 6] for place in range(len(text) - 5)}

    shared = set(shingle_keys(one).tolist()) & set(shingle_keys(other).tolist())
    assert len(shared) == len(runs(one) & runs(other))
    assert len(shingle_keys(one)) == len(runs(one))


def test_counts_leave_unknown_grams_out() -> None:
    vocabulary = Vocabulary.of([gram_keys("路灯", 1)])
    counts = vocabulary.counts([gram_keys("灯灯井", 1), gram_keys("井", 1), gram_keys("", 1)])
    assert counts.toarray().sum(axis=1).tolist() == [2, 0, 0]


# --- points


def _expected(marked: str) -> tuple[str, set[int]]:
    plain, seams = "", set()
    for number, part in enumerate(marked.split("‖")):
        if number and plain:
            seams.add(len(plain))
        plain += part
    return plain, seams


@pytest.mark.parametrize("marked", SPLITS["words"] + SPLITS["one"])
def test_points_are_told_apart(marked: str) -> None:
    plain, seams = _expected(marked)
    points = split_points(plain)
    found = {point.start for point in points} - {0} if len(points) > 1 else set()
    assert found == seams


@given(st.text(alphabet="一二三是、。1.2另外还有，路灯坏了\n （）首先其次", max_size=200))
@settings(max_examples=200, deadline=None)
def test_points_are_stretches_of_the_message_in_order(message: str) -> None:
    points = split_points(message)
    for point in points:
        assert message[point.start : point.end] == point.text
    for one, other in itertools.pairwise(points):
        assert one.end <= other.start
    assert bool(points) == bool(message.strip())


def test_a_turn_of_topic_splits_where_a_judge_sees_it() -> None:
    def topics(stretches: list[str]) -> list[str | None]:
        return ["路灯" if "灯" in text else "工资" if "工资" in text else None for text in stretches]

    message = "村口的路灯坏了很久。晚上没有灯很危险。老板拖欠我三个月工资。工资条也没有。"
    points = split_points(message, topics)
    assert [point.text for point in points] == [message[:19], message[19:]]
    assert len(split_points(message)) == 1


def test_splitting_a_huge_message_is_cheap() -> None:
    before = time.thread_time()
    split_points("一是路灯不亮；" * 15_000)
    assert time.thread_time() - before < 1.0


# --- emergencies


@pytest.mark.parametrize("case", DANGERS, ids=lambda case: case["text"][:14])
def test_danger_is_diverted_and_stories_are_not(
    case: dict[str, str | None], lexicon: EmergencyLexicon
) -> None:
    lines = {mention.line for mention in find_emergencies(str(case["text"]), lexicon)}
    assert (case["line"] in lines) if case["line"] else not lines


def test_danger_now_outranks_danger_told(lexicon: EmergencyLexicon) -> None:
    found = find_emergencies("现在楼里着火了！还有老人昏迷。", lexicon)
    assert [mention.kind for mention in found] == ["火灾", "危重伤病"]
    assert found[0].now
    assert found[0].words == "着火"


def test_every_kind_has_a_line_and_advice(lexicon: EmergencyLexicon) -> None:
    for kind in lexicon.kinds:
        assert kind.line in {"110", "119", "120"}
        assert kind.advice
        assert kind.words


@pytest.mark.parametrize(
    "content",
    [{}, {"kinds": []}, {"kinds": [{"kind": "火灾"}], "around": {}}, {"kinds": [], "around": {"past": "x"}}],
)
def test_a_broken_lexicon_is_named(content: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="emergencies"):
        EmergencyLexicon.of(content)


def test_danger_search_is_cheap_on_a_huge_message(lexicon: EmergencyLexicon) -> None:
    before = time.thread_time()
    find_emergencies("着火" * 50_000, lexicon)
    assert time.thread_time() - before < 3.0


# --- places

GAZETTEER = [
    Place("青溪镇", "town", "QX"),
    Place("柳岸社区", "village", "QX01", ("柳岸",)),
    Place("柳岸", "village", "OTHER"),
    Place("和平路", "road"),
]


def test_gazetteer_names_come_with_their_code() -> None:
    hints = find_places("青溪镇柳岸社区门口的和平路积水", GAZETTEER)
    assert [(hint.words, hint.code) for hint in hints] == [
        ("青溪镇", "QX"),
        ("柳岸社区", "QX01"),
        ("和平路", ""),
    ]


def test_places_outside_the_gazetteer_are_hinted_by_shape() -> None:
    hints = find_places("我住在锦绣花园，旁边的文昌路32号一直施工")
    assert [(hint.words, hint.kind) for hint in hints] == [("锦绣花园", "estate"), ("文昌路32号", "road")]


@given(st.text(alphabet="青溪镇柳岸社区和平路我住在的小3号马", max_size=60))
@settings(max_examples=100, deadline=None)
def test_place_hints_do_not_overlap(message: str) -> None:
    hints = find_places(message, GAZETTEER)
    for hint in hints:
        assert message[hint.start : hint.end] == hint.words
    for one, other in itertools.pairwise(hints):
        assert one.end <= other.start


def test_order_of_the_gazetteer_plays_no_part() -> None:
    shuffled = GAZETTEER[:]
    random.Random(1).shuffle(shuffled)
    message = "柳岸社区和柳岸的和平路"
    assert find_places(message, shuffled) == find_places(message, GAZETTEER)
