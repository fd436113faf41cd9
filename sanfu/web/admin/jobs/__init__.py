"""后台任务: what runs behind the pages, and what got stuck there."""
