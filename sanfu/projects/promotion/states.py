"""What a person decides on a clause that the lint spoke about (条款处置)."""

from sanfu.kernel.flow import Labelled


class Decided(Labelled):
    STRUCK = "struck", "删去", "ok"
    REWRITTEN = "rewritten", "改写", "ok"
    REFERRED = "referred", "送公平竞争审查", "warn"
    KEPT = "kept", "保留并说明理由", "danger"
