"""What went wrong in the background, in a sentence that the administrator understands and that names nobody.

The words of an exception may quote the row that was worked on; they go to the log of the server, never on a page.
"""

import re

from sanfu.kernel.codes import mask
from sanfu.records.actor import Conflict, NotAllowed, Refused

_QUOTED = re.compile(r"“[^”]*”")
_SAYINGS = {
    "OperationalError": "数据库暂时连不上或太忙，过几分钟可以重试。",
    "InterfaceError": "与数据库的连接断了，可以重试。",
    "IntegrityError": "要写入的数据与已有数据冲突。",
    "DataError": "有数据的长度或格式不合要求。",
    "FileNotFoundError": "原文件找不到了，请重新上传后再办。",
    "OSError": "文件读写失败，请检查磁盘空间和目录权限后重试。",
    "MemoryError": "内存不够，请在空闲时重试。",
    "ImportError": "系统里缺少办这件事的程序，请联系技术人员。",
}


def guarded(text: str) -> str:
    """The first line of a text with personal data masked and quoted cells left out; the row number stays."""
    return _QUOTED.sub("“…”", mask(text.partition("\n")[0]))


def said_of(error: BaseException) -> str:
    """An exception as a sentence."""
    if isinstance(error, Refused | Conflict | NotAllowed):
        return guarded(str(error))
    known = (_SAYINGS[cls.__name__] for cls in type(error).__mro__ if cls.__name__ in _SAYINGS)
    return next(known, _unknown(type(error).__name__))


def said_of_kept(kept: str) -> str:
    """An exception that was kept as its `repr`, as a sentence."""
    name = kept.partition("(")[0]
    return _SAYINGS.get(name, _unknown(name)) if name else ""


def _unknown(name: str) -> str:
    return f"程序出错（{name[:60]}），详情在服务器日志里，请联系技术人员。"
