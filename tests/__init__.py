"""The tests. A package of its own, so that no installed package that is also called tests hides it."""
