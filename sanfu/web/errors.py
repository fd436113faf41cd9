"""Error pages in Chinese: what happened, why, what to do. One table, one template, every status."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from sanfu.people.roles import ROLES
from sanfu.web.access import NotPermitted


@dataclass(frozen=True, slots=True)
class Explanation:
    """One error page: title, why it came, what the reader can do."""

    title: str
    why: str
    do: str


EXPLANATIONS: dict[int, Explanation] = {
    400: Explanation(
        "请求无法识别", "提交的内容不完整或格式不对，系统没有做任何改动。", "请返回上一页检查后重新提交。"
    ),
    403: Explanation(
        "您没有这项权限",
        "此页面只对特定岗位开放。",
        "需要办理时，请联系有权限的岗位，或请系统管理员调整角色。",
    ),
    404: Explanation(
        "没有找到这个页面",
        "网址可能写错，或内容已移动，或不在您可以查看的范围内。",
        "请从菜单或首页重新进入。",
    ),
    405: Explanation(
        "此操作方式不被支持",
        "这个网址不接受这种提交方式，系统没有做任何改动。",
        "请返回页面，用页面上的按钮操作。",
    ),
    409: Explanation(
        "别人刚刚处理过",
        "在您打开页面之后，这条记录已被他人更新，您的操作没有执行。",
        "请返回查看最新情况，再决定是否继续。",
    ),
    413: Explanation(
        "文件或内容太大",
        "上传的内容超过了系统上限，没有保存。",
        "请压缩或拆分后重新上传；单个文件一般不超过 20 MB。",
    ),
    422: Explanation("内容需要修改", "提交的内容未通过检查，没有保存。", "请按提示修改后重新提交。"),
    429: Explanation(
        "操作过于频繁",
        "短时间内请求次数过多，为保护系统已暂缓处理。",
        "请稍等几分钟再试，已保存的内容不受影响。",
    ),
    503: Explanation(
        "系统暂时不能服务",
        "数据库没有应答，您刚才的操作没有保存。",
        "请一分钟后重试；填写的内容可先复制保存，急事请拨打12345。",
    ),
    500: Explanation(
        "系统出了问题",
        "服务器处理时发生错误，未完成的操作已全部撤回。",
        "请稍后重试；若仍出现，请把下面的时间和编号告诉系统管理员。",
    ),
}


class BadRequest(Exception):
    """The request makes no sense as it stands; the message says what to change."""


def explain(
    request: HttpRequest, status: int, *, why: str = "", do: str = "", holders: list[str] | None = None
) -> HttpResponse:
    """The error page of a status; `why` and `do` replace the general sentences. htmx gets the bare card."""
    known = EXPLANATIONS.get(status, EXPLANATIONS[500])
    context = {
        "status": status,
        "title": known.title,
        "why": why or known.why,
        "do": do or known.do,
        "holders": holders or [],
        "now": getattr(request, "now", None),
        "reference": getattr(request, "reference", ""),
    }
    template = "errors/card.html" if request.headers.get("HX-Request") else "errors/page.html"
    response = render(request, template, context, status=status)
    response.headers["X-Error-Title"] = str(status)
    return response


def holders_of(*permissions: str) -> list[str]:
    """Display names of the roles that hold one of the permissions."""
    return [role.display_name for role in ROLES.values() if role.permissions & set(permissions)]


def not_permitted(request: HttpRequest, refused: Exception) -> HttpResponse:
    """403, naming the roles that hold the permission when it is known which one was missing."""
    if isinstance(refused, NotPermitted):
        return explain(request, 403, why=str(refused), holders=holders_of(*refused.permissions))
    return explain(request, 403, why=str(refused))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400"""
    too_big = type(exception).__name__ in {"RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent"}
    return explain(request, 413 if too_big else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403"""
    return explain(request, 403, why=str(exception) if exception.args else "")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404"""
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return explain(request, 404, why=said if not said.startswith("No ") else "")


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer."""
    response = bare(request, 503)
    response.headers["Retry-After"] = "30"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500"""
    return bare(request, 500)


def bare(request: HttpRequest, status: int, *, why: str = "", do: str = "") -> HttpResponse:
    """An error page that touches neither the database nor the session, which may be what broke."""
    known = EXPLANATIONS[status]
    context = {
        "status": status, "title": known.title, "why": why or known.why, "do": do or known.do,
        "now": getattr(request, "now", None), "reference": getattr(request, "reference", ""),
    }  # fmt: skip
    return HttpResponse(render_to_string("errors/bare.html", context), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: nearly always a form that was open longer than the session."""
    return explain(
        request, 403, why="页面打开时间过长或登录状态已变化，安全校验未通过，系统没有做任何改动。",
        do="请刷新页面后重新提交；填写的内容可先复制保存。",
    )  # fmt: skip
