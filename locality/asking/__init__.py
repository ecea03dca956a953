"""Ask for help: the public pages, one question at a time."""
