"""The door: what no form, filter or address of this platform can mean is refused once, in words, before any page."""

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from sanfu.web import errors
from sanfu.web.access import ONCE_FIELD

NUL = "\x00"
MOST_ONCE = 64  # letters of the key of a form; ours have 32
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def refused(request: HttpRequest) -> HttpResponse | None:
    """The page that refuses the request, or None when it may come in."""
    try:
        why = _why(request)
    except UnreadablePostError:
        why = "连接在上传途中断开，内容没有收全，系统没有做任何改动。"
    return errors.explain(request, 400, why=why) if why else None


def _why(request: HttpRequest) -> str:
    if NUL in request.path or _holds_nul(request):
        return (
            "内容里有看不见的控制字符（NUL），系统没有做任何改动；请删去后重新填写，不要从其他程序整段粘贴。"
        )
    if request.method == "POST" and len(request.POST.get(ONCE_FIELD, "")) > MOST_ONCE:
        return "表单的提交凭证不是本页给出的，系统没有做任何改动；请刷新页面后重新提交。"
    return ""


def _holds_nul(request: HttpRequest) -> bool:
    asked = [text for key, many in request.GET.lists() for text in (key, *many)]
    if any(NUL in text for text in (*asked, *request.COOKIES.values())):
        return True
    if request.method != "POST" or not (request.content_type or "").startswith(FORMS):
        return False
    files = (one.name or "" for _, many in request.FILES.lists() for one in many)
    texts = (text for key, many in request.POST.lists() for text in (key, *many))
    return any(NUL in text for text in (*texts, *files))
