"""Pieces of a page about one room that several audiences show; an audience never imports from another one."""
