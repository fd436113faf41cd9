"""暨阳面对面: leaders meet firms that were drawn fairly; promises have an owner and a day, and are published."""
