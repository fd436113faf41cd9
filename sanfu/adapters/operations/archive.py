"""备份包 (archive): one tar with dump, uploaded files, sealed secrets, and a manifest that names every byte of it.

    database.dump · files/… · secrets.sealed · manifest.json · manifest.sha256

The manifest comes last, as it holds the SHA-256 of what stands before it. With a passphrase the whole tar is sealed.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, cast

from sanfu.adapters.operations import OperationFailed
from sanfu.adapters.operations.sealing import MARK, SealedReader, SealingWriter

FORMAT = 1
DUMP, SECRETS, FILES = "database.dump", "secrets.sealed", "files/"
MANIFEST, MANIFEST_DIGEST = "manifest.json", "manifest.sha256"
BLOCK = 1024 * 1024
MOST_MANIFEST = 512 * 1024 * 1024


@dataclass
class Manifest:
    """What an archive holds. rows: table → count; chains: SHA-256 over all chain heads; files: member → SHA-256."""

    format: int
    version: str
    made_at: str
    region: str
    server: int  # major version of PostgreSQL that the rows come from
    tool: str  # what `pg_dump --version` said
    migrations: list[str]
    rows: dict[str, int]
    streams: int
    chains: str
    files: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)  # names only

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def _manifest_of(raw: bytes) -> Manifest:
    try:
        given = json.loads(raw)
        if given.get("format") != FORMAT:
            raise OperationFailed(
                f"the archive has format {given.get('format')}, this release reads format {FORMAT}: "
                "restore it with the release that made it"
            )
        return Manifest(**{one.name: given[one.name] for one in fields(Manifest)})
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise OperationFailed(
            f"the manifest of the archive cannot be read ({wrong}); take another copy"
        ) from wrong


class _Digesting:
    """Reads a file through and keeps its SHA-256."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


def _member(name: str, size: int) -> tarfile.TarInfo:
    one = tarfile.TarInfo(name)
    one.size, one.mode = size, 0o600
    return one


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> str:
    tar.addfile(_member(name, len(data)), BytesIO(data))
    return hashlib.sha256(data).hexdigest()


def _add_path(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as source:
        reading = _Digesting(source)
        tar.addfile(_member(name, os.fstat(source.fileno()).st_size), cast(IO[bytes], reading))
    return reading.digest.hexdigest()


def stored(folder: Path) -> Iterator[tuple[str, Path]]:
    """Regular files below a folder with their path inside it, in order; links are not followed."""
    for path in sorted(folder.rglob("*")) if folder.exists() else []:
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path


def write(
    target: Path, manifest: Manifest, *, dump: Path, folder: Path, secrets: bytes, passphrase: str
) -> None:
    """Write an archive; it appears under its name only when it is whole, readable by its owner alone."""
    part = target.with_name(target.name + ".part")
    try:
        with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
            sealing = SealingWriter(out, passphrase) if passphrase else None
            with tarfile.open(fileobj=cast(IO[bytes], sealing or out), mode="w|") as tar:
                manifest.files[DUMP] = _add_path(tar, DUMP, dump)
                for name, path in stored(folder):
                    manifest.files[FILES + name] = _add_path(tar, FILES + name, path)
                if secrets:
                    manifest.files[SECRETS] = _add_bytes(tar, SECRETS, secrets)
                digest = _add_bytes(tar, MANIFEST, manifest.as_bytes())
                _add_bytes(tar, MANIFEST_DIGEST, digest.encode())
            if sealing:
                sealing.close()
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, passphrase: str) -> Iterator[IO[bytes]]:
    with path.open("rb") as source:
        sealed = source.read(len(MARK)) == MARK
        source.seek(0)
        if sealed and not passphrase:
            raise OperationFailed("the archive is encrypted: set SANFU_BACKUP_KEY to its passphrase")
        yield cast(IO[bytes], SealedReader(source, passphrase)) if sealed else source


def _safe(staging: Path, member: tarfile.TarInfo) -> Path:
    """Where a member goes; OperationFailed when it is no plain file or would leave the folder."""
    name = PurePosixPath(member.name)
    if not member.isreg() or name.is_absolute() or ".." in name.parts:
        raise OperationFailed(
            f"the archive holds {member.name!r}, which no backup of ours does; it is not used"
        )
    return staging / name


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    source = tar.extractfile(member)
    assert source is not None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("xb") as out:
        path.chmod(0o600)
        while data := source.read(BLOCK):
            digest.update(data)
            out.write(data)
    if path.stat().st_size != member.size:
        raise OperationFailed(f"the archive ends inside {member.name}; take another copy")
    return digest.hexdigest()


def unpack(path: Path, staging: Path, passphrase: str) -> Manifest:
    """Unpack an archive into an empty folder, every byte held against its manifest, which is returned.

    Raises:
        OperationFailed: a member is changed, missing or too many, the passphrase is another one, or it is no archive.
    """
    found: dict[str, str] = {}
    try:
        with _opened(path, passphrase) as source:
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for member in tar:
                    found[member.name] = _take(tar, member, _safe(staging, member))
            while source.read(BLOCK):  # a sealed archive proves its end only when it is read to it
                pass
    except (tarfile.TarError, FileExistsError, EOFError, ValueError) as wrong:
        raise OperationFailed(f"{path} is no whole archive of ours ({wrong}); take another copy") from wrong
    if MANIFEST not in found or (staging / MANIFEST).stat().st_size > MOST_MANIFEST:
        raise OperationFailed(f"{path} has no manifest: it is not whole, or no backup of ours")
    said = (staging / MANIFEST_DIGEST).read_bytes() if MANIFEST_DIGEST in found else b""
    if said != found[MANIFEST].encode():
        raise OperationFailed("the manifest of the archive was changed; take another copy")
    manifest = _manifest_of((staging / MANIFEST).read_bytes())
    held = {name: digest for name, digest in found.items() if name not in {MANIFEST, MANIFEST_DIGEST}}
    differing = sorted(
        name for name in held.keys() | manifest.files.keys() if held.get(name) != manifest.files.get(name)
    )
    if differing:
        raise OperationFailed(
            f"changed, missing or added in the archive: {', '.join(differing[:5])}; take another copy"
        )
    return manifest
