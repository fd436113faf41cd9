"""Kinds of organisation (组织机构)."""

from sanfu.kernel.flow import Labelled


class OrganisationKind(Labelled):
    DEPARTMENT = "department", "市级部门"
    TOWN = "town", "镇(街道)"
    ZONE = "zone", "开发区"
    UTILITY = "utility", "公用企业"
    CENTRE = "centre", "中心"
    FIRM = "firm", "企业"
    PLACEHOLDER = "placeholder", "属地占位"
