"""要素统筹: scarce factors allocated to projects; a person adopts the plan."""
