"""Codes against independent check-digit code, and personal data found in what people write."""

from datetime import date
from itertools import pairwise

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.codes import (
    AreaCode,
    AreaLevel,
    BadCode,
    CreditCode,
    IdNumber,
    ItemCode,
    ItemCodeForm,
    Personal,
    find_personal,
    mask,
)
from sanfu.kernel.codes.credit import CREDIT_ALPHABET, credit_check, id_check, organisation_check
from sanfu.kernel.codes.items import type_code

ALPHABET = st.sampled_from(CREDIT_ALPHABET)


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    """Made-up codes with right check characters; area 329900 does not exist."""
    head = draw(st.sampled_from(["11", "91", "92", "93", "51", "N2"])) + "329900"
    body = "".join(draw(st.lists(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"), min_size=8, max_size=8)))
    organisation = body + organisation_check(body)
    return head + organisation + credit_check(head + organisation)


@pytest.mark.slow
@given(credit_codes())
@settings(max_examples=200, deadline=None)
def test_right_codes_pass_here_and_elsewhere(code: str) -> None:
    parsed = CreditCode.parse(f" {code.lower()[:9]} {code[9:]}")
    assert str(parsed) == code
    assert (parsed.area, parsed.organisation_checks) == ("329900", True)
    assert code[0] == "N" or stdnum.cn.uscc.is_valid(code)  # it knows no letters in front


@pytest.mark.slow
@given(credit_codes(), st.integers(0, 17), ALPHABET)
@settings(max_examples=200, deadline=None)
def test_one_wrong_letter_is_always_found(code: str, place: int, letter: str) -> None:
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong != code:
        with pytest.raises(BadCode):
            CreditCode.parse(wrong)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("9132990012345", "应为18位"),
        ("9132990O123456789X", "第8位“O”不能用（代码里没有"),
        ("91A29900123456789X", "行政区划数字"),
        ("TE3299001234567890", "校验位应为"),
    ],
)
def test_wrong_codes_say_what_is_wrong(raw: str, words: str) -> None:
    with pytest.raises(BadCode, match=words):
        CreditCode.parse(raw)


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1930, 1, 1), date(2025, 12, 31)))
    body = "329900" + born.strftime("%Y%m%d") + f"{draw(st.integers(1, 999)):03}"
    return body + id_check(body)


@given(id_numbers(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
@settings(max_examples=100, deadline=None)
def test_identity_numbers(text: str, day: date) -> None:
    parsed = IdNumber.parse(text.lower())
    assert stdnum.cn.ric.calc_check_digit(text) == text[17]
    assert parsed.born.strftime("%Y%m%d") == text[6:14]
    assert parsed.female == (int(text[16]) % 2 == 0)
    age = parsed.age(day)
    assert 365.24 * age - 1 <= (day - parsed.born).days < 365.26 * (age + 1) + 1
    assert text[4:13] not in f"{parsed} {parsed!r}"
    [span] = find_personal(f"身份证{text}，请查收")
    assert (span.kind, span.text) == (Personal.IDENTITY, text)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("32990019900101", "18位"),
        ("329900199002301234", "不是真实日期"),
        ("329900199001011239", "校验位"),
    ],
)
def test_wrong_identity_numbers_say_what_without_repeating_them(raw: str, words: str) -> None:
    with pytest.raises(BadCode, match=words) as caught:
        IdNumber.parse(raw)
    assert raw not in str(caught.value)


def test_areas_know_their_level_and_parents() -> None:
    village = AreaCode.parse("329900101003")
    chain = [village]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    assert [str(a) for a in chain] == ["329900101003", "329900101", "329900", "320000"]
    assert AreaCode.parse("329900101000").level is AreaLevel.TOWN
    assert AreaCode.parse("320582000000").level is AreaLevel.COUNTY
    assert AreaCode.parse("320000").contains(village)
    assert not AreaCode.parse("320582").contains(village)
    for raw in ("32990", "990000", "32a900"):
        with pytest.raises(BadCode):
            AreaCode.parse(raw)


UNIT = "11329900MB123456" + "0"
UNIT18 = UNIT + credit_check(UNIT)


@pytest.mark.parametrize(
    ("raw", "form", "variant", "kind"),
    [
        ("320100101000", ItemCodeForm.BASE, False, ""),
        ("000111001000", ItemCodeForm.BASE, False, ""),
        ("000111001000"[:2] + "01" + "16001002", ItemCodeForm.BASE, False, "行政许可"),
        ("32070100101000", ItemCodeForm.BASE, True, ""),
        (UNIT18 + "3" + "000116001002", ItemCodeForm.IMPLEMENTATION, False, "行政许可"),
        (UNIT18 + "3" + "00011600100201", ItemCodeForm.HANDLING, False, "行政许可"),
        (UNIT18 + "3" + "32990116001002", ItemCodeForm.IMPLEMENTATION, True, ""),
        (UNIT18 + "3" + "3207011600100201", ItemCodeForm.HANDLING, True, ""),
    ],
)
def test_item_codes_of_the_standard_and_of_provinces(
    raw: str, form: ItemCodeForm, variant: bool, kind: str
) -> None:
    code = ItemCode.parse(raw)
    assert (code.form, code.variant) == (form, variant)
    assert code.base in raw
    if kind:
        assert code.type_name == kind


def test_wrong_item_codes_are_refused() -> None:
    for raw in ("12345", "3201-0010？000", UNIT18[:17] + "?" + "3000116001002", "1" * 31):
        with pytest.raises(BadCode):
            ItemCode.parse(raw)
    assert type_code("1") == "01"
    with pytest.raises(BadCode, match="不在标准之内"):
        type_code("77")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请回电13800000000谢谢", "请回电138****0000谢谢"),
        ("电话 138 0000 0000", "电话 138******0000"),
        ("０５１２-58000000转3", "０５１２*******00转3"),
        ("电话：58000000", "电话：5*******"),
        ("座机5800 0000，短号66801", "座机5********，短号6****"),
        ("(0512)58000000", "(051********00"),
        ("车牌苏E·A1234停在门口", "车牌苏E*****4停在门口"),
        ("粤B12345D占道充电", "粤B*****D占道充电"),
        ("发到li.si+1@example.com", "发到l***@example.com"),
        ("卡号6222 0000 0000 0000 004", "卡号6222*************** 004"),
        ("我叫张三，住在望江镇", "我叫张*，住在望江镇"),
        ("联系人：欧阳小明，手机13900000001", "联系人：欧***，手机139****0001"),
        ("王先生反映路灯不亮", "王先生反映路灯不亮"),
        ("刘建国先生反映路灯不亮", "刘**先生反映路灯不亮"),
        ("身份证号329900199001011234", "身份证号329*************34"),
        ("老身份证329900900101123办理", "老身份证329**********23办理"),
    ],
)
def test_masking(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "拨打12345或110、96119，也可打400-100-0000",
        "2026年11月23日下午3点，共1234567元，工单SQ-329900-2026-000123",
        "统一社会信用代码913299001234567890XX",
        "面积12000平方米，投诉第3次，车位A1234",
        "王家桥村路灯坏了，周边小区停水，高新区道路积水，马路上井盖缺失",
        "我是本村村民，反映小区物业不作为",
        "订单号20261123000000123456789",
        "",
        "😀" * 50,
    ],
)
def test_public_numbers_and_places_stay_readable(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789张王先生我叫电话苏EA@.com-１３８ ", max_size=60))
@settings(max_examples=200, deadline=None)
def test_masking_only_touches_its_spans(text: str) -> None:
    spans = find_personal(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    rest, at = "", 0
    for span in spans:
        assert text[span.start : span.end] == span.text
        rest += text[at : span.start] + span.masked
        at = span.end
    assert mask(text) == rest + text[at:]


def test_a_message_of_a_hundred_thousand_characters_takes_no_minute() -> None:
    text = ("联系人王" + "1" * 30 + "苏E" + "我叫") * 2500
    assert isinstance(mask(text), str)
