"""项目服务: a large project from the first hint to production; each room lies in its own folder."""
