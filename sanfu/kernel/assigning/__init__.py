"""Who serves which firm (挂钩): rules that forbid a pair, the price of a pair, the best plan and its proof."""
