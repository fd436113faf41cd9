"""防注水: statistics that hint at figures made to look good; each opens to its rows and none is proof. Pure."""
