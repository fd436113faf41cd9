"""Pages of 企业综合服务中心 at the counter."""
