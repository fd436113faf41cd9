"""The one table of the pages: which submission of a form led where, so that a double click is one act."""

from django.db import models


class Submission(models.Model):
    """提交凭证: the key of a form that was sent. Holds no content of the form; old rows may be deleted."""

    key = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    person = models.CharField(max_length=40, blank=True, default="")
    location = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "web_submission"
        constraints = [models.UniqueConstraint(fields=["person", "path", "key"], name="one_submission_a_key")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
