"""预约专窗 for firms."""
