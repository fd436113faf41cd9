"""Pages of 挂钩联系."""
