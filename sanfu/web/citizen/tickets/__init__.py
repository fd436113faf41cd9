"""Public pages of requests: ask, follow, rate (我要诉求、查进度、评价)."""
