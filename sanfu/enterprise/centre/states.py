"""States of an appointment (预约) at the centre."""

from sanfu.kernel.flow import Labelled


class AppointmentState(Labelled):
    """预约、排队."""

    BOOKED = "booked", "已预约", "info"
    WAITING = "waiting", "已到，排队中", "warn"
    CALLED = "called", "正在接待", "info"
    SERVED = "served", "已办理", "ok"
    MISSED = "missed", "未到"
    CANCELLED = "cancelled", "已取消"
