"""Indicators as content (指标): kinds of rows, formulas over their facts, the sentence of each. Pure."""
