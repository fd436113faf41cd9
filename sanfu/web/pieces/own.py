"""本企业: the firm whose record the signed-in person acts for."""

from django.http import Http404

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.queries import own
from sanfu.web.request import Request


def own_firm(request: Request) -> Enterprise:
    """The firm that the signed-in person acts for; a page not found where the account has no record."""
    firm = own(request.actor)
    if firm is None:
        raise Http404("您的账号还没有关联企业档案；请联系企业综合服务中心。")
    return firm
