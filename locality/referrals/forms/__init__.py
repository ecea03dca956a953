"""The forms of the front door and of services: wording and shape; the rules stand in ``rules``."""
