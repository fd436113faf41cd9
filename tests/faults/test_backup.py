"""Backup and restore by the commands a person uses: what went in comes back whole, and anything else is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sanfu.adapters.operations import OperationFailed, archive
from sanfu.adapters.operations.archive import Manifest
from sanfu.adapters.operations.sealing import PIECE, seal, unseal
from sanfu.adapters.postgres import testing

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
KEY, PASSPHRASE = "一把够长的备份钥匙而已啊", "另一把更长的口令用来封存"


@dataclass
class Place:
    """One installation: a database and a files folder, worked on by the command line."""

    database: str
    files: Path
    more: dict[str, str] = field(default_factory=dict)

    def sanfu(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("SANFU_BACKUP")
        }
        environment |= {"DATABASE_URL": testing.address(self.database), "SANFU_FILES": str(self.files)}
        command = [sys.executable, "-m", "sanfu.adapters.commandline.main", *words]
        return subprocess.run(
            command, env=environment | self.more | more, cwd=ROOT, capture_output=True, text=True
        )

    def asked(self, query: str) -> object:
        with psycopg.connect(testing.address(self.database)) as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation with two chains, an event that waits in the outbox, and a file."""
    files = tmp_path_factory.mktemp("old") / "files"
    (files / "ab").mkdir(parents=True)
    (files / "ab" / "附件.pdf").write_bytes(b"%PDF-1.7 " + bytes(range(256)) * 9_000)
    with testing.clone("backup") as name:
        with psycopg.connect(testing.address(name)) as connection:
            for n in range(6):
                connection.execute(
                    "SELECT records_append(gen_random_uuid(), '329900', %s::uuid, 'test.happened', now(), NULL, '测试', "
                    "%s::jsonb, %s)",
                    [f"00000000-0000-0000-0000-00000000000{n % 2}", json.dumps({"n": n}), n == 5],
                )
        yield Place(name, files, {"SANFU_SECRET": "封存的密钥" * 8, "SANFU_BACKUP_KEY": KEY})


@pytest.fixture(scope="module")
def made(lived_in: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("archives") / "county.tar"
    done = lived_in.sanfu("backup", "-o", str(target), "--json", SANFU_BACKUP_PASSPHRASE=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["backup"]["secrets"] == ["SANFU_SECRET"]
    return target


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Place]:
    name = f"{testing.CLONE}{os.getpid()}_empty"
    with testing.server() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    yield Place(name, tmp_path / "files", {"SANFU_BACKUP_KEY": KEY})
    with testing.server() as connection:
        testing.run(connection, "DROP DATABASE {} WITH (FORCE)", name)


def test_what_went_in_comes_back_and_nothing_leaves_before_it_is_released(
    made: Path, empty: Place, lived_in: Place, tmp_path: Path
) -> None:
    done = empty.sanfu("restore", str(made), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert (report["events"], report["files"], report["faults"]) == (6, 1, [])
    before, after = (
        place.asked("SELECT string_agg(encode(hash, 'hex'), ',' ORDER BY stream, seq) FROM records_event")
        for place in (lived_in, empty)
    )
    assert before == after
    assert (empty.files / "ab" / "附件.pdf").read_bytes() == (lived_in.files / "ab" / "附件.pdf").read_bytes()

    deliver = "from sanfu.records.actions import deliver_outbox; print('delivered', deliver_outbox())"
    assert "delivered 0" in empty.sanfu("manage", "shell", "-v", "0", "-c", deliver).stdout
    assert empty.sanfu("restore", "--release").returncode == 0
    assert "delivered 1" in empty.sanfu("manage", "shell", "-v", "0", "-c", deliver).stdout
    assert empty.sanfu("restore", "--release").returncode == 2, "nothing is held any more"

    again = empty.sanfu("restore", str(made))
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_a_folder_that_holds_a_file_is_refused_and_nothing_is_touched(made: Path, empty: Place) -> None:
    empty.files.mkdir()
    (empty.files / "mine.txt").write_text("mine")
    done = empty.sanfu("restore", str(made))
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert empty.asked("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    assert [path.name for path in empty.files.iterdir()] == ["mine.txt"]


def test_one_changed_byte_is_refused_before_the_database_is_touched(
    made: Path, empty: Place, tmp_path: Path
) -> None:
    raw = bytearray(made.read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "changed.tar").write_bytes(raw)
    done = empty.sanfu("restore", str(tmp_path / "changed.tar"))
    assert done.returncode == 2
    assert "bytes were changed" in done.stderr
    assert empty.asked("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    assert not empty.files.exists()


def test_a_rehearsal_reports_and_leaves_no_database(lived_in: Place, made: Path) -> None:
    done = lived_in.sanfu("backup", "--rehearse", "--archive", str(made), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rehearsal"]["events"] == 6
    assert lived_in.asked("SELECT count(*) FROM pg_database WHERE datname LIKE 'sanfu_rehearsal%'") == 0


FILL = """
import django; django.setup()
from django.db import connection; from django.utils import timezone; from bench.bench_list_page import fill, people
people(); fill({count}, timezone.now())
with connection.cursor() as cursor:
    cursor.execute("SELECT count(records_append(gen_random_uuid(), region, id, 'test.happened', opened_at, NULL, '测试', "
                   "jsonb_build_object('number', number), false)) FROM cases_case")
"""
MANY = 10_000


def test_a_county_of_ten_thousand_orders_is_rehearsed(tmp_path: Path) -> None:
    with testing.clone("many") as name:
        place = Place(name, tmp_path / "files")
        address = {"DATABASE_URL": testing.address(name), "DJANGO_SETTINGS_MODULE": "config.settings"}
        words = [sys.executable, "-c", FILL.format(count=MANY)]
        subprocess.run(words, cwd=ROOT, env=os.environ | address, check=True)
        archived = tmp_path / "many.tar"
        done = place.sanfu("backup", "-o", str(archived), "--json", SANFU_SECRET="封存的密钥" * 8)
        assert done.returncode == 0, done.stderr
        done = place.sanfu("backup", "--rehearse", "--archive", str(archived), "--json")
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)["rehearsal"]
        assert report["faults"] == []
        assert report["events"] == place.asked("SELECT count(*) FROM records_event")
        assert report["events"] > MANY
        assert place.asked("SELECT count(*) FROM cases_case") == MANY


def test_secrets_open_with_their_own_passphrase_only(made: Path, lived_in: Place, tmp_path: Path) -> None:
    wrong = lived_in.sanfu(
        "restore", str(made), "--secrets", str(tmp_path / "a.env"), SANFU_BACKUP_PASSPHRASE=KEY
    )
    assert wrong.returncode == 2
    right = lived_in.sanfu(
        "restore", str(made), "--secrets", str(tmp_path / "b.env"), SANFU_BACKUP_PASSPHRASE=PASSPHRASE
    )
    assert right.returncode == 0, right.stderr
    assert (tmp_path / "b.env").read_text("utf-8") == f"SANFU_SECRET={'封存的密钥' * 8}\n"


def written(folder: Path, passphrase: str = "") -> Path:
    """A small archive without any database."""
    (folder / "dump").write_bytes(b"rows" * 700)
    (folder / "files").mkdir()
    (folder / "files" / "a").write_bytes(b"a file" * 100)
    manifest = Manifest(1, "0", "2026-06-01", "329900", 15, "pg_dump", [], {}, 0, "")
    target = folder / "small.tar"
    archive.write(
        target, manifest, dump=folder / "dump", folder=folder / "files", secrets=b"s", passphrase=passphrase
    )
    return target


@pytest.mark.parametrize("passphrase", ["", KEY])
def test_no_byte_that_carries_anything_can_change(tmp_path: Path, passphrase: str) -> None:
    """Without a passphrase the padding of the tar is free; then what is unpacked is the same all the same."""
    whole = written(tmp_path, passphrase).read_bytes()
    accepted = 0
    for place in range(0, len(whole), 101 if not passphrase else 499):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        (tmp_path / "changed.tar").write_bytes(changed)
        staging = tmp_path / f"staging{place}"
        staging.mkdir()
        try:
            archive.unpack(tmp_path / "changed.tar", staging, passphrase)
        except OperationFailed:
            continue
        accepted += 1
        assert (staging / "database.dump").read_bytes() == b"rows" * 700
        assert (staging / "files" / "a").read_bytes() == b"a file" * 100
    assert not passphrase or not accepted


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_is_sealed_opens_again_and_a_cut_end_is_noticed(size: int) -> None:
    plain = os.urandom(size)
    sealed = seal(plain, KEY)
    assert unseal(sealed, KEY) == plain
    for cut in (1, 16, min(size, PIECE) + 16):
        with pytest.raises(OperationFailed):
            unseal(sealed[:-cut], KEY)
