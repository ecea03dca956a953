"""A slot: where a lower room lets higher rooms react in the same transaction.

The lower room owns the slot in its ``api.py``; the higher room's ``room.py`` registers a function at start-up.
"""

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Slot(Generic[P]):
    """Functions to call, in the order in which they were registered; registering one twice changes nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: list[Callable[P, None]] = []

    def register(self, function: Callable[P, None]) -> Callable[P, None]:
        """Add a function; usable as a decorator."""
        if function not in self._functions:
            self._functions.append(function)
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every function; the first exception stops the operation and its transaction."""
        for function in self._functions:
            function(*args, **kwargs)
