"""In which capacity somebody has a part in a case. The kinds of case are in the manifests of the rooms."""

from sanfu.kernel.flow import Labelled


class Capacity(Labelled):
    """身份: as what somebody has a part in a case; a case shows itself to its parts."""

    UNIT = "unit", "单位"
    PERSON = "person", "申请人"
    FIRM = "firm", "企业"
