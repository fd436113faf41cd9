"""工业上楼: floors that a firm fits, the reasons where it does not, and the rules that come with a building's height."""
