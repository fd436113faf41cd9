"""封存 (sealing): streams and small pieces encrypted with a passphrase, so that any changed or missing byte is noticed.

Format: mark (8 bytes), salt (16), nonce prefix (7), then pieces of 1 MiB each with its AES-256-GCM tag of 16 bytes. The nonce of
a piece is prefix, number (4 bytes) and 1 for the last piece: neither order nor end can be changed. Key: scrypt.
"""

import os
from io import BytesIO, RawIOBase
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sanfu.adapters.operations import OperationFailed

MARK = b"SANFUBK1"
PIECE = 1024 * 1024
TAG = 16
SHORTEST = 12  # characters of a passphrase
WRONG = (
    "the archive cannot be opened: the passphrase is another one, or bytes were changed or are missing. "
    "Try the passphrase it was made with; if that is the one, take another copy."
)


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    if len(passphrase) < SHORTEST:
        raise OperationFailed(
            f"a passphrase has {SHORTEST} or more characters; this one has {len(passphrase)}"
        )
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class SealingWriter(RawIOBase):
    """A file to write into, which encrypts into another; only after `close` the result is whole."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        self._target, self._number, self._kept = target, 0, bytearray()
        salt, self._prefix = os.urandom(16), os.urandom(7)
        self._cipher = _cipher(passphrase, salt)
        self._header = MARK + salt + self._prefix
        target.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._kept += data
        while len(self._kept) > PIECE:  # never the last one: that carries its mark
            self._put(bytes(self._kept[:PIECE]), last=False)
            del self._kept[:PIECE]
        return len(data)

    def _put(self, piece: bytes, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        self._target.write(self._cipher.encrypt(nonce, piece, self._header))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._kept), last=True)
        super().close()


class SealedReader(RawIOBase):
    """A file to read from, which decrypts another.

    Raises:
        OperationFailed: wrong passphrase, or a byte is changed or missing; said before the piece is given out.
    """

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        self._source, self._number, self._kept = source, 0, b""
        self._header = source.read(len(MARK) + 16 + 7)
        if len(self._header) != len(MARK) + 23 or not self._header.startswith(MARK):
            raise OperationFailed(WRONG)
        self._prefix = self._header[-7:]
        self._cipher = _cipher(passphrase, self._header[len(MARK) : -7])
        self._ahead = source.read(PIECE + TAG)
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts = [self._kept]
        held = len(self._kept)
        while not self._ended and (size < 0 or held < size):
            parts.append(self._next())
            held += len(parts[-1])
        whole = b"".join(parts)
        cut = len(whole) if size < 0 else size
        self._kept = whole[cut:]
        return whole[:cut]

    def _next(self) -> bytes:
        piece, self._ahead = self._ahead, self._source.read(PIECE + TAG)
        self._ended = not self._ahead
        try:
            plain = self._cipher.decrypt(_nonce(self._prefix, self._number, self._ended), piece, self._header)
        except (InvalidTag, ValueError) as wrong:
            raise OperationFailed(WRONG) from wrong
        self._number += 1
        return plain


def seal(plain: bytes, passphrase: str) -> bytes:
    """A small piece, encrypted."""
    target = BytesIO()
    writer = SealingWriter(target, passphrase)
    writer.write(plain)
    writer.close()
    return target.getvalue()


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """A small piece, decrypted; OperationFailed when the passphrase is another one."""
    return SealedReader(BytesIO(sealed), passphrase).read()
