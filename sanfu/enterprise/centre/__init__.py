"""企业综合服务中心: one counter — appointments with slots, the queue, and who stands here."""
