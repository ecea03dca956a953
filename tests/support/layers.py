"""What tests begin with, made once and kept for as long as the tests of a file begin with it.

    @layer
    def town(session: Session, uow: OpenUnit) -> Town: ...

    @layer
    def contact(uow: OpenUnit, town: Town) -> ContactId: ...

A layer is asked for like any fixture. What it writes stands in a savepoint above the layers that it stands on, and a
test works in a savepoint above them all. When a test begins otherwise than the one before, what they do not share is
rolled back; nothing outlives its file.

A layer gets a ``session`` (what it holds of a table's rows is read by tests after that session is gone, and is not
written by theirs), ``uow``, ``clock``, a ``browse`` of its own and other layers, nothing else. With ``uow`` or
``clock`` the clock stands at ``NOW``, for the test too. The tests of a file run in the order of what they begin with.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Connection, NestedTransaction
from sqlalchemy.engine.base import RootTransaction

from locality.audit import log as audit
from locality.kernel.clock import frozen
from locality.kernel.db import db
from tests.support.database import NOW, a_session, in_use, keep_prepared, units
from tests.support.web import Browse

Make = Callable[..., Any]
_OWN = ("session", "uow", "clock", "browse")
_declared = count()


@dataclass(frozen=True)
class _Laid:
    """A layer that stands: how and on what it was made, what was made, and where to go back to."""

    make: Make
    stands_on: Mapping[str, Any]
    made: Any
    savepoint: NestedTransaction

    def is_that(self, make: Make, stands_on: Mapping[str, Any]) -> bool:
        return self.make is make and all(self.stands_on[name] is one for name, one in stands_on.items())


class Layers:
    """The layers that stand, lowest first, on one connection in one transaction."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stand: list[_Laid] = []
        self._wanted = 0
        self._in_test = False
        self._connection: Connection | None = None
        self._outer: RootTransaction | None = None

    def begin(self) -> None:
        """A test begins; it has not asked for anything yet."""
        self._wanted = 0

    def lay(self, make: Make, stands_on: Mapping[str, Any]) -> Any:
        """What a layer has made: just now, or for the test before when that began the same way."""
        assert not self._in_test, f"the layer {make.__name__!r} is asked for outside its folder or too late"
        if self._wanted == len(self._stand) or not self._stand[self._wanted].is_that(make, stands_on):
            self._take_down(self._wanted)
            self._stand.append(self._made(make, stands_on))
        self._wanted += 1
        return self._stand[self._wanted - 1].made

    @contextmanager
    def for_one_test(self) -> Iterator[Connection]:
        """The connection with what the test asked for and nothing else, until the test's end rolls back."""
        self._take_down(self._wanted)
        connection = self._open()
        savepoint = connection.begin_nested() if self._stand else None
        self._in_test = True
        with self._app.app_context():
            with in_use(self._app, connection):
                yield connection
            self._in_test = False
            if savepoint is None:
                self.close()
            else:
                savepoint.rollback()

    def close(self) -> None:
        """Nothing stands any more."""
        self._stand.clear()
        if self._outer is not None and self._connection is not None:
            self._outer.rollback()
            self._connection.close()
        self._outer = self._connection = None

    def _open(self) -> Connection:
        if self._connection is None:
            with self._app.app_context():
                self._connection = db.engine.connect()
            keep_prepared(self._connection)
            self._outer = self._connection.begin()
        return self._connection

    def _take_down(self, height: int) -> None:
        while len(self._stand) > height:
            self._stand.pop().savepoint.rollback()

    def _made(self, make: Make, stands_on: Mapping[str, Any]) -> _Laid:
        connection = self._open()
        savepoint = connection.begin_nested()
        try:
            with self._app.app_context(), in_use(self._app, connection), _clock_for(make):
                session = a_session()
                session.expire_on_commit = False
                browse = Browse(self._app.test_client(), session)
                own = dict(zip(_OWN, (session, units(session), NOW, browse), strict=True))
                named = inspect.signature(make).parameters
                made = make(**{name: one for name, one in own.items() if name in named}, **stands_on)
                audit.flush(session)
                session.commit()
        except BaseException:
            savepoint.rollback()
            raise
        return _Laid(make, stands_on, made, savepoint)


def layer(make: Make) -> Any:
    """Declare a layer, in a test file or a folder's ``conftest``; see the top of this page."""
    named = inspect.signature(make).parameters
    below = [name for name in named if name not in _OWN]
    asked = ["layers", *(["clock"] if _is_frozen(make) else []), *below]

    def laid(**given: Any) -> Any:
        layers: Layers = given["layers"]
        return layers.lay(make, {name: given[name] for name in below})

    kinds = inspect.Parameter.KEYWORD_ONLY
    laid.__signature__ = inspect.Signature([inspect.Parameter(name, kinds) for name in asked])  # type: ignore[attr-defined]
    laid.__doc__ = make.__doc__
    laid.layer = next(_declared)  # type: ignore[attr-defined]
    return pytest.fixture(name=make.__name__)(laid)


def _is_frozen(make: Make) -> bool:
    return not {"uow", "clock"}.isdisjoint(inspect.signature(make).parameters)


def _clock_for(make: Make) -> AbstractContextManager[None]:
    return frozen(NOW) if _is_frozen(make) else nullcontext()


def _layers_of(test: pytest.Item) -> dict[int, str]:
    """The layers that a test begins with, those that others stand on first: the number of each and its name."""
    known = test._fixtureinfo.name2fixturedefs if isinstance(test, pytest.Function) else {}
    found = {getattr(known[name][-1].func, "layer", None): name for name in known}
    return {number: found[number] for number in sorted(number for number in found if number is not None)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a file that begin alike run one after the other."""
    places = {item.path: place for place, item in reversed(list(enumerate(items)))}
    items.sort(key=lambda item: (places[item.path], tuple(_layers_of(item))))


@pytest.fixture(scope="module")
def _layers_of_the_file(app: Flask) -> Iterator[Layers]:
    made = Layers(app)
    yield made
    made.close()


@pytest.fixture
def layers(_layers_of_the_file: Layers) -> Layers:
    """The layers that the test before left standing."""
    _layers_of_the_file.begin()
    return _layers_of_the_file


@pytest.fixture
def connection(request: pytest.FixtureRequest, layers: Layers) -> Iterator[Connection]:
    """The application's connection above the test's layers, inside what the test's end rolls back."""
    for name in _layers_of(request.node).values():
        request.getfixturevalue(name)
    with layers.for_one_test() as opened:
        yield opened
