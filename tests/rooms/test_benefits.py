"""Policies, card and batches without a browser: from a clause to a claw-back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from sanfu.adapters.demo_firms import demo_code, seed_batch, seed_firms
from sanfu.enterprise.benefits import actions, archive, queries
from sanfu.enterprise.benefits.actions.payments import Receipt
from sanfu.enterprise.benefits.card import Standing, card
from sanfu.enterprise.benefits.content import parsed
from sanfu.enterprise.benefits.models import Batch, Line, PolicyVersion
from sanfu.enterprise.benefits.policies import find, in_force, paying_clauses, visible_versions
from sanfu.enterprise.benefits.states import BatchState, LineOutcome, LineState
from sanfu.enterprise.benefits.trial import city_on, impact, look, price_of
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise, Fact
from sanfu.enterprise.registry.queries import own, population, profile
from sanfu.enterprise.registry.queries import visible as visible_firms
from sanfu.kernel.codes.credit import CreditCode
from sanfu.kernel.rules.judging.verdict import Status, judge
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.queries import verify_chains

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
REGION = "329900"
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # Monday 09:00 in China
DAY = date(2026, 6, 1)
SRDI = ["yc-srdi-1", "yc-srdi-2", "yc-srdi-3"]


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=DAY)


def text_of(policy: str) -> str:
    found = find(REGION, policy, DAY)
    assert found
    return found.document.source


def made(clauses: list[str] | None = None, **more: Any) -> Batch:
    return actions.generate(clauses or SRDI, title="测试批次", day=DAY, by=who("jiangyu"), at=AT, **more)


def fresh(batch: Batch) -> Batch:
    return Batch.objects.select_related("case").get(pk=batch.pk)


# ---- registry


def test_the_demo_population_is_whole_and_comes_once() -> None:
    assert Enterprise.objects.count() == 400
    assert seed_firms(region=REGION, at=AT) == 0
    codes = set(Enterprise.objects.values_list("credit_code", flat=True))
    assert all(
        str(CreditCode.parse(code)) == code and CreditCode.parse(code).organisation_checks for code in codes
    )
    assert all("(演示)" in name for name in Enterprise.objects.values_list("name", flat=True))
    assert Fact.objects.count() > 400 * 15


def test_a_fact_is_never_changed_or_deleted() -> None:
    for act in (lambda f: f.update(number=1), lambda f: f.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(Fact.objects.filter(indicator="营业收入"))


def test_a_later_observation_counts_from_its_day() -> None:
    from sanfu.enterprise.registry.actions import Said, record

    firm = own(who("wangqiang"))
    assert firm
    before = profile(firm, DAY).row["上年.营业收入"]
    said = Said(firm, "营业收入", "2025", 12345_00, "SWU", date(2026, 6, 2))
    record([said], by=who("jiangyu"), at=AT)
    assert profile(firm, DAY).row["上年.营业收入"] == before
    assert profile(firm, date(2026, 6, 2)).row["上年.营业收入"] == 12345_00
    assert profile(firm, date(2027, 6, 2)).row["前年.营业收入"] == 12345_00


def test_a_firm_sees_itself_only() -> None:
    assert visible_firms(who("jiangyu")).count() == 400
    assert list(visible_firms(who("wangqiang"))) == [own(who("wangqiang"))]
    assert visible_firms(who("limei")).count() == 0


# ---- policy versions


def test_golden_cases_and_checks_of_the_county_hold() -> None:
    for policy in in_force(REGION, DAY):
        if policy.own:
            seen = look(REGION, policy.id, policy.document.source, DAY)
            assert not seen.errors
            assert seen.golden
            assert all(g.ok for g in seen.golden), [g for g in seen.golden if not g.ok]


def test_a_version_needs_a_second_officer_and_its_day() -> None:
    text = text_of("yc-srdi").replace("给 5万元", "给 6万元")
    version = actions.draft("yc-srdi", text, note="提高标准", by=who("jiangyu"), at=AT)
    with pytest.raises(Conflict):
        actions.draft("yc-srdi", text, note="又一版", by=who("jiangyu"), at=AT)
    actions.submit(version, starts_on=date(2026, 7, 1), by=who("jiangyu"), at=AT)
    with pytest.raises(NotAllowed):
        actions.approve(version, by=who("jiangyu"), at=AT)
    actions.approve(version, by=who("luoqi"), at=AT)
    assert find(REGION, "yc-srdi", date(2026, 6, 30)).number == 0  # type: ignore[union-attr]
    assert find(REGION, "yc-srdi", date(2026, 7, 1)).number == 1  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        actions.save(version, text, by=who("jiangyu"), at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(text="改")


def test_a_day_that_a_version_already_holds_is_refused_before_anybody_approves() -> None:
    first = actions.draft("yc-srdi", text_of("yc-srdi"), note="一", by=who("jiangyu"), at=AT)
    actions.submit(first, starts_on=date(2026, 7, 1), by=who("jiangyu"), at=AT)
    actions.approve(first, by=who("luoqi"), at=AT)
    second = actions.draft("yc-srdi", text_of("yc-srdi"), note="二", by=who("jiangyu"), at=AT)
    for day in (date(2026, 6, 15), date(2026, 7, 1)):
        with pytest.raises(Refused, match="2026-07-02"):
            actions.submit(second, starts_on=day, by=who("jiangyu"), at=AT)
    actions.submit(second, starts_on=date(2026, 7, 2), by=who("jiangyu"), at=AT)
    actions.approve(second, by=who("luoqi"), at=AT)
    held = [find(REGION, "yc-srdi", day) for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2))]
    assert [one.number for one in held if one] == [0, 1, 2]


def test_nobody_approves_their_own_text_in_the_database_either() -> None:
    version = actions.draft("yc-srdi", text_of("yc-srdi"), note="试", by=who("jiangyu"), at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state="approved", approver_id=version.editors[0], approved_at=AT, effective_from=DAY
        )


def test_a_text_with_errors_or_a_broken_golden_case_is_not_submitted() -> None:
    broken = text_of("yc-growth").replace("上年.营业收入 5000万元以上", "上年.营业收入 5000人以上")
    version = actions.draft("yc-growth", broken, note="试", by=who("jiangyu"), at=AT)
    with pytest.raises(Refused, match="错误"):
        actions.submit(version, starts_on=date(2026, 7, 1), by=who("jiangyu"), at=AT)
    moved = text_of("yc-growth").replace("上年.营业收入 5000万元以上", "上年.营业收入 8000万元以上")
    actions.save(version, moved, by=who("jiangyu"), at=AT)
    with pytest.raises(Refused, match="标准例"):
        actions.submit(version, starts_on=date(2026, 7, 1), by=who("jiangyu"), at=AT)


def test_drafts_of_another_department_are_not_shown_nor_edited() -> None:
    with pytest.raises(NotAllowed):
        actions.draft("yc-hte", text_of("yc-hte"), note="试", by=who("jiangyu"), at=AT)
    actions.draft("yc-srdi", text_of("yc-srdi"), note="试", by=who("jiangyu"), at=AT)
    assert visible_versions(who("jiangyu")).count() == 1
    for other in ("luoqi", "fangzheng", "zhengju", "wangqiang", "limei"):
        assert visible_versions(who(other)).count() == 0, other


def test_a_unit_error_says_line_column_and_what_instead() -> None:
    broken = text_of("yc-growth").replace("上年.营业收入 5000万元以上", "上年.营业收入 5000人以上")
    line = next(n for n, row in enumerate(broken.split("\n"), 1) if "5000人以上" in row)
    problem = look(REGION, "yc-growth", broken, DAY).errors[0]
    assert problem.span.line == line
    assert broken.split("\n")[line - 1][problem.span.column - 1 :].startswith("5000人")
    assert problem.instead


def test_red_lines_are_found() -> None:
    text = text_of("yc-srdi").replace("列入严重失信名单的不予奖励。", "企业须承诺十年内不迁出本市。")
    assert any("迁" in p.message for p in look(REGION, "yc-srdi", text, DAY).found)


def test_impact_counts_who_wins_and_loses() -> None:
    base = find(REGION, "yc-growth", DAY)
    assert base
    text = base.document.source.replace("上年.营业收入 5000万元以上", "上年.营业收入 8000万元以上")
    effect = next(
        e for e in impact(base, parsed("x", text), REGION, DAY).effects if e.clause.id == "yc-growth-2"
    )
    city = city_on(REGION, DAY)
    lost = [
        n
        for n, row in enumerate(city.rows)
        if judge(base.document.clause("yc-growth-2"), row, DAY, dictionary()).status == Status.MET
        and int(row["上年.营业收入"] or 0) < 8000 * 10**6
    ]
    assert lost
    assert list(effect.lost) == lost
    assert not effect.won
    assert effect.more == -10 * 10**6 * len(lost)


# ---- card


def test_the_card_agrees_with_the_naive_interpreter_and_explains() -> None:
    firm = own(who("wangqiang"))
    assert firm
    me = profile(firm, DAY)
    shown = card(me, paying_clauses(in_force(REGION, DAY), DAY), DAY, dictionary())
    for standing, items in shown.items():
        for item in items:
            status = judge(item.clause, me.row, DAY, dictionary()).status
            assert (standing is Standing.ENTITLED) == (status == Status.MET)
            assert all(line.facts for line in item.conditions)
    assert {i.clause.id for i in shown[Standing.ENTITLED]} >= {"yc-srdi-2", "yc-points-1"}
    near = {i.clause.id: i for i in shown[Standing.NEAR]}
    assert "由460万元提高到500万元" in near["yc-upgrade-1"].changes[0].text
    assert near["yc-upgrade-1"].changes[0].kind == "可做"
    assert "2026 年" in near["yc-upgrade-1"].changes[0].by_when


# ---- batch


def test_a_batch_from_snapshot_to_claw_back(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    batch = made()
    summary = queries.summary(batch)
    assert summary["firms"] > 3
    assert batch.total == summary["money"] > 0
    officer, finance = who("jiangyu"), who("fangzheng")
    actions.review(batch, note="已核", by=officer, at=AT)
    with pytest.raises(NotAllowed):
        actions.decide(batch, minutes="纪要1号", by=officer, at=AT)
    actions.decide(batch, minutes="纪要1号", by=who("luoqi"), at=AT)
    actions.publish(batch, by=officer, at=AT)
    line = batch.lines.filter(state=LineState.LISTED).exclude(enterprise=own(who("wangqiang"))).first()
    assert line
    objection = actions.object_to(line, text="这家企业去年已搬走,不应享受。", contact="", at=AT)
    later = AT + timedelta(days=9)
    with pytest.raises(Refused, match="异议"):
        actions.end_notice(batch, by=officer, at=later)
    actions.rule(objection, upheld=True, answer="核查属实", by=officer, at=AT)
    with pytest.raises(Refused, match="公示期"):
        actions.end_notice(batch, by=officer, at=AT + timedelta(days=2))
    actions.end_notice(batch, by=officer, at=later)
    with pytest.raises(Refused, match="没有已确认"):
        actions.pay(batch, by=finance, at=later)
    assert (
        actions.agree(
            batch, bank="云澄农商银行(演示)", account="6222 0000 1111 2222", by=who("wangqiang"), at=later
        )
        == 1
    )
    agreed, left = actions.agree_for_all(batch, grounds="承诺书", by=officer, at=later)
    assert agreed > 0
    paid = actions.pay(batch, by=finance, at=later)
    assert paid.count == agreed + 1
    sent = list(batch.lines.filter(state=LineState.SENT))
    assert paid.total == sum(one.paid for one in sent)
    _receipts_and_after(batch, sent, later)
    assert left == batch.lines.filter(state=LineState.LISTED).count()
    assert not verify_chains(region=REGION)[1]


def _receipts_and_after(batch: Batch, sent: list[Line], later: datetime) -> None:
    finance = who("fangzheng")
    good = [Receipt(one.payment, True, f"PZ{n}") for n, one in enumerate(sent[1:])]
    with pytest.raises(Refused):
        actions.receive(batch, [*good, Receipt("没有这个编号", True, "X")], by=finance, at=later)
    assert batch.lines.filter(state=LineState.PAID).count() == 0
    assert actions.receive(batch, [*good, Receipt(sent[0].payment, False)], by=finance, at=later) == (
        len(good),
        1,
    )
    with pytest.raises(Refused, match="回执"):
        actions.settle(batch, by=finance, at=later)
    again = actions.pay(batch, by=finance, at=later)
    assert again.count == 1
    one = batch.lines.get(state=LineState.SENT)
    actions.receive(batch, [Receipt(one.payment, True, "PZX")], by=finance, at=later)
    actions.settle(batch, by=finance, at=later)
    paid = batch.lines.get(pk=one.pk)
    with pytest.raises(Refused):
        actions.claw_back(paid, amount=paid.paid + 1, why="多付", by=finance, at=later)
    actions.claw_back(paid, amount=paid.paid, why="审计发现条件不符", by=finance, at=later)
    actions.close(batch, by=finance, at=later)
    assert fresh(batch).case.state == BatchState.CLOSED
    assert Fact.objects.filter(indicator="已享受").count() == len(sent)


def test_a_replay_gives_the_identical_bytes_even_after_facts_and_rules_changed(
    settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    batch = made(["yc-growth-1", "yc-growth-2", "yc-growth-3"])
    from sanfu.enterprise.registry.actions import Said, record

    for firm in Enterprise.objects.all()[:50]:
        record([Said(firm, "营业收入", "2025", 1, "SWU", date(2026, 6, 1))], by=who("jiangyu"), at=AT)
    text = text_of("yc-growth").replace("给 10万元\n封顶", "给 11万元\n封顶")
    version = actions.draft("yc-growth", text, note="试", by=who("jiangyu"), at=AT)
    assert version.text != text_of("yc-growth")
    found = queries.replayed(batch)
    assert found["same"]
    assert found["lines"] == batch.lines.count() > 20
    outcomes = set(batch.lines.values_list("outcome", flat=True))
    assert LineOutcome.EXCLUDED in outcomes
    path = archive.path_of(REGION, batch.snapshot)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(Refused, match="改动"):
        queries.replayed(batch)


def test_the_same_matter_is_paid_once_a_year_and_caps_count_what_was_paid(
    settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    first = made()
    second = made()
    assert second.total == 0
    assert set(second.lines.exclude(outcome=LineOutcome.EXCLUDED).values_list("outcome", flat=True)) <= {
        LineOutcome.TAKEN
    }
    actions.cancel(first, why="重做", by=who("jiangyu"), at=AT)
    assert made().total == first.total


def test_points_are_priced_by_the_pool_and_again_after_an_objection(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(Refused, match="可用资金"):
        made(["yc-points-1"])
    with pytest.raises(Refused, match="分开发起"):
        made(["yc-points-1", *SRDI], pool=10**8)
    pool = 500 * 10**6
    batch = made(["yc-points-1"], pool=pool)
    assert sum(batch.lines.values_list("paid", flat=True)) == pool
    run = city_on(REGION, DAY).run([parsed("p", text_of("yc-points")).clause("yc-points-1")])[0]
    assert str(price_of(run, pool)) == batch.price
    actions.review(batch, note="", by=who("jiangyu"), at=AT)
    actions.decide(batch, minutes="纪要", by=who("luoqi"), at=AT)
    actions.publish(batch, by=who("jiangyu"), at=AT)
    line = batch.lines.first()
    assert line
    objection = actions.object_to(line, text="证书已经撤销,不应当计分。", contact="", at=AT)
    actions.rule(objection, upheld=True, answer="属实", by=who("jiangyu"), at=AT)
    assert sum(batch.lines.values_list("paid", flat=True)) == pool
    assert batch.lines.get(pk=line.pk).paid == 0


def test_what_needs_a_person_is_not_paid_without_application() -> None:
    with pytest.raises(Refused, match="快申快享"):
        made(["yc-upgrade-1"])
    with pytest.raises(NotAllowed):
        actions.generate(SRDI, title="", day=DAY, by=who("fangzheng"), at=AT)


def test_everybody_on_the_list_is_known_to_meet_the_clause(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    batch = made(["yc-growth-2", "yc-growth-3"])
    profiles = {one.id: one for one in population(REGION, DAY)}
    clauses = {c.id: c for _, c in paying_clauses(in_force(REGION, DAY), DAY)}
    for line in batch.lines.all():
        verdict = judge(clauses[line.clause], profiles[line.enterprise_id].row, DAY, dictionary())
        assert verdict.status == Status.MET
        assert verdict.amount == line.entitled
    assert batch.unknown > 0


def test_demo_codes_differ() -> None:
    assert len({demo_code(n) for n in range(1, 401)}) == 400


def test_the_demo_batch_is_on_notice_and_comes_once(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert seed_batch(region=REGION, at=AT) == 1
    assert seed_batch(region=REGION, at=AT) == 0
    assert queries.public_batches(REGION).count() == 1


def test_one_step_says_who_can_take_it_and_by_when() -> None:
    firm = own(who("wangqiang"))
    assert firm
    shown = card(profile(firm, DAY), paying_clauses(in_force(REGION, DAY), DAY), DAY, dictionary())
    near = {item.clause.id: item.changes for item in shown[Standing.NEAR]}
    giant = near["yc-srdi-1"][0]
    assert (giant.text, giant.label) == ("获得“专精特新小巨人”认定", "须申报认定")
    assert giant.by_when == "下一次窗口约到2027-05-25", "the window of 2026 closed on 25 May"
    assert [item.by_award for item in shown[Standing.NEAR]] == sorted(
        item.by_award for item in shown[Standing.NEAR]
    ), "what the enterprise can do by itself comes first"
    assert "yc-growth-1" in {item.clause.id for item in shown[Standing.NOT]}, "the past cannot be changed"


def test_readiness_and_near_misses_are_those_of_the_naive_interpreter() -> None:
    city = city_on(REGION, DAY)
    clauses = [clause for _, clause in paying_clauses(in_force(REGION, DAY), DAY)]
    runs = {run.clause.id: run for run in city.run(clauses)}
    for ready in city.readiness(clauses):
        verdicts = [judge(ready.clause, row, DAY, dictionary()) for row in city.rows]
        answers = [[c.answer for c in v.conditions] for v in verdicts]
        near = [
            (n, a.index(False))
            for n, a in enumerate(answers)
            if a.count(False) == 1 and a.count(True) == len(a) - 1
        ]
        assert list(runs[ready.clause.id].near) == near
        unknown = sum(v.status in (Status.MISSING, Status.PERSON) for v in verdicts)
        assert ready.waiting == unknown
        assert ready.ready + ready.waiting == len(city.rows)
