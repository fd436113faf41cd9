"""docs/matrix/ is what the platform goes by; a reviewer may trust the file."""

from sanfu.people.roles import ROLES
from sanfu.web import matrix
from tests.platform import ROOT

FOLDER = ROOT / "docs" / "matrix"


def test_the_files_are_up_to_date() -> None:
    """After a change of pages or roles: .venv/bin/sanfu manage matrix"""
    for name, make in (("pages.csv", matrix.pages), ("rows.csv", matrix.rows_of)):
        assert (FOLDER / name).read_text("utf-8") == matrix.text_of(make(ROLES)), (
            f"{name}: sanfu manage matrix"
        )


def test_what_is_written_is_read_back() -> None:
    for table in (matrix.pages(ROLES), matrix.rows_of(ROLES)):
        assert matrix.read(matrix.text_of(table)) == table


def test_administrator_and_auditor_open_no_case() -> None:
    heads, *rows = matrix.rows_of(ROLES)
    for name in ("系统管理员", "审计员"):
        column = heads.index(name)
        assert [row[0] for row in rows if row[column]] == []


def test_nobody_but_their_holders_manage_people_or_read_the_audit() -> None:
    heads, *rows = matrix.pages(ROLES)
    holders = {
        row[0]: {heads[at] for at in range(5, len(heads)) if row[at]}
        for row in rows
        if row[0] in {"manage:accounts", "manage:audit", "officer:ticket_person_erase"}
    }
    assert holders == {
        "manage:accounts": {"系统管理员"},
        "manage:audit": {"审计员"},
        "officer:ticket_person_erase": {"个人信息保护负责人"},
    }
