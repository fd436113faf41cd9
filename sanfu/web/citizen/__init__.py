"""Pages of the public portal: what anybody may see, and what a citizen sends."""
