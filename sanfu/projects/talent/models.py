"""The table of talent beside the shared case."""

from django.db import models

from sanfu.cases.models import Case


class TalentApplication(models.Model):
    """人才申报: clause, declared facts by column, what the rule said that day. The person has a code, no name."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="talent")
    region = models.CharField(max_length=6)
    firm_name = models.CharField(max_length=200)
    person = models.CharField(max_length=40, help_text="申报人代号")
    clause = models.CharField(max_length=40)
    programme = models.CharField(max_length=200, help_text="document and hash that were judged")
    facts = models.JSONField()
    said = models.JSONField(help_text="condition → 符合, 不符合, 未知")
    amount = models.CharField(max_length=40, blank=True)
    supplied = models.TextField(blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        db_table = "talent_application"
